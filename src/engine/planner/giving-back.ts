import { givenBackRule } from '../../domain/memory.ts'
import { has } from '../../platform/sorted.ts'
import type { PlanInput } from './input.ts'
import type { MembershipDrafts } from './membership-drafts.ts'
import type { PeopleBook } from './people-book.ts'
import { askAboutTaken } from './questions.ts'

/**
 * Leaving can be taken back (P10): what a leaver stage took although no source had given it is offered to whoever is back,
 * and planned once a person said so. What a source gives is evaluated afresh and needs no decision.
 */
export function planGivingBack(input: PlanInput, book: PeopleBook, drafts: MembershipDrafts): void {
  const { source, target, memory } = input
  const added = new Set(
    drafts.changes.flatMap(({ kind, account, group }) =>
      kind === 'membership.add' && account !== undefined && 'id' in account && group !== undefined && 'id' in group
        ? [`${group.id}\n${account.id}`]
        : [],
    ),
  )
  const positionOf = new Map(target.groups.map(({ id }, position) => [id, position]))
  const missing = new Map<number, number[]>()
  for (const { groupId, accountIds } of memory.taken) {
    const position = positionOf.get(groupId)
    if (position === undefined) continue
    for (const accountId of accountIds) {
      const account = book.positionOf.get(accountId)
      if (account === undefined || book.standingOf[account] !== 'receives') continue
      // What is there, or comes from a rule, is not missing. Where the target hides it, what we took is gone as far as we know.
      if (has(target.groups[position]!.accounts, account)) continue
      if (added.has(`${groupId}\n${accountId}`)) continue
      const list = missing.get(account)
      if (list === undefined) missing.set(account, [position])
      else list.push(position)
    }
  }
  for (const account of [...missing.keys()].sort((a, b) => a - b)) {
    const user = source.users[book.userOf[account] ?? -1]
    if (user === undefined) continue
    const actual = target.accounts[account]!
    const groups = missing.get(account)!.map((position) => ({ position, group: target.groups[position]! }))
    if (book.decided.givesBack(user.key, actual.id) === undefined) {
      askAboutTaken(input, book, user, actual, groups.map(({ group }) => group.name).sort())
      continue
    }
    for (const { position, group } of groups) {
      const filled = { ref: { id: group.id }, position, name: group.name }
      drafts.add(account, filled, { reason: 'given-back', rule: givenBackRule })
    }
  }
  spendDone(input, book, new Set(missing.keys()))
}

/** A decision has done what it was for when nothing that was taken is missing any more, or when the person left again. */
function spendDone({ connection, memory }: PlanInput, book: PeopleBook, missing: ReadonlySet<number>): void {
  const left = new Set(book.departures.map(({ sourceKey }) => sourceKey))
  for (const { id, decision, subject, objectId } of memory.decisions) {
    if (decision !== 'give-back' || subject.source !== connection.source) continue
    const account = book.positionOf.get(objectId ?? '')
    const isBack = account !== undefined && book.standingOf[account] === 'receives'
    if (left.has(subject.key) || (isBack && !missing.has(account))) book.spent.push(id)
  }
}
