import { asProvisioningError, fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { alreadyThere, lookedUp, refusalHint, sorted, unclear, type Wish } from './creation.ts'
import { concurrency } from './doors.ts'
import type { OrgClient } from './org-client.ts'
import { fillProfile, profilePatch } from './profile.ts'
import { type Invited, invited } from './schemas.ts'
import { isAboutLicence, quoted, vendorWords } from './vendor-errors.ts'
import { applied, concernsWholeTarget, failed } from './verdicts.ts'
import type { Writing } from './writing.ts'

/**
 * By the organization: quiet, 25 addresses a call, without product access (`permissionRules` empty; the documents require
 * only the addresses). The answer is read address by address.
 */
export async function createByInvitation(
  orders: readonly Order[],
  context: ApplyContext,
  org: OrgClient,
  writing: Writing,
): Promise<readonly Applied[]> {
  const answers = new Map<number, Applied>()
  const { wishes, refused } = sorted(orders)
  for (const each of refused) answers.set(each.seq, each)
  try {
    const existing = await writing.reads.accountsByEmail(
      wishes.map(({ key }) => key),
      context.signal,
    )
    const missing: Wish[] = []
    for (const wish of wishes) {
      const account = existing.get(wish.key)
      if (account !== undefined) answers.set(wish.order.seq, alreadyThere(wish, account.id))
      else missing.push(wish)
    }
    const made = await invite(missing, context, org, writing)
    for (const each of made) answers.set(each.seq, each)
    await fillProfiles(missing, made, context, writing)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (concernsWholeTarget(error)) throw error
    for (const { order } of wishes) if (!answers.has(order.seq)) answers.set(order.seq, failed(order, error))
  }
  return orders.map(
    (order) => answers.get(order.seq) ?? failed(order, fail.bug('An order was left without an answer.')),
  )
}

/** A person who was only invited has no name but their address: where the organization owns it, we set the profile. */
async function fillProfiles(
  wishes: readonly Wish[],
  made: readonly Applied[],
  { signal }: ApplyContext,
  { session: { accounts, identity } }: Writing,
): Promise<void> {
  if (accounts === undefined) return
  const idOf = new Map(made.map((each) => [each.seq, each.outcome === 'applied' ? each.createdId : undefined]))
  await forEachOf(wishes, concurrency, async ({ order, key }) => {
    const id = idOf.get(order.seq)
    const patch = profilePatch(order.after ?? {})
    const isManaged = identity.emailDomains?.includes(key.slice(key.lastIndexOf('@') + 1))
    if (id !== undefined && patch !== undefined && isManaged) await fillProfile(accounts, id, patch, signal)
  })
}

async function invite(
  wishes: readonly Wish[],
  context: ApplyContext,
  org: OrgClient,
  writing: Writing,
): Promise<readonly Applied[]> {
  const { invited: sentBefore } = writing.memory
  const again = wishes.filter(({ key }) => sentBefore.has(key))
  const fresh = wishes.filter(({ key }) => !sentBefore.has(key))
  const pending = again.length === 0 ? [] : await lookedUp(again, context, writing, unclear)
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
    return [...pending, ...(await lookedUp(fresh, context, writing, () => error))]
  }
  if (answer.status === 200 || answer.status === 206) {
    return [...pending, ...(await perAddress(fresh, answer, context, writing))]
  }
  return [...pending, ...(await afterRefusal(fresh, answer, context, org, writing))]
}

/**
 * 200 says all, 206 says some. Without roles and groups in the invitation the entries of a 206 hold no line that says
 * which address failed, so there only the directory itself can tell.
 */
async function perAddress(
  wishes: readonly Wish[],
  answer: HttpAnswer,
  context: ApplyContext,
  writing: Writing,
): Promise<readonly Applied[]> {
  const told = invited.safeParse(answer.json)
  const entries = new Map((told.success ? told.data.data : []).map((entry) => [foldKey(entry.email ?? ''), entry]))
  const results: Applied[] = []
  const doubtful: Wish[] = []
  for (const wish of wishes) {
    const entry = entries.get(wish.key)
    if (answer.status === 200 && entry?.id && problemsOf(entry).length === 0) {
      writing.memory.created(entry.id)
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
  return [...results, ...(await lookedUp(doubtful, context, writing, why, (wish) => problems(wish).length === 0))]
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
  writing: Writing,
): Promise<readonly Applied[]> {
  for (const { key } of wishes) writing.memory.invited.delete(key)
  const error = org.api.refusal(answer, 'Creating accounts')
  if (error.code === 'forbidden' || error.code === 'auth-failed') throw error
  const halve = answer.status === 400 && error.code !== 'quota-exhausted' && wishes.length > 1
  // A refusal is not always one: look before anything is sent again or called failed.
  const existing = await writing.reads.accountsByEmail(
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
    if (half.length > 0) results.push(...(await invite(half, context, org, writing)))
  }
  return results
}
