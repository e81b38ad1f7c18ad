import type { ChangeRecord } from '../../src/domain/plan.ts'
import type { PlanDraft } from '../../src/engine/planner/input.ts'
import type { UndoDraft } from '../../src/engine/undo/input.ts'
import { withIds } from '../../src/engine/undo/selection.ts'
import { makeUndoOfRuns } from '../../src/engine/undo/several.ts'
import { makeUndo } from '../../src/engine/undo/undo.ts'
import { inputOf, type World } from './world.ts'

/** The changes of a plan as a run leaves them that met no trouble: what was ready is applied. */
export function asApplied(plan: Pick<PlanDraft, 'changes'>): ChangeRecord[] {
  return plan.changes
    .filter(({ state }) => state === 'ready')
    .map((change) => ({
      ...change,
      outcome: 'applied',
      ...(change.kind === 'account.create' ? { createdId: `A-${change.person?.key}` } : {}),
      ...(change.kind === 'group.create' ? { createdId: `G-${change.groupLabel}` } : {}),
    }))
}

/** The undo of a run with these changes. `before` and `after` = the worlds around it, `now` = the world as it is. */
export function undoOf(
  records: readonly ChangeRecord[],
  before: World,
  after: World,
  now = after,
  number = 7,
): UndoDraft {
  const { connection, target, memory, ends, others } = inputOf(now)
  return makeUndo({
    connection,
    run: { number },
    records,
    ...endedBetween(before, after),
    unanswered: 0,
    target,
    memory,
    ends,
    others,
  })
}

/** The undo of several runs, numbered from 1: what each did, and the worlds around it. */
export function undoOfRuns(
  steps: readonly { readonly records: readonly ChangeRecord[]; readonly before: World; readonly after: World }[],
  now: World,
): UndoDraft {
  const { connection, target, memory, ends, others } = inputOf(now)
  const runs = steps.map(({ before, after }, index) => {
    const { grantsEnded, accessEnded } = endedBetween(before, after)
    return { number: index + 1, grants: grantsEnded, access: accessEnded }
  })
  const done = steps.flatMap(({ records }, index) => withIds(records).map((record) => ({ record, run: index + 1 })))
  return makeUndoOfRuns({ connection, target, memory, ends, others }, runs, done, { what: 'all of it', leftOut: [] })
}

/** What the connection vouched for before and no longer after. */
function endedBetween(before: World, after: World) {
  const ended = (was: World['grants'], is: World['grants']) =>
    Object.entries(was).flatMap(([key, grants]) => {
      const [what = '', accountId = ''] = key.split('/')
      const stands = is[key]?.some((grant) => grant.connection === 'staff')
      return grants
        .filter((grant) => grant.connection === 'staff' && stands !== true)
        .map((grant) => ({ what, ...grant, accountIds: [accountId] }))
    })
  const grantsEnded = ended(before.grants, after.grants).map(({ what, ...grant }) => ({ groupId: what, ...grant }))
  const accessEnded = ended(before.accessGrants, after.accessGrants).map(({ what, ...grant }) => {
    const [product = '', role = 'user'] = what.split(':')
    return { product, role, ...grant }
  })
  return { grantsEnded, accessEnded }
}
