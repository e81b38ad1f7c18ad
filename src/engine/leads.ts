import type { LedKind, LedThing } from '../domain/lead.ts'
import type { Target } from '../ports/target.ts'
import type { PlanDraft, PlanInput } from './planner/input.ts'

/**
 * What those who are to leave lead. Asked only when somebody leaves, since it may cost a look through all projects;
 * components, which cost a look into each project, only where a rule says who takes over. Undefined when there is nothing to
 * hand over.
 */
export async function askAboutLeads(
  { connection }: Pick<PlanInput, 'connection'>,
  { leaving }: Pick<PlanDraft, 'leaving'>,
  target: Target,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly LedThing[]> | undefined> {
  if (leaving.length === 0 || target.leadsOf === undefined) return undefined
  const kinds: readonly LedKind[] =
    connection.users.defaultComponentLead === undefined ? ['project'] : ['project', 'component']
  const leads = await target.leadsOf(leaving, kinds, signal)
  return [...leads.values()].some((things) => things.length > 0) ? leads : undefined
}
