import type { AccessRole } from '../../../domain/access.ts'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { applied, holds, required } from '../verdicts.ts'
import { pause } from '../waiting.ts'
import { settlingMs } from './limits.ts'
import { rolePrefix } from './org-roles.ts'
import { isAboutLicence, quoted, vendorWords } from './vendor-errors.ts'
import {
  asObjectError,
  causeOf,
  directoryApi,
  explained403,
  isSuccess,
  refuseOwnAccount,
  type Write,
  type Writing,
} from './writing.ts'

/** A role in a product, for an account or for everybody in a group. */
export const grantAccess: Write = (order, context, writing) => write(order, context, writing, true)
export const revokeAccess: Write = (order, context, writing) => write(order, context, writing, false)

async function write(order: Order, { signal }: ApplyContext, writing: Writing, grant: boolean): Promise<Applied> {
  const { session, clock, memory } = writing
  const access = order.access ?? missing(order)
  const resource = await resourceOf(access, writing, signal)
  const holder = order.accountId ?? required(order.groupId, 'account or group', order)
  if (order.accountId !== undefined && !grant) refuseOwnAccount(order.accountId, session)
  const until = clock.now() + settlingMs
  for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, 15_000)) {
    const answer = await send(order, access, resource, writing, grant, signal)
    if (isSuccess(answer)) {
      if (order.accountId === undefined) writing.reads.expectAccess(holder)
      return applied(order)
    }
    const now = await present(order, access, writing, grant, signal)
    if (now === grant) return holds(order, answer)
    const error = await whyNot(answer, order, access, now === undefined, writing, grant, signal)
    // What was created a moment ago may not be known everywhere yet.
    const notYet = answer.status === 404 && (error.code !== 'gone' || memory.isFresh(holder))
    if (!notYet || clock.now() + pauseMs > until) throw error
    await pause(clock, pauseMs, signal)
  }
}

async function send(
  { accountId, groupId }: Order,
  { role }: AccessRole,
  resource: string,
  { session: { roles } }: Writing,
  grant: boolean,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  if (roles === undefined) throw fail.bug('Product access was offered without an organization key.')
  const name = `${rolePrefix}${role}`
  if (accountId !== undefined) return roles.forAccount(accountId, name, resource, !grant, signal)
  return roles.forGroup(groupId ?? '', name, resource, !grant, signal)
}

/**
 * Is the role there? A grant also counts as come true when the role came through a group, since some products let people
 * in that way; a role to take away is only the account's own. Undefined = the account is not there.
 */
async function present(
  { accountId, groupId = '' }: Order,
  access: AccessRole,
  { reads }: Writing,
  grant: boolean,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const has = (list: readonly AccessRole[] = []) =>
    list.some(({ product, role }) => product === access.product && role === access.role)
  if (accountId === undefined) return has(await reads.accessOfGroup(groupId, signal))
  const now = (await reads.accountsNow([accountId], signal, ['access'])).get(accountId)
  if (now === undefined) return undefined
  return has(now.account.access) || (grant && has(now.groupAccess))
}

async function whyNot(
  answer: HttpAnswer,
  { accountId, groupId }: Order,
  { product, role }: AccessRole,
  isGone: boolean,
  writing: Writing,
  grant: boolean,
  signal: AbortSignal,
): Promise<ProvisioningError> {
  const cause = causeOf(answer)
  const what = accountId === undefined ? `group ${groupId}` : `account ${accountId}`
  if (isGone) return fail.gone(`The ${what} is no longer there.`, { cause })
  const act = `${grant ? 'Giving' : 'Taking away'} the role ${role} in ${keyOf(product)}`
  const words = vendorWords(answer)
  // Of a grant 409 says one thing only: no seat left.
  if (grant && (isAboutLicence(words) || answer.status === 409)) {
    return fail.quotaExhausted(`${act} would exceed the user limit: ${quoted(words)}.`, {
      cause,
      hint: 'Free seats or raise the user limit in Atlassian Administration.',
    })
  }
  if (answer.status === 403) return explained403(answer, act, writing, signal)
  const refusal = directoryApi(writing.session).refusal(answer, act)
  return refusal.code === 'gone'
    ? fail.rejected(`${act} was refused: ${quoted(words)}.`, { cause })
    : asObjectError(refusal)
}

async function resourceOf({ product }: AccessRole, { reads }: Writing, signal: AbortSignal): Promise<string> {
  const resource = (await reads.products(signal)).resources.get(product)
  if (resource !== undefined) return resource
  throw fail.rejected(`Roles cannot be given in ${keyOf(product)}: the organization lists no such product here.`, {
    hint: 'Let people in by a group that gives access, or check the address in the settings of the target.',
  })
}

/** What people call a product: the part of its id before the site. */
function keyOf(product: string): string {
  return product.replace(/@.*$/, '')
}

function missing(order: Order): never {
  throw fail.rejected(`Change ${order.seq} (${order.kind}) names no role.`)
}
