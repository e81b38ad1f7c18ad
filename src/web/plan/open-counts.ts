import type { PlanView } from '../../contract/plans.ts'

/** Changes that nothing was done about yet, by state. */
export function openCounts({ tally }: Pick<PlanView, 'tally'>) {
  const of = (state: string) =>
    tally.reduce((sum, row) => (row.state === state && row.outcome === 'open' ? sum + row.count : sum), 0)
  return { ready: of('ready'), held: of('held'), blocked: of('blocked') }
}
