import type { Change, ChangeKind } from '../../domain/change.ts'
import { foldKey } from '../../domain/identity.ts'
import { has } from '../../platform/sorted.ts'
import type { PlanInput } from '../planner/input.ts'
import { type GroupPath, groupPathsOf } from '../planner/paths.ts'
import type { Filled } from '../planner/trace.ts'
import type { MembershipAnswer, Subject } from './explanation.ts'
import type { Heard, Listener } from './listener.ts'

interface Told {
  readonly input: PlanInput
  readonly listener: Listener
  /** Changes of this person alone. */
  readonly changes: readonly Change[]
  readonly subject: Subject
  /** Only this group, by name or id. */
  readonly group: string | undefined
}

const verdicts: Readonly<Partial<Record<ChangeKind, MembershipAnswer['verdict']>>> = {
  'membership.add': 'add',
  'membership.remove': 'remove',
  'membership.adopt': 'adopt',
  'membership.release': 'release',
}

/**
 * An answer for every group that the person is in, could be expected in or will be in, or for the one that was asked about:
 * by a planned change, by what the planner said when it left the membership alone, or by what fills the group.
 */
export function membershipsOf({ input, listener, changes, subject, group: asked }: Told): readonly MembershipAnswer[] {
  const { source, target, memory } = input
  const paths = subject.user < 0 ? [] : groupPathsOf(source, subject.user)
  const managedAt = new Map<number | string, Filled>()
  for (const group of listener.filled) managedAt.set(group.position < 0 ? foldKey(group.name) : group.position, group)
  const heardAt = new Map<number | string, Heard>()
  for (const heard of listener.memberships) {
    heardAt.set(heard.group.position < 0 ? foldKey(heard.group.name) : heard.group.position, heard)
  }
  const positionOf = new Map(target.groups.map(({ id }, position) => [id, position]))
  const changeAt = new Map<number | string, Change>()
  for (const change of changes) {
    const { group, groupLabel = '' } = change
    if (group === undefined || verdicts[change.kind] === undefined) continue
    changeAt.set('id' in group ? (positionOf.get(group.id) ?? group.id) : foldKey(groupLabel), change)
  }
  const accountId = target.accounts[listener.theirs]?.id
  const grants = Map.groupBy(
    memory.grants.filter(({ accountIds }) => accountId !== undefined && accountIds.includes(accountId)),
    ({ groupId }) => groupId,
  )

  const answer = (at: number | string, group: MembershipAnswer['group'], isMember: boolean): MembershipAnswer => {
    const managed = managedAt.get(at)
    const change = changeAt.get(at)
    const heard = heardAt.get(at)
    const receipts = managed?.receipts ?? []
    const from =
      change?.sourceGroup === undefined
        ? heard?.why?.sourceGroup
        : source.groups.findIndex(({ key }) => key === change.sourceGroup?.key)
    const rule = change?.rule ?? heard?.why?.rule ?? heard?.rule
    const path = pathTo(
      paths,
      from,
      receipts.map((each) => each.group),
    )
    return {
      group,
      isMember,
      verdict: (change === undefined ? undefined : verdicts[change.kind]) ?? 'stays',
      reason:
        change?.reason ??
        heard?.why?.reason ??
        heard?.reason ??
        (managed === undefined ? 'group-unfilled' : 'not-received'),
      ...(rule === undefined ? {} : { rule }),
      ...(path === undefined ? {} : { path: path.map((each) => source.groups[each]!.name) }),
      filledBy: [...receipts.map((each) => ({ name: source.groups[each.group]!.name, rule: each.rule }))],
      grants: (grants.get(group.id ?? '') ?? []).map(({ connection, rule: by }) => ({ connection, rule: by })),
      stateReasons: change?.stateReasons ?? [],
    }
  }
  const found: MembershipAnswer[] = []
  const note = (at: number | string, group: MembershipAnswer['group'], isMember: boolean) => {
    if (asked !== undefined && !isNamed(group, asked)) return
    const one = answer(at, group, isMember)
    const matters = isMember || heardAt.has(at) || changeAt.has(at) || one.path !== undefined || one.grants.length > 0
    if (asked !== undefined || matters) found.push(one)
  }
  target.groups.forEach(({ id, name, accounts }, position) => {
    note(position, { id, name }, listener.theirs >= 0 && has(accounts, listener.theirs))
  })
  for (const [at, { name }] of managedAt) if (typeof at === 'string') note(at, { name }, false)
  return found
}

/** The way to a source group that fills this one: the one that was named, else any. */
function pathTo(
  paths: readonly GroupPath[],
  named: number | undefined,
  filling: readonly number[],
): readonly number[] | undefined {
  const found = paths.find(({ group }) => group === named) ?? paths.find(({ group }) => filling.includes(group))
  return found?.path
}

/** Is this what the group is called, by name in any letter case or by id? */
export function isNamed({ id, name }: MembershipAnswer['group'], asked: string): boolean {
  return id === asked || foldKey(name) === foldKey(asked)
}
