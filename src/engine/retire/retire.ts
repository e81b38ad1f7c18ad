import { keptThings } from '../kept.ts'
import { accessSummary } from '../planner/access/summary.ts'
import { judgeEffects } from '../planner/guards/effects.ts'
import { holdPlan, judgeKeeper } from '../planner/guards/trust.ts'
import { memoryInUse } from '../planner/ledger.ts'
import { holdDependents, numberChanges } from '../planner/numbering.ts'
import { countsOf, unprovenNotices } from '../planner/planner.ts'
import { protectionOf } from '../planner/protection.ts'
import { retireAccess } from './access.ts'
import { accountsEnded, retireAccounts } from './accounts.ts'
import type { RetirementDraft, RetirementInput } from './input.ts'
import { keptSentences } from './kept.ts'
import { retireMemberships } from './memberships.ts'
import { sceneOf } from './scene.ts'

/**
 * What takes a connection out of use together with what it granted (D4): its memberships and its access go where nobody
 * else vouches for them, its accounts as a person chose, and what stays is nobody's from then on. Judged by the limits of
 * every plan, and never carried out without a person. Pure.
 */
export function makeRetirement(given: RetirementInput): RetirementDraft {
  const input = { ...given, memory: memoryInUse(given) }
  const { connection, target } = input
  const protection = protectionOf(input)
  const kept = keptThings(keptSentences)
  const scene = sceneOf(input, protection, kept)
  retireMemberships(scene)
  retireAccess(scene)
  retireAccounts(scene)
  const numbered = holdDependents(numberChanges(scene.drafts))
  const scales = judgeEffects(input, protection, numbered)
  holdPlan(
    scales,
    numbered.length === 0,
    'guard:retirement',
    `This takes away what "${connection.key}" granted, because it is retired. Review it and approve it once.`,
  )
  if (input.keptBy !== undefined) judgeKeeper(input.keptBy, connection.target, scales)
  const judged = scales.judged()
  const changes = holdDependents(judged.changes)
  const next = `"${connection.key}" stays paused. When this is carried out, take it out of use: muster connections remove ${connection.key}`
  return {
    changes,
    guards: judged.guards,
    leaving: accountsEnded(scene),
    summary: {
      ...countsOf(changes),
      read: {
        targetAccounts: target.accounts.length,
        targetGroups: target.groups.length,
        ...(target.unproven.length === 0 ? {} : { unproven: target.unproven.length, sourceListsUnproven: 0 }),
      },
      ...accessSummary(input, changes),
      notices: [
        next,
        'Groups stay, and so do values that it wrote into profiles.',
        ...unprovenNotices(target),
        ...kept.notices(),
      ],
    },
  }
}
