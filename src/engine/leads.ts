import type { LedKind, LedThing } from '../domain/lead.ts'
import type { Target } from '../ports/target.ts'
import type { PlanDraft, PlanInput } from './planner/input.ts'

/** What some accounts lead, asked before it was certain that they leave. */
export interface LeadsAhead {
  readonly accounts: ReadonlySet<string>
  readonly leads: ReadonlyMap<string, readonly LedThing[]>
}

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
  ahead?: LeadsAhead,
): Promise<ReadonlyMap<string, readonly LedThing[]> | undefined> {
  if (leaving.length === 0) return undefined
  const isAsked = ahead !== undefined && leaving.every((id) => ahead.accounts.has(id))
  const { leads } = isAsked ? ahead : await askAheadAboutLeads(connection, leaving, target, signal)
  return [...leads.values()].some((things) => things.length > 0) ? leads : undefined
}

export async function askAheadAboutLeads(
  { users }: PlanInput['connection'],
  accountIds: readonly string[],
  target: Target,
  signal: AbortSignal,
): Promise<LeadsAhead> {
  const accounts = new Set(accountIds)
  if (accounts.size === 0 || target.leadsOf === undefined) return { accounts, leads: new Map() }
  const kinds: readonly LedKind[] = users.defaultComponentLead === undefined ? ['project'] : ['project', 'component']
  return { accounts, leads: await target.leadsOf(accountIds, kinds, signal) }
}
