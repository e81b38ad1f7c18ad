import type { SourceReadSummary } from '../../../domain/snapshot.ts'
import type { Groups } from '../groups.ts'
import type { PlanInput } from '../input.ts'
import { idOf, type Judgement } from './judgement.ts'

type Scene = PlanInput & { readonly lastGood: SourceReadSummary }
type Shrinkage = PlanInput['connection']['guards']['sourceUsers']

/** Compares what was read with the last good read: a sharp drop holds what would change because of it (D18, P2). */
export function judgeReads(input: PlanInput, groups: Groups, read: SourceReadSummary, scales: Judgement): void {
  const { lastGood } = input
  if (lastGood === undefined) return
  judgePeople({ ...input, lastGood }, read, scales)
  judgeSourceGroups({ ...input, lastGood }, groups, read, scales)
  judgeAttributes({ ...input, lastGood }, read, scales)
}

/** More than floor AND more than percent missing. */
const isShrunk = (now: number, before: number, { floor, percent }: Shrinkage) =>
  before - now > floor && before - now > (percent / 100) * before

const mostMissing = (before: number, { floor, percent }: Shrinkage) =>
  Math.max(floor, Math.floor((percent / 100) * before))

function judgePeople({ lastGood, connection }: Scene, read: SourceReadSummary, scales: Judgement): void {
  const { sourceUsers } = connection.guards
  for (const [now, before, what] of [
    [read.users, lastGood.users, 'people'],
    [read.activeUsers, lastGood.activeUsers, 'active people'],
  ] as const) {
    if (!isShrunk(now, before, sourceUsers)) continue
    const takes = [...scales.of('membership.remove'), ...scales.of('account.deactivate')]
    scales.hold('guard:source-shrunk', takes)
    scales.guards.push({
      guard: 'guard:source-shrunk',
      about: what,
      measured: before - now,
      limit: mostMissing(before, sourceUsers),
      tripped: true,
      holds: 'removals',
      sentence: `The source delivered ${now} ${what}; the last good read had ${before}. Nothing is taken away until a person looked.`,
    })
  }
}

function judgeSourceGroups(input: Scene, groups: Groups, read: SourceReadSummary, scales: Judgement): void {
  const { sourceGroupMembers } = input.connection.guards
  const removals = scales.of('membership.remove')
  for (const group of groups.managed) {
    for (const receipt of group.receipts) {
      const from = input.source.groups[receipt.group]!
      const now = read.groupMembers[from.key]
      const before = input.lastGood.groupMembers[from.key]
      if (now === undefined || before === undefined || !isShrunk(now, before, sourceGroupMembers)) continue
      const held = removals.filter((change) => 'id' in group.ref && idOf(change.group) === group.ref.id)
      if (held.length === 0) continue
      scales.hold('guard:source-group-shrunk', held)
      scales.guards.push({
        guard: 'guard:source-group-shrunk',
        about: from.name,
        measured: before - now,
        limit: mostMissing(before, sourceGroupMembers),
        tripped: true,
        holds: 'removals',
        sentence: `The source group "${from.name}" delivered ${now} members; the last good read had ${before}.`,
      })
    }
  }
}

function judgeAttributes({ lastGood, connection, ends }: Scene, read: SourceReadSummary, scales: Judgement): void {
  for (const [attribute, rule] of Object.entries({ ...ends.defaultMapping, ...connection.users.mapping })) {
    const before = rule.from === undefined ? undefined : lastGood.filled[rule.from]
    if (rule.from === undefined || before === undefined || before < 50) continue
    const now = read.filled[rule.from] ?? 0
    if (now >= before / 2) continue
    scales.hold(
      'guard:attribute-vanished',
      scales.of('account.update').filter((change) => attribute in (change.after ?? {})),
    )
    scales.guards.push({
      guard: 'guard:attribute-vanished',
      about: rule.from,
      measured: now,
      limit: Math.ceil(before / 2),
      tripped: true,
      holds: 'kind',
      sentence: `The source attribute "${rule.from}" is filled for ${now} people; the last good read had ${before}.`,
    })
  }
}
