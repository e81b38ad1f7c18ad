import type { DraftChange } from '../../domain/change.ts'
import type { SourceUser } from '../../domain/identity.ts'
import type { StandReason } from '../../domain/reason.ts'
import { customDelivered } from './custom.ts'
import type { PlanInput } from './input.ts'
import { type PeopleBook, writability } from './people-book.ts'
import { accountLabel, type Differences, differences, isDelivered } from './values.ts'

type Account = PlanInput['target']['accounts'][number]

/** Values of somebody who is active, in scope and linked to an active account. */
export function planUpdate(input: PlanInput, book: PeopleBook, user: SourceUser, account: number): void {
  const actual = input.target.accounts[account]!
  const { trace } = input
  if (!writesUpdates(input)) {
    for (const { name } of input.ends.writableAttributes) trace?.attribute?.(account, name, 'update-off')
    return
  }
  const listen =
    trace?.attribute === undefined
      ? undefined
      : (name: string, reason: StandReason) => trace.attribute?.(account, name, reason)
  const differing = differences(input, book.valuesOf(user), actual, book.attributes, listen)
  if (differing === undefined) return
  const { needed } = differing
  const { before, after } = withoutKept(book, actual.id, differing, listen)
  const update = (part: Pick<DraftChange, 'before' | 'after' | 'state' | 'stateReasons'>) =>
    book.changes.push({
      kind: 'account.update',
      account: { id: actual.id },
      accountLabel: accountLabel(actual),
      person: book.personOf(user),
      reason: 'attribute-differs',
      rule: 'users.mapping',
      ...part,
    })
  const neededNames = Object.keys(needed)
  if (neededNames.length > 0) {
    const emptied = Object.fromEntries(neededNames.map((name) => [name, null]))
    update({ before: needed, after: emptied, state: 'blocked', stateReasons: ['required-missing'] })
  }
  if (Object.keys(after).length === 0) return
  const refusal = actual.refuses?.['account.update']
  const changesName = after.email !== undefined || after.userName !== undefined
  // A profile that nobody but the person can change is a fact, not something left to do; an outdated address is.
  if (refusal !== undefined && !changesName) {
    book.refusedUpdates.set(refusal, (book.refusedUpdates.get(refusal) ?? 0) + 1)
    return
  }
  const state: Pick<DraftChange, 'state' | 'stateReasons'> = book.isTaken(after, account)
    ? { state: 'blocked', stateReasons: ['account-taken'] }
    : writability(input, 'account.update', actual, after)
  update({ before, after, ...state })
}

/** What differs without what a person decided to leave as it is. */
function withoutKept(
  { exceptions }: PeopleBook,
  accountId: string,
  { before, after }: Pick<Differences, 'before' | 'after'>,
  listen: ((name: string, reason: StandReason) => void) | undefined,
) {
  const kept = Object.keys(after).filter((name) => {
    const exception = exceptions.keepsValue(accountId, name)
    if (exception === undefined) return false
    exceptions.use(exception)
    listen?.(name, 'kept-by-decision')
    return true
  })
  if (kept.length === 0) return { before, after }
  const rest = (values: typeof after) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !kept.includes(name)))
  return { before: rest(before), after: rest(after) }
}

function writesUpdates({ connection, ends }: PlanInput): boolean {
  return connection.users.update && ends.offered.has('account.update')
}

/** Notes what this connection has to say about a person, so that one with less say leaves it alone (D4). */
export function noteDelivered(input: PlanInput, book: PeopleBook, user: number, actual: Account | undefined): void {
  if (input.others.length === 0) return
  const values = book.valuesOf(input.source.users[user]!)
  if (writesUpdates(input)) {
    for (const attribute of input.ends.writableAttributes) {
      if (isDelivered(input, attribute, values, actual)) noteFor(input, book, attribute.name, user)
    }
  }
  for (const attribute of customDelivered(input, values)) noteFor(input, book, attribute, user)
}

/** Nobody knows whether this person takes part: what was delivered for them before stands. */
export function keepDelivered(input: PlanInput, book: PeopleBook, user: number, account: number): void {
  if (input.others.length === 0) return
  const before = book.attributes.deliveredBefore(input.target.accounts[account]!.id)
  for (const attribute of before) noteFor(input, book, attribute, user)
}

function noteFor({ source }: PlanInput, { deliveries }: PeopleBook, attribute: string, user: number): void {
  let noted = deliveries.get(attribute)
  if (noted === undefined) {
    noted = new Uint8Array(source.users.length)
    deliveries.set(attribute, noted)
  }
  noted[user] = 1
}

/**
 * What this connection delivers, as far as others may ask: keys of people by attribute, ascending. Of an attribute that has
 * suddenly vanished from most people what was delivered before stands too, until a person looked: nobody else takes over
 * meanwhile.
 */
export function deliveriesOf(
  input: PlanInput,
  book: PeopleBook,
  vanished: ReadonlySet<string>,
): Readonly<Record<string, readonly string[]>> | undefined {
  const { connection, memory, others } = input
  // What everybody delivers is only known when everybody was read.
  if (others.length === 0 || input.part !== undefined) return undefined
  const sortedKeys = keysOfNoted(input)
  const result = new Map(Array.from(book.deliveries, ([attribute, noted]) => [attribute, sortedKeys(noted)]))
  const before = memory.deliveries.find((each) => each.connection === connection.key)?.accountIds ?? {}
  const kept = Object.entries(before).filter(([attribute]) => vanished.has(attribute))
  if (kept.length > 0) {
    const links = memory.links.filter(({ source }) => source === connection.source)
    const keyOf = new Map(links.map(({ accountId, sourceKey }) => [accountId, sourceKey]))
    for (const [attribute, accountIds] of kept) {
      const keys = accountIds.flatMap((id) => keyOf.get(id) ?? [])
      result.set(attribute, [...new Set([...(result.get(attribute) ?? []), ...keys])].sort())
    }
  }
  return Object.fromEntries(result)
}

/** Most attributes are delivered for the same people: they share one list, which is sorted once. */
function keysOfNoted({ source: { users } }: PlanInput): (noted: Uint8Array) => readonly string[] {
  let last: { readonly noted: Uint8Array; readonly keys: readonly string[] } | undefined
  return (noted) => {
    if (last === undefined || !noted.every((flag, user) => flag === last?.noted[user])) {
      const named = users.filter((_, user) => noted[user] === 1)
      last = { noted, keys: named.map(({ key }) => key).sort() }
    }
    return last.keys
  }
}
