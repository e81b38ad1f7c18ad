import type { Plan } from '../../domain/plan.ts'
import type { RetirementChoice } from '../../domain/retirement.ts'
import { askAboutLeads } from '../leads.ts'
import { saveTargetPlan, sightOfTarget, type TargetPlanning } from '../target-plan.ts'
import { makeRetirement } from './retire.ts'

export interface RetirementPlanning extends TargetPlanning {
  readonly choice: RetirementChoice
}

/** Reads the target, plans what takes the connection out of use with what it granted, and stores the plan. */
export async function planRetirement(planning: RetirementPlanning): Promise<Plan> {
  const { store, open, target, signal, choice } = planning
  const { connection } = open
  const sight = await sightOfTarget(planning)
  const adopted = await store.directories.adopted(connection.key, sight.directoryKey)
  const input = { ...sight, connection, choice, adopted }
  const draft = makeRetirement(input)
  const leads = await askAboutLeads(input, draft, target, signal)
  return await saveTargetPlan(planning, sight, leads === undefined ? draft : makeRetirement({ ...input, leads }))
}
