import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { applied, concernsWholeTarget, failed } from '../verdicts.ts'
import { forEachOf } from '../waiting.ts'
import { alreadyThere, lookedUp, refusalHint, sorted, unclear, type Wish } from './creation.ts'
import { concurrency } from './limits.ts'
import { carriedAnswers, isEmpty, luggageOf, noLuggage, problemsOf, type Resources, saysDone } from './luggage.ts'
import type { Luggage, OrgClient } from './org-client.ts'
import { fillProfile, profilePatch } from './profile.ts'
import { invited } from './schemas.ts'
import { isAboutLicence, quoted, vendorWords } from './vendor-errors.ts'
import type { Writing } from './writing.ts'

/** One call of the invitation, with what it needs. */
interface Party {
  readonly context: ApplyContext
  readonly writing: Writing
  readonly org: OrgClient
  readonly luggage: Luggage
  readonly products: Resources
}

/**
 * By the organization: quiet, 25 addresses a call, with the groups and roles that ride along and no others
 * (`permissionRules` is always stated). The answer is read address by address.
 */
export async function createByInvitation(
  orders: readonly Order[],
  context: ApplyContext,
  org: OrgClient,
  writing: Writing,
): Promise<readonly Applied[]> {
  const { wishes, refused } = sorted(orders)
  const answers = new Map(refused.map((each) => [each.seq, each]))
  try {
    const carries = orders.some(({ carried = [] }) => carried.some(({ access }) => access !== undefined))
    const products = carries ? await writing.reads.products(context.signal) : { resources: new Map<string, string>() }
    const luggage = luggageOf(wishes[0]?.order, products)
    const begun = wishes.filter(({ order }) => order.accountId !== undefined)
    const fresh = wishes.filter(({ order }) => order.accountId === undefined)
    const existing = await writing.reads.accountsByEmail(
      fresh.map(({ key }) => key),
      context.signal,
    )
    const missing: Wish[] = []
    for (const wish of fresh) {
      const account = existing.get(wish.key)
      if (account !== undefined) answers.set(wish.order.seq, alreadyThere(wish, account.id))
      else missing.push(wish)
    }
    const made = [
      ...begun.map(({ order }) => applied(order, order.accountId)),
      ...(await invite(missing, { context, writing, org, luggage, products })),
    ]
    for (const each of made) answers.set(each.seq, each)
    await fillProfiles([...begun, ...missing], made, context, writing)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (concernsWholeTarget(error)) throw error
    for (const { order } of wishes) if (!answers.has(order.seq)) answers.set(order.seq, failed(order, error))
  }
  const bySeq = (order: Order) =>
    answers.get(order.seq) ?? failed(order, fail.bug('An order was left without an answer.'))
  const own = new Set(orders.map(({ seq }) => seq))
  return [...orders.map(bySeq), ...[...answers.values()].filter(({ seq }) => !own.has(seq))]
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

async function invite(wishes: readonly Wish[], party: Party): Promise<readonly Applied[]> {
  const { context, writing, org, luggage } = party
  const { invited: sentBefore } = writing.memory
  const again = wishes.filter(({ key }) => sentBefore.has(key))
  const fresh = wishes.filter(({ key }) => !sentBefore.has(key))
  const pending = again.length === 0 ? [] : await lookedUp(again, context, writing, unclear)
  if (fresh.length === 0) return pending

  for (const { key } of fresh) sentBefore.add(key)
  let answer: HttpAnswer
  try {
    const emails = fresh.map(({ email }) => email)
    answer = await org.invite(emails, luggage, context.notify, context.signal)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied) {
      for (const { key } of fresh) sentBefore.delete(key)
      throw error
    }
    if (concernsWholeTarget(error)) throw error
    return [...pending, ...(await lookedUp(fresh, context, writing, () => error))]
  }
  if (answer.status === 200 || answer.status === 206) return [...pending, ...(await perAddress(fresh, answer, party))]
  return [...pending, ...(await afterRefusal(fresh, answer, party))]
}

/**
 * 200 says all, 206 says some. Entries of a 206 without a line about a role or group do not say which address failed, so
 * there only the directory itself can tell. What rode along counts where the entry has no problem; the rest is sent by
 * itself.
 */
async function perAddress(wishes: readonly Wish[], answer: HttpAnswer, party: Party): Promise<readonly Applied[]> {
  const { context, writing, luggage, products } = party
  const told = invited.safeParse(answer.json)
  const entries = new Map((told.success ? told.data.data : []).map((entry) => [foldKey(entry.email ?? ''), entry]))
  const results: Applied[] = []
  const doubtful: Wish[] = []
  for (const wish of wishes) {
    const entry = entries.get(wish.key)
    const isDone = entry !== undefined && (answer.status === 200 ? problemsOf(entry).length === 0 : saysDone(entry))
    if (isDone && entry.id) {
      writing.memory.created(entry.id)
      results.push(applied(wish.order, entry.id), ...carriedAnswers(wish.order, luggage, products))
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

/** The whole call was refused: nobody was invited. What or who is to blame is found by leaving out and by halving. */
async function afterRefusal(wishes: readonly Wish[], answer: HttpAnswer, party: Party): Promise<readonly Applied[]> {
  const { context, writing, org, luggage } = party
  for (const { key } of wishes) writing.memory.invited.delete(key)
  const error = org.api.refusal(answer, 'Creating accounts')
  if (error.code === 'forbidden' || error.code === 'auth-failed') throw error
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
  if (missing.length === 0) return results
  // A product, role or group nobody knows spoils the call for all: they get their account, and the rest by itself.
  const isLuggageToBlame = answer.status === 404 || (answer.status === 400 && missing.length === 1)
  if (isLuggageToBlame && !isEmpty(luggage)) {
    return [...results, ...(await invite(missing, { ...party, luggage: noLuggage }))]
  }
  if (answer.status === 400 && error.code !== 'quota-exhausted' && missing.length > 1) {
    const middle = Math.ceil(missing.length / 2)
    results.push(...(await invite(missing.slice(0, middle), party)))
    results.push(...(await invite(missing.slice(middle), party)))
    return results
  }
  return [...results, ...missing.map((wish) => failed(wish.order, refusalOf(wish, answer, error)))]
}

function refusalOf({ email }: Wish, answer: HttpAnswer, { code, cause }: ProvisioningError): ProvisioningError {
  const words = vendorWords(answer)
  return code === 'quota-exhausted' || answer.status === 409
    ? fail.quotaExhausted(`No account could be created for ${email}: ${quoted(words)}.`, {
        cause,
        hint: 'Free seats, raise the user limit, or check the subscription in Atlassian Administration.',
      })
    : fail.rejected(`Creating an account for ${email} was refused: ${quoted(words)}.`, {
        cause,
        ...refusalHint(words.text),
      })
}
