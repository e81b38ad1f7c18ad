import { defaultGroupsById } from '../planner/access/access-book.ts'
import { limitSeats } from '../planner/access/seats.ts'
import { accessSummary } from '../planner/access/summary.ts'
import { judgeEffects } from '../planner/guards/effects.ts'
import { holdPlan, judgeKeeper } from '../planner/guards/trust.ts'
import { memoryInUse } from '../planner/ledger.ts'
import { holdDependents, numberChanges } from '../planner/numbering.ts'
import { countsOf, unprovenNotices } from '../planner/planner.ts'
import { protectionOf } from '../planner/protection.ts'
import { undoAccess } from './access.ts'
import { undoAccounts, undoLinks } from './accounts.ts'
import type { UndoDraft, UndoInput } from './input.ts'
import { keptThings } from './kept.ts'
import { undoHandovers } from './leads.ts'
import { undoMemberships } from './memberships.ts'
import { sceneOf } from './scene.ts'
import { orderUndoneWays } from './ways-in.ts'

/**
 * What takes back a run. Only what the run itself did and what still is as it left it; what somebody else, another
 * connection or a later run made of it stays, and is counted in the notices. Judged by the limits of every plan, and
 * never carried out without a person. Pure.
 */
export function makeUndo(given: UndoInput): UndoDraft {
  const input = { ...given, memory: memoryInUse(given) }
  const { connection, run, target } = input
  const protection = protectionOf(input)
  const kept = keptThings()
  const scene = sceneOf(input, protection, kept, defaultGroupsById(input))
  undoAccounts(scene)
  undoMemberships(scene)
  undoAccess(scene)
  orderUndoneWays(scene)
  undoHandovers(scene)
  undoLinks(scene)
  const numbered = holdDependents(limitSeats(input, numberChanges(scene.drafts)))
  const scales = judgeEffects(input, protection, numbered)
  const one = input.isPart === true ? `a part of run ${run.number}` : `run ${run.number}`
  const what = input.several?.what ?? one
  const sentence = `This takes back ${what}. Review it and approve it once.`
  holdPlan(scales, numbered.length === 0, 'guard:undo', sentence)
  if (input.keptBy !== undefined) judgeKeeper(input.keptBy, connection.target, scales)
  const judged = scales.judged()
  const changes = holdDependents(limitSeats(input, holdDependents(judged.changes)))
  const next =
    changes.length === 0
      ? []
      : [
          `The next run of "${connection.key}" will plan these again unless the source or the rules change; it waits for a person.`,
        ]
  const unanswered =
    input.unanswered === 0
      ? []
      : [
          `${input.unanswered} ${input.unanswered === 1 ? 'change' : 'changes'} of run ${run.number} were sent and never answered; finish that run first (muster apply ${run.number}) if they are to be taken back too.`,
        ]
  return {
    changes,
    guards: judged.guards,
    summary: {
      ...countsOf(changes),
      read: {
        targetAccounts: target.accounts.length,
        targetGroups: target.groups.length,
        ...(target.unproven.length === 0 ? {} : { unproven: target.unproven.length, sourceListsUnproven: 0 }),
      },
      ...accessSummary(input, changes),
      notices:
        input.several === undefined
          ? [...next, ...unanswered, ...unprovenNotices(target), ...kept.notices()]
          : [...input.several.leftOut, ...kept.notices(), ...unprovenNotices(target), ...next],
    },
  }
}
