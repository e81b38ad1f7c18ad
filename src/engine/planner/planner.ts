import type { Change, ChangeKind, DraftChange, ItemState } from '../../domain/change.ts'
import { firstValue } from '../../domain/identity.ts'
import { type PlanSummary, semanticsVersion } from '../../domain/plan.ts'
import type { SourceReadSummary, TargetSnapshot } from '../../domain/snapshot.ts'
import { accessBook } from './access/access-book.ts'
import { planAccess } from './access/plan-access.ts'
import { limitSeats } from './access/seats.ts'
import { accessSummary } from './access/summary.ts'
import { customNotices } from './custom.ts'
import { exceptionNotices } from './exception-notices.ts'
import { planGivingBack } from './giving-back.ts'
import { type Groups, planGroups } from './groups.ts'
import { applyGuards } from './guards/guards.ts'
import type { PlanDraft, PlanInput } from './input.ts'
import { accountsLeaving, holdHandovers, planHandovers } from './leads.ts'
import { memoryInUse } from './ledger.ts'
import { planMemberships } from './memberships.ts'
import { moveTogether } from './moving-groups.ts'
import { type Flatten, nesting } from './nesting.ts'
import { holdDependents, numberChanges } from './numbering.ts'
import { groupChangesOf } from './part.ts'
import { planPeople } from './people.ts'
import type { PeopleBook } from './people-book.ts'
import { protectionOf } from './protection.ts'
import { deliveriesOf } from './updates.ts'
import { accountLabel, attributesWithout } from './values.ts'

/** At most this many notices are kept; the rest is counted. */
const noticeLimit = 200

/** Everything one connection would change, and why. Pure: same input, same plan. */
export function makePlan(given: PlanInput): PlanDraft {
  const input = { ...given, memory: memoryInUse(given) }
  const protection = protectionOf(input)
  const flatten = nesting(input.source)
  const people = planPeople(input, protection, flatten)
  const book = accessBook(input)
  const groups = planGroups(input, protection, people, book)
  input.trace?.groups?.(groups.managed)
  const memberships = planMemberships(input, protection, people, groups, flatten, book)
  planGivingBack(input, people, memberships.drafts)
  moveTogether(groups.moves, memberships.changes)
  const access = planAccess(input, protection, people, book, memberships)
  const inUse = withoutIdle(groups.changes, memberships.changes)
  const ownGroups = input.part === undefined ? inUse : groupChangesOf(input.part, inUse, memberships.changes)
  const planned = [...people.changes, ...ownGroups, ...memberships.changes, ...access]
  const leads = planHandovers(input, people, planned)
  const drafts = [...planned, ...leads.changes]
  const numbered = holdDependents(limitSeats(input, numberChanges(drafts)))
  const read = readSummary(input, groups, flatten)
  const judged = applyGuards(input, protection, people, groups, numbered, read)
  // Once more: a seat that somebody gives back is not there while that is held.
  const changes = holdHandovers(holdDependents(limitSeats(input, holdDependents(judged.changes))))
  const deliveries = deliveriesOf(input, people, attributesWithout(input, judged.guards))
  return {
    changes,
    guards: judged.guards,
    workItems: [
      ...people.workItems,
      ...(input.part === undefined ? [...groups.workItems, ...book.workItems] : []),
      ...leads.workItems,
    ],
    summary: summarise(input, changes, people, groups),
    departures: people.departures,
    returned: people.returned,
    spent: [...people.spent, ...groups.spent],
    spentExceptions: [...people.exceptions.spent],
    unmatched: people.unmatched,
    leftOut: leftOut(input, groups, flatten),
    leaving: [...accountsLeaving(input, people)].sort(),
    ...(deliveries === undefined ? {} : { deliveries }),
    read,
  }
}

/** Groups that these people belong to and that only a plan for everybody takes over, because it sees all who are in them. */
function leftOut({ part, source, connection }: PlanInput, { left }: Groups, flatten: Flatten): readonly string[] {
  if (part === undefined) return []
  const concerns = ({ group }: Groups['left'][number]) => {
    if (group === undefined) return true
    if (part.groups.has(source.groups[group]!.key)) return true
    return flatten(group).users.some((user) => part.people.has(source.users[user]!.key))
  }
  return left
    .filter(concerns)
    .map(({ name }) => `The group "${name}" exists already; a whole run of ${connection.key} takes it over.`)
}

/** A default group that nobody is put into is nothing to take note of: nothing would remember that it was. */
function withoutIdle(groups: readonly DraftChange[], memberships: readonly DraftChange[]): readonly DraftChange[] {
  const waitedFor = new Set(memberships.flatMap(({ waitsFor = [] }) => waitsFor))
  return groups.filter(
    (draft) => draft.kind !== 'group.adopt' || draft.sourceGroup !== undefined || waitedFor.has(draft),
  )
}

/** The numbers of a read that the next one is judged by. Group sizes are after flattening, for the groups in use. */
function readSummary({ source, connection }: PlanInput, groups: Groups, flatten: Flatten): SourceReadSummary {
  const filled = new Map<string, number>()
  let activeUsers = 0
  for (const user of source.users) {
    if (user.active) activeUsers += 1
    for (const name in user.attributes) {
      if (firstValue(user.attributes[name]) !== undefined) filled.set(name, (filled.get(name) ?? 0) + 1)
    }
  }
  const groupMembers: Record<string, number> = {}
  for (const group of groups.managed) {
    for (const receipt of group.receipts) {
      const flattened = flatten(receipt.group)
      if (flattened.complete) groupMembers[source.groups[receipt.group]!.key] = flattened.users.length
    }
  }
  return {
    snapshotId: source.id,
    takenAt: source.takenAt,
    readFingerprint: source.readFingerprint,
    connectionVersion: connection.version,
    semanticsVersion,
    users: source.users.length,
    activeUsers,
    groupMembers,
    // Without a prototype: a source may call an attribute `constructor`.
    filled: Object.assign(Object.create(null), Object.fromEntries(filled)),
  }
}

/** How many changes of a plan are of which kind and state. */
export function countsOf(changes: readonly Change[]): Omit<PlanSummary, 'read' | 'notices'> {
  const counts: Partial<Record<ChangeKind, Partial<Record<ItemState, number>>>> = {}
  const states: Record<ItemState, number> = { ready: 0, held: 0, blocked: 0 }
  for (const change of changes) {
    const byState = counts[change.kind] ?? {}
    byState[change.state] = (byState[change.state] ?? 0) + 1
    counts[change.kind] = byState
    states[change.state] += 1
  }
  return { counts, total: changes.length, ...states }
}

/** What of the target was not read completely. */
export function unprovenNotices({ unproven }: Pick<TargetSnapshot, 'unproven'>): readonly string[] {
  return unproven.map((each) => `Target, ${partName(each)}: ${each.message} Nothing is taken away because of it.`)
}

function summarise(input: PlanInput, changes: readonly Change[], people: PeopleBook, groups: Groups): PlanSummary {
  const { source, target } = input
  const unknownMembers = source.groups.reduce((sum, group) => sum + group.unknownMembers, 0)
  const all = [
    ...source.unproven.map((each) => `Source, ${partName(each)}: ${each.message} Nothing is taken away because of it.`),
    ...unprovenNotices(target),
    ...(people.settling > 0
      ? [
          `${people.settling} recent ${people.settling === 1 ? 'write is' : 'writes are'} not visible in the target yet; the next run looks again.`,
        ]
      : []),
    ...(unknownMembers > 0
      ? [`${unknownMembers} group members at the source are nobody that was read; they are ignored.`]
      : []),
    ...missingNotices(input, people),
    ...groups.notices,
    ...people.notices,
    ...exceptionNotices(input, people, changes),
    ...customNotices(input, changes),
    ...Array.from(
      people.refusedUpdates,
      ([why, count]) =>
        `${count} linked ${count === 1 ? 'account differs' : 'accounts differ'} from the source: ${why}.`,
    ),
    ...Array.from(
      people.refusedEndings,
      ([what, count]) => `${count} of the leavers cannot be ended as asked, ${what}.`,
    ),
    ...source.notices,
  ]
  const unproven = source.unproven.length + target.unproven.length
  const notices =
    all.length > noticeLimit ? [...all.slice(0, noticeLimit), `… and ${all.length - noticeLimit} more.`] : all
  return {
    ...countsOf(changes),
    read: {
      sourceUsers: source.users.length,
      sourceUsersInScope: people.inScope,
      sourceUsersLinked: people.linked,
      sourceGroups: source.groups.length,
      sourceGroupsInScope: groups.inScope,
      targetAccounts: target.accounts.length,
      targetGroups: target.groups.length,
      ...(people.settling === 0 ? {} : { settling: people.settling }),
      ...(people.missing.length === 0 ? {} : { missing: people.missing.length }),
      ...(people.exceptions.used.size === 0 ? {} : { kept: people.exceptions.used.size }),
      ...(unproven === 0
        ? {}
        : { unproven, sourceListsUnproven: source.unproven.filter(({ part }) => part !== 'members').length }),
    },
    ...accessSummary(input, changes),
    notices,
  }
}

const namesShown = 10

/** Who is missing since the read changed: what approving the plan will mean for them (D23). */
function missingNotices({ target }: PlanInput, { missing }: PeopleBook): readonly string[] {
  if (missing.length === 0) return []
  const names = missing.map((account) => accountLabel(target.accounts[account]!)).sort()
  const more = names.length > namesShown ? `, and ${names.length - namesShown} more` : ''
  const who = names.length === 1 ? '1 linked person is' : `${names.length} linked people are`
  return [
    `${who} missing since what the source delivers was changed (read-changed): ${names.slice(0, namesShown).join(', ')}${more}. Nobody starts to leave because of it now; once this plan is approved, they count as having left from the next read on.`,
  ]
}

function partName(each: { part: string; groupKey?: string }): string {
  return each.groupKey === undefined ? each.part : `${each.part} of ${each.groupKey}`
}
