import { type Change, takesAway } from '../../../domain/change.ts'
import { attributesRead } from '../../../domain/mapping.ts'
import { mostMissing, type Shrinkage } from '../../../domain/policy.ts'
import type { SourceReadSummary } from '../../../domain/snapshot.ts'
import type { Groups } from '../groups.ts'
import type { PlanInput } from '../input.ts'
import { customName, rulesOf } from '../values.ts'
import { idOf, type Judgement } from './judgement.ts'

type Scene = PlanInput & { readonly lastGood: SourceReadSummary }

/** Compares what was read with the last good read: a sharp drop holds what would change because of it (D18, P2). */
export function judgeReads(input: PlanInput, groups: Groups, read: SourceReadSummary, scales: Judgement): void {
  const { lastGood, part } = input
  if (lastGood === undefined) return
  if (part !== undefined) {
    // Some people say nothing about the whole; where its size is known it is judged all the same.
    const { sourcePeople } = part
    if (sourcePeople === undefined) return
    return judgePeople(
      { ...input, lastGood },
      { ...read, users: sourcePeople.all, activeUsers: sourcePeople.active },
      scales,
    )
  }
  judgePeople({ ...input, lastGood }, read, scales)
  judgeSourceGroups({ ...input, lastGood }, groups, read, scales)
  judgeAttributes({ ...input, lastGood }, read, scales)
}

/** More than floor AND more than percent missing. */
const isShrunk = (now: number, before: number, limit: Shrinkage) => before - now > mostMissing(limit, before)

function judgePeople({ lastGood, connection }: Scene, read: SourceReadSummary, scales: Judgement): void {
  const { sourceUsers } = connection.guards
  for (const [now, before, what] of [
    [read.users, lastGood.users, 'people'],
    [read.activeUsers, lastGood.activeUsers, 'active people'],
  ] as const) {
    if (!isShrunk(now, before, sourceUsers)) continue
    const takes = scales.counting.filter(({ kind }) => takesAway(kind) || kind === 'account.release')
    scales.hold('guard:source-shrunk', takes)
    scales.guards.push({
      guard: 'guard:source-shrunk',
      about: what,
      measured: before - now,
      limit: mostMissing(sourceUsers, before),
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
        limit: mostMissing(sourceGroupMembers, before),
        tripped: true,
        holds: 'removals',
        sentence: `The source group "${from.name}" delivered ${now} members; the last good read had ${before}.`,
      })
    }
  }
}

/** Holds the updates of what rests on an attribute that most people had and suddenly have not. */
function judgeAttributes(input: Scene, read: SourceReadSummary, scales: Judgement): void {
  const { lastGood, connection } = input
  const { floor, percent } = connection.guards.attributeFilled
  const mappedFrom = new Map<string, string[]>()
  for (const [attribute, rule] of rulesOf(input)) {
    for (const name of attributesRead(rule)) mappedFrom.set(name, [...(mappedFrom.get(name) ?? []), attribute])
  }
  for (const [name, attributes] of mappedFrom) {
    const before = lastGood.filled[name] ?? 0
    const now = read.filled[name] ?? 0
    // Exact, as limits are: `percent` of `before` must be left.
    const needed = before - mostMissing({ floor: 0, percent: 100 - percent }, before)
    if (before < Math.max(floor, 1) || now >= needed) continue
    const fills = ({ kind, after = {} }: Change) =>
      Object.keys(after).some((id) => attributes.includes(kind === 'custom.update' ? customName(id) : id))
    const updates = [...scales.of('account.update'), ...scales.of('custom.update')]
    scales.hold('guard:attribute-vanished', updates.filter(fills))
    scales.guards.push({
      guard: 'guard:attribute-vanished',
      about: name,
      measured: now,
      limit: needed,
      tripped: true,
      holds: 'kind',
      sentence: `The source attribute "${name}" is filled for ${now} people; the last good read had ${before}.`,
    })
  }
}
