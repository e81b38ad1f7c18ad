import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { applied, holds, required } from '../verdicts.ts'
import { pause } from '../waiting.ts'
import { settlingMs } from './limits.ts'
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

export const addMember: Write = (order, context, writing) => inTurn(order, context, writing, 'add')
export const removeMember: Write = (order, context, writing) => inTurn(order, context, writing, 'remove')

interface Pair {
  readonly accountId: string
  readonly groupId: string
}

type How = 'add' | 'remove'

async function inTurn(order: Order, context: ApplyContext, writing: Writing, how: How): Promise<Applied> {
  const accountId = required(order.accountId, 'account', order)
  const groupId = required(order.groupId, 'group', order)
  if (how === 'remove') refuseOwnAccount(accountId, writing.session)
  return writing.memory.turns.take(groupId, () => write(order, { accountId, groupId }, context, writing, how))
}

async function write(order: Order, pair: Pair, { signal }: ApplyContext, writing: Writing, how: How): Promise<Applied> {
  const { accountId, groupId } = pair
  const { session, reads, clock, memory } = writing
  const client = session.org ?? session.site
  if (client === undefined) throw fail.bug('No way to write a membership.')
  const until = clock.now() + settlingMs
  for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, 15_000)) {
    const answer = await (how === 'add'
      ? client.addMember(groupId, accountId, signal)
      : client.removeMember(groupId, accountId, signal))
    if (isSuccess(answer)) {
      if (how === 'remove') reads.expectFewerGroups(accountId)
      return applied(order)
    }
    const now = (await reads.accountsNow([accountId], signal)).get(accountId)
    const isMember = now?.groupIds?.has(groupId)
    if (isMember === (how === 'add')) return holds(order, answer)
    const error = await whyNot(answer, how, pair, now !== undefined, writing, signal)
    // "Not found" may mean "not yet": what we made a moment ago, or what a look shows to be there after all.
    const notYet =
      answer.status === 404 && (error.code !== 'gone' || memory.isFresh(accountId) || memory.isFresh(groupId))
    if (!notYet || clock.now() + pauseMs > until) throw error
    await pause(clock, pauseMs, signal)
  }
}

async function whyNot(
  answer: HttpAnswer,
  how: How,
  { accountId, groupId }: Pair,
  accountThere: boolean,
  writing: Writing,
  signal: AbortSignal,
): Promise<ProvisioningError> {
  const cause = causeOf(answer)
  if (!accountThere) return fail.gone(`The account ${accountId} is not in the directory.`, { cause })
  const group = (await writing.reads.groupsById([groupId], signal)).get(groupId)
  if (group === undefined) return fail.gone(`The group ${groupId} no longer exists.`, { cause })
  const act = `${how === 'add' ? 'Adding the account to the group' : 'Removing the account from the group'} ${group.name}`
  const words = vendorWords(answer)
  if (group.readOnlyBecause !== undefined || /synced? from|identity provider/i.test(words.text)) {
    return fail.notWritable(`${act} is not possible: ${group.readOnlyBecause ?? quoted(words)}.`, { cause })
  }
  if (answer.status === 403) return explained403(answer, act, writing, signal)
  // The organization documents two meanings of 409: already a member, which was looked up, or no seat left.
  if (isAboutLicence(words) || (answer.status === 409 && writing.session.org !== undefined)) {
    return fail.quotaExhausted(`${act} would exceed the user limit of a product: ${quoted(words)}.`, {
      cause,
      hint: 'Free seats or raise the user limit in Atlassian Administration.',
    })
  }
  const refusal = directoryApi(writing.session).refusal(answer, act)
  // Both are there: whatever was not found is not the reason to forget either.
  return refusal.code === 'gone'
    ? fail.rejected(`${act} was refused: ${quoted(words)}.`, { cause })
    : asObjectError(refusal)
}
