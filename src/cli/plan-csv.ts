import { planCells, planHead } from '../contract/change-cells.ts'
import type { CallOptions, Client } from '../contract/client.ts'
import type { PlanView } from '../contract/plans.ts'
import { csvLine } from '../platform/csv.ts'
import type { Output } from './output.ts'
import { type ChangeFilter, changePages } from './plan-changes.ts'

/** Writes the changes that fit as a CSV file, page by page; each row names the fingerprint of the plan. */
export async function writePlanCsv(
  to: { readonly client: Client; readonly call: CallOptions; readonly output: Output },
  plan: PlanView,
  filter: ChangeFilter,
  limit: number,
): Promise<void> {
  const { stdout } = to.output
  stdout.write(csvLine(planHead))
  for await (const changes of changePages({ ...to, plan, filter }, limit)) {
    const lines = changes.map((change) => csvLine(planCells(change, plan.fingerprint)))
    stdout.write(lines.join(''))
  }
}
