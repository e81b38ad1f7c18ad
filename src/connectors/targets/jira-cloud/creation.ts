import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { settled } from '../../kit/waiting.ts'
import type { OrgClient } from './org-client.ts'
import type { Reads } from './reads.ts'
import { type Invited, invited, siteUser } from './schemas.ts'
import type { SiteClient } from './site-client.ts'
import { isAboutLicence, quoted, vendorWords } from './vendor-errors.ts'
import { applied, concernsWholeTarget, failed } from './verdicts.ts'

/** Accounts are created by inviting an e-mail address. Whatever happens, no address is invited twice. */

export interface CreationTools {
  readonly reads: Reads
  readonly clock: Clock
  readonly memory: {
    created(id: string): void
    /** Folded addresses whose invitation was sent, or may have been. */
    readonly invited: Set<string>
  }
}

interface Wish {
  readonly order: Order
  /** As the source spells it. */
  readonly email: string
  readonly key: string
}

/**
 * By the organization: quiet, 25 addresses a call, without product access (`permissionRules` empty; the documents require
 * only the addresses). The answer is read address by address.
 */
export async function createByInvitation(
  orders: readonly Order[],
  context: ApplyContext,
  org: OrgClient,
  tools: CreationTools,
): Promise<readonly Applied[]> {
  const answers = new Map<number, Applied>()
  const { wishes, refused } = sorted(orders)
  for (const each of refused) answers.set(each.seq, each)
  try {
    const existing = await tools.reads.accountsByEmail(
      wishes.map(({ key }) => key),
      context.signal,
    )
    const missing: Wish[] = []
    for (const wish of wishes) {
      const account = existing.get(wish.key)
      if (account !== undefined) answers.set(wish.order.seq, alreadyThere(wish, account.id))
      else missing.push(wish)
    }
    for (const each of await invite(missing, context, org, tools)) answers.set(each.seq, each)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (concernsWholeTarget(error)) throw error
    for (const { order } of wishes) if (!answers.has(order.seq)) answers.set(order.seq, failed(order, error))
  }
  return orders.map(
    (order) => answers.get(order.seq) ?? failed(order, fail.bug('An order was left without an answer.')),
  )
}

async function invite(
  wishes: readonly Wish[],
  context: ApplyContext,
  org: OrgClient,
  tools: CreationTools,
): Promise<readonly Applied[]> {
  const { invited: sentBefore } = tools.memory
  const again = wishes.filter(({ key }) => sentBefore.has(key))
  const fresh = wishes.filter(({ key }) => !sentBefore.has(key))
  const pending = again.length === 0 ? [] : await lookedUp(again, context, tools, unclear)
  if (fresh.length === 0) return pending

  for (const { key } of fresh) sentBefore.add(key)
  let answer: HttpAnswer
  try {
    answer = await org.invite(
      fresh.map(({ email }) => email),
      context.notify,
      context.signal,
    )
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied) {
      for (const { key } of fresh) sentBefore.delete(key)
      throw error
    }
    if (concernsWholeTarget(error)) throw error
    return [...pending, ...(await lookedUp(fresh, context, tools, () => error))]
  }
  if (answer.status === 200 || answer.status === 206) {
    return [...pending, ...(await perAddress(fresh, answer, context, tools))]
  }
  return [...pending, ...(await afterRefusal(fresh, answer, context, org, tools))]
}

/**
 * 200 says all, 206 says some. Without roles and groups in the invitation the entries of a 206 hold no line that says
 * which address failed, so there only the directory itself can tell.
 */
async function perAddress(
  wishes: readonly Wish[],
  answer: HttpAnswer,
  context: ApplyContext,
  tools: CreationTools,
): Promise<readonly Applied[]> {
  const told = invited.safeParse(answer.json)
  const entries = new Map((told.success ? told.data.data : []).map((entry) => [foldKey(entry.email ?? ''), entry]))
  const results: Applied[] = []
  const doubtful: Wish[] = []
  for (const wish of wishes) {
    const entry = entries.get(wish.key)
    if (answer.status === 200 && entry?.id && problemsOf(entry).length === 0) {
      tools.memory.created(entry.id)
      results.push(applied(wish.order, entry.id))
    } else {
      doubtful.push(wish)
    }
  }
  if (doubtful.length === 0) return results
  const problems = ({ key }: Wish) => {
    const entry = entries.get(key)
    return entry === undefined ? [] : problemsOf(entry)
  }
  const why = (wish: Wish) => {
    const text = problems(wish).join('; ')
    if (text === '' && (answer.status === 200 || !entries.has(wish.key))) return unclear(wish)
    const words = { status: answer.status, codes: [], text: text === '' ? 'At least one invitation failed' : text }
    const message = `Creating an account for ${wish.email} was refused: ${quoted(words)}.`
    return isAboutLicence(words) ? fail.quotaExhausted(message) : fail.rejected(message, refusalHint(text))
  }
  return [...results, ...(await lookedUp(doubtful, context, tools, why, (wish) => problems(wish).length === 0))]
}

function problemsOf({ results }: Invited['data'][number]): readonly string[] {
  return (results ?? [])
    .flatMap(({ roleAssignmentResult, groupAssignmentResult }) => [
      ...(roleAssignmentResult ?? []),
      ...(groupAssignmentResult ?? []),
    ])
    .flatMap(({ status, statusReason }) => (status === 'ERROR' ? [statusReason || 'no reason given'] : []))
}

/** The whole call was refused: nobody was invited, but which address is to blame is found by halving. */
async function afterRefusal(
  wishes: readonly Wish[],
  answer: HttpAnswer,
  context: ApplyContext,
  org: OrgClient,
  tools: CreationTools,
): Promise<readonly Applied[]> {
  for (const { key } of wishes) tools.memory.invited.delete(key)
  const error = org.api.refusal(answer, 'Creating accounts')
  if (error.code === 'forbidden' || error.code === 'auth-failed') throw error
  const halve = answer.status === 400 && error.code !== 'quota-exhausted' && wishes.length > 1
  // A refusal is not always one: look before anything is sent again or called failed.
  const existing = await tools.reads.accountsByEmail(
    wishes.map(({ key }) => key),
    context.signal,
  )
  const results: Applied[] = []
  const missing: Wish[] = []
  for (const wish of wishes) {
    const account = existing.get(wish.key)
    if (account !== undefined) results.push(applied(wish.order, account.id))
    else missing.push(wish)
  }
  if (!halve) {
    const words = vendorWords(answer)
    const own = ({ email }: Wish) =>
      error.code === 'quota-exhausted' || answer.status === 409
        ? fail.quotaExhausted(`No account could be created for ${email}: ${quoted(words)}.`, {
            cause: error.cause,
            hint: 'Free seats, raise the user limit, or check the subscription in Atlassian Administration.',
          })
        : fail.rejected(`Creating an account for ${email} was refused: ${quoted(words)}.`, {
            cause: error.cause,
            ...refusalHint(words.text),
          })
    return [...results, ...missing.map((wish) => failed(wish.order, own(wish)))]
  }
  const middle = Math.ceil(missing.length / 2)
  for (const half of [missing.slice(0, middle), missing.slice(middle)]) {
    if (half.length > 0) results.push(...(await invite(half, context, org, tools)))
  }
  return results
}

/** Looks for the accounts, for up to a minute where they may still appear; the others fail with what `why` says. */
async function lookedUp(
  wishes: readonly Wish[],
  { signal }: ApplyContext,
  { reads, clock, memory }: CreationTools,
  why: (wish: Wish) => ProvisioningError,
  mayAppear = (wish: Wish) => why(wish).mayHaveApplied,
): Promise<readonly Applied[]> {
  const found = new Map<string, string>()
  await settled(clock, signal, async () => {
    const open = wishes.filter(({ key }) => !found.has(key))
    const accounts = await reads.accountsByEmail(
      open.map(({ key }) => key),
      signal,
    )
    for (const [key, { id }] of accounts) found.set(key, id)
    return wishes.every((wish) => found.has(wish.key) || !mayAppear(wish)) ? true : undefined
  })
  return wishes.map((wish) => {
    const id = found.get(wish.key)
    if (id === undefined) return failed(wish.order, why(wish))
    memory.created(id)
    return applied(wish.order, id)
  })
}

/**
 * By the site: one address a call, and Atlassian mails the person, which nothing can switch off. Without the wish to
 * notify, nothing is sent.
 */
export async function createBySite(
  order: Order,
  context: ApplyContext,
  site: SiteClient,
  tools: CreationTools,
): Promise<Applied> {
  const { wishes, refused } = sorted([order])
  const [wish] = wishes
  if (wish === undefined) return refused[0] ?? failed(order, fail.bug('An order was left without an answer.'))
  const { email, key } = wish
  if (!context.notify) {
    return failed(
      order,
      fail.rejected(
        `Creating an account for ${email} would send mail: with an API token alone Atlassian always invites by mail.`,
        {
          hint: 'Add an organization API key to the target, or set users.notify: true in the connection.',
        },
      ),
    )
  }
  const existing = (await tools.reads.accountsByEmail([key], context.signal)).get(key)
  if (existing !== undefined) return alreadyThere(wish, existing.id)
  if (tools.memory.invited.has(key)) return failed(order, unclear(wish))
  tools.memory.invited.add(key)
  let answer: HttpAnswer
  try {
    answer = await site.createUser(email, context.signal)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied) tools.memory.invited.delete(key)
    if (!error.mayHaveApplied || concernsWholeTarget(error)) throw error
    return onlyOne(await lookedUp([wish], context, tools, () => error))
  }
  const created = answer.status === 201 ? siteUser.safeParse(answer.json) : undefined
  if (created?.success) {
    tools.memory.created(created.data.accountId)
    return applied(order, created.data.accountId)
  }
  if (answer.status === 403) throw site.api.refusal(answer, 'Creating an account')
  const words = vendorWords(answer)
  if (isAboutLicence(words)) {
    throw fail.quotaExhausted(`No account could be created for ${email}: ${quoted(words)}.`, {
      cause: new Error(quoted(words)),
    })
  }
  // For an address new to Atlassian a 400 "User not found" is known to come although the invitation went out.
  const mayHaveInvited = answer.status < 400 || /HttpErrorCode 404|user not found/i.test(words.text)
  return onlyOne(
    await lookedUp([wish], context, tools, () =>
      mayHaveInvited
        ? unclear(wish)
        : fail.rejected(`Creating an account for ${email} was refused: ${quoted(words)}.`, {
            cause: new Error(quoted(words)),
            hint: 'A person who has an account without access to this site cannot be created by API; add an organization API key, or invite them in Atlassian Administration.',
          }),
    ),
  )
}

function onlyOne(results: readonly Applied[]): Applied {
  const [result] = results
  if (result === undefined) throw fail.bug('An order was left without an answer.')
  return result
}

function alreadyThere({ order }: Wish, createdId: string): Applied {
  return { seq: order.seq, outcome: 'alreadyTrue', createdId }
}

/** Orders with a usable address, each address once; the others with their answer. */
function sorted(orders: readonly Order[]): { readonly wishes: readonly Wish[]; readonly refused: readonly Applied[] } {
  const wishes = new Map<string, Wish>()
  const refused: Applied[] = []
  for (const order of orders) {
    const email = firstValue(order.after?.email)?.trim()
    if (email === undefined || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      refused.push(failed(order, fail.rejected(`An account needs an e-mail address; ${email ?? 'none'} was given.`)))
      continue
    }
    const key = foldKey(email)
    if (wishes.has(key)) {
      refused.push(failed(order, fail.conflict(`Another change of the same plan creates the account of ${email}.`)))
      continue
    }
    wishes.set(key, { order, email, key })
  }
  return { wishes: [...wishes.values()], refused }
}

function unclear({ email }: Pick<Wish, 'email'>): ProvisioningError {
  return fail.unreachable(`Whether the account of ${email} was created cannot be seen yet.`, {
    mayHaveApplied: true,
    hint: 'The address is not invited again. The next run finds the account, or plans it anew.',
  })
}

function refusalHint(text: string): { readonly hint?: string } {
  return /deactivat|inactive/i.test(text)
    ? { hint: 'Deactivated accounts cannot be invited: reactivate the account in Atlassian Administration first.' }
    : {}
}
