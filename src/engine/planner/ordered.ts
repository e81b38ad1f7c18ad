import { endsAccount } from '../../domain/change.ts'
import type { Exception } from '../../domain/exception.ts'
import { readChanged } from './absence.ts'
import type { PlanInput } from './input.ts'
import { type PeopleBook, writability } from './people-book.ts'
import type { Protection } from './protection.ts'
import { keepDelivered } from './updates.ts'
import { accountLabel } from './values.ts'

/**
 * Deactivations that a person ordered for accounts behind which nobody of the source stands. They rest on complete reads
 * like every leaving, touch nobody who is protected or whom another connection vouches for, and pass the guards.
 */
export function planOrderedEndings(
  input: PlanInput,
  protection: Protection,
  book: PeopleBook,
  couldBeSomebodys: ReadonlySet<number>,
): void {
  const { source, target, part } = input
  const { deactivations } = book.exceptions
  if (part !== undefined) return
  const isProven = source.usersComplete && target.accountsComplete && !readChanged(input)
  const ending = new Set(
    book.changes.flatMap(({ kind, account }) =>
      endsAccount(kind) && account !== undefined && 'id' in account ? [account.id] : [],
    ),
  )
  const orphanOf = keysGone(input, book)
  for (const order of deactivations) {
    const account = book.positionOf.get(order.accountId ?? '')
    const actual = account === undefined ? undefined : target.accounts[account]
    if (account === undefined || actual === undefined) {
      if (target.accountsComplete) book.exceptions.spend(order)
      continue
    }
    const standing = book.standingOf[account]
    if (actual.state !== 'active' || standing === 'receives') {
      book.exceptions.spend(order)
      continue
    }
    const sourceKey = orphanOf.get(actual.id)
    const isNobodys = standing === 'absent' || sourceKey !== undefined
    const kept = book.exceptions.keepsActive(actual.id)
    // It could be somebody's whom a person is asked about or the rules leave out, or the last word about it is that it stays.
    const isSpared =
      protection.untouchable.has(account) ||
      book.vouchers.others(account) ||
      couldBeSomebodys.has(account) ||
      (kept !== undefined && kept.decidedAt >= order.decidedAt)
    if (!isProven || !isNobodys || isSpared || actual.kind !== 'person' || ending.has(actual.id)) continue
    book.changes.push({
      kind: 'account.deactivate',
      account: { id: actual.id },
      accountLabel: accountLabel(actual),
      ...(sourceKey === undefined ? {} : { person: { key: sourceKey, label: accountLabel(actual) } }),
      reason: 'decided-by-person',
      rule: 'decision',
      ...writability(input, 'account.deactivate', actual),
    })
  }
}

/** Keys of people who are proven gone from the source, by the account that is linked to them. */
function keysGone({ memory, connection }: PlanInput, book: PeopleBook): ReadonlyMap<string, string> {
  const gone = new Set(
    book.departures.flatMap(({ sourceKey, signal }) => (signal === 'left-source' ? [sourceKey] : [])),
  )
  return new Map(
    memory.links.flatMap(({ source, sourceKey, accountId }) =>
      source === connection.source && gone.has(sourceKey) ? [[accountId, sourceKey] as const] : [],
    ),
  )
}

/**
 * Gives a person the account that somebody decided is theirs, held until it is released. Nothing else happens to this
 * account or the one before until then; the plan after that does by the rules what follows. False when it cannot be: the
 * account is not there, is nobody's to give, or somebody else has a claim to it.
 */
export function planLink(
  input: PlanInput,
  protection: Protection,
  book: PeopleBook,
  index: number,
  before: number | undefined,
  order: Exception,
  isClaimed: (account: number) => boolean,
): boolean {
  const { memory, connection, target } = input
  const user = input.source.users[index]!
  const account = book.positionOf.get(order.accountId ?? '')
  const wait = () => {
    if (before !== undefined) {
      book.standingOf[before] = 'frozen'
      keepDelivered(input, book, index, before)
    }
    input.trace?.person(user.key, { reason: 'waits-for-link', rule: 'decision' })
    return true
  }
  if (account === undefined) {
    // Who looks at some people only does not see it: nobody makes another account meanwhile.
    if (input.part !== undefined || !target.accountsComplete) return wait()
    book.notices.push(
      `The account that somebody gave to ${book.personOf(user).label} is not there any more. Take the decision back: muster drift revoke ${connection.key} ${order.id}`,
    )
    return false
  }
  if (account === before) {
    book.exceptions.spend(order)
    return false
  }
  const actual = target.accounts[account]!
  const holder = memory.links.find((link) => link.source === connection.source && link.accountId === actual.id)
  const isFree = holder === undefined && !isClaimed(account)
  if (!isFree || protection.untouchable.has(account) || actual.kind !== 'person') {
    book.notices.push(
      `${accountLabel(actual)} cannot become the account of ${book.personOf(user).label}: it is protected, or somebody else has it or matches it. Take the decision back: muster drift revoke ${connection.key} ${order.id}`,
    )
    return false
  }
  book.standingOf[account] = 'frozen'
  book.changes.push({
    kind: 'account.adopt',
    account: { id: actual.id },
    accountLabel: accountLabel(actual),
    person: book.personOf(user),
    ...(before === undefined
      ? {}
      : { before: { account: accountLabel(target.accounts[before]!) }, after: { account: accountLabel(actual) } }),
    reason: 'linked-by-decision',
    rule: 'decision',
    state: 'held',
    stateReasons: ['guard:linked-by-decision'],
  })
  return wait()
}
