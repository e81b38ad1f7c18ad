import type { DraftChange } from '../../domain/change.ts'
import type { SourceUser } from '../../domain/identity.ts'
import type { StandReason } from '../../domain/reason.ts'
import { customDelivered } from './custom.ts'
import type { PlanInput } from './input.ts'
import { type PeopleBook, writability } from './people-book.ts'
import { accountLabel, delivered, differences } from './values.ts'

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
  const { before, after, needed } = differences(input, book.valuesOf(user), actual, book.attributes, listen)
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

function writesUpdates({ connection, ends }: PlanInput): boolean {
  return connection.users.update && ends.offered.has('account.update')
}

/** Notes what this connection has to say about a person, so that one with less say leaves it alone (D4). */
export function noteDelivered(input: PlanInput, book: PeopleBook, user: SourceUser, actual: Account | undefined): void {
  if (input.others.length === 0) return
  const values = book.valuesOf(user)
  if (writesUpdates(input)) for (const attribute of delivered(input, values, actual)) note(book, attribute, user.key)
  for (const attribute of customDelivered(input, values)) note(book, attribute, user.key)
}

/** Nobody knows whether this person takes part: what was delivered for them before stands. */
export function keepDelivered(input: PlanInput, book: PeopleBook, user: SourceUser, account: number): void {
  if (input.others.length === 0) return
  const before = book.attributes.deliveredBefore(input.target.accounts[account]!.id)
  for (const attribute of before) note(book, attribute, user.key)
}

function note({ deliveries }: PeopleBook, attribute: string, sourceKey: string): void {
  const list = deliveries.get(attribute)
  if (list === undefined) deliveries.set(attribute, [sourceKey])
  else list.push(sourceKey)
}

/**
 * What this connection delivers, as far as others may ask. Of an attribute that has suddenly vanished from most people
 * what was delivered before stands too, until a person looked: nobody else takes over meanwhile.
 */
export function deliveriesOf(
  input: PlanInput,
  book: PeopleBook,
  vanished: ReadonlySet<string>,
): Readonly<Record<string, readonly string[]>> | undefined {
  const { connection, memory, others } = input
  // What everybody delivers is only known when everybody was read.
  if (others.length === 0 || input.part !== undefined) return undefined
  const result = new Map<string, readonly string[]>(book.deliveries)
  const before = memory.deliveries.find((each) => each.connection === connection.key)?.accountIds ?? {}
  const kept = Object.entries(before).filter(([attribute]) => vanished.has(attribute))
  if (kept.length > 0) {
    const links = memory.links.filter(({ source }) => source === connection.source)
    const keyOf = new Map(links.map(({ accountId, sourceKey }) => [accountId, sourceKey]))
    for (const [attribute, accountIds] of kept) {
      const keys = accountIds.flatMap((id) => keyOf.get(id) ?? [])
      result.set(attribute, [...new Set([...(result.get(attribute) ?? []), ...keys])])
    }
  }
  // Most attributes are delivered for the same people: they share one list, which is sorted once.
  let last: readonly [keys: readonly string[], sorted: readonly string[]] | undefined
  const sortedOf = (keys: readonly string[]) => {
    if (last === undefined || !isSameList(last[0], keys)) last = [keys, keys.toSorted()]
    return last[1]
  }
  return Object.fromEntries([...result].map(([attribute, keys]) => [attribute, sortedOf(keys)]))
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index])
}
