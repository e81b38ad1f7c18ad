import type { PlanView } from '../contract/plans.ts'
import type { Invocation } from './command.ts'
import { type ChangeFilter, printChanges, shownPerKind, writeChanges } from './plan-changes.ts'
import { impactLines, planLines, releasableGuards, wholePlanGuards } from './render/plan.ts'

export const noFilter: ChangeFilter = { kinds: [], states: [], outcomes: [] }

/** Shows a plan with its changes; with `--json` as `{ "run": ..., "plan": ..., "changes": [...] }`. */
export async function showPlan(
  { output, session }: Pick<Invocation, 'output' | 'session'>,
  plan: PlanView,
  filter: ChangeFilter,
  limit: number | undefined,
  outcomes = false,
): Promise<void> {
  const client = await session.client()
  const listed = {
    client,
    call: session.call,
    output,
    plan,
    filter,
    outcomes,
    rest: `muster ${outcomes ? 'runs' : 'plan'} ${plan.run.number} --all`,
  }
  if (output.json) {
    output.writeJson(`{\n  "run": ${JSON.stringify(plan.run)},\n  "plan": ${JSON.stringify(plan)},\n  "changes": [\n`)
    await writeChanges({ ...listed, limit: limit ?? Number.POSITIVE_INFINITY })
    output.writeJson('\n  ]\n}\n')
    return
  }
  output.print(planLines(plan, output.paint, output.stdout.columns))
  if (plan.summary.total > 0) {
    const impact = await client.plans.impact({ params: { plan: plan.id } }, session.call)
    output.print(impactLines(impact, output.stdout.columns))
  }
  await printChanges({ ...listed, limit: limit ?? shownPerKind })
}

/** What to type next about a plan that is not applied. */
export function nextSteps(plan: PlanView, mode: 'preview' | 'review' | 'automatic'): string[] {
  const { number } = plan.run
  const open = (state: string) => plan.tally.some((row) => row.state === state && row.outcome === 'open')
  const whole = wholePlanGuards(plan).size > 0
  const guards = releasableGuards(plan)
  const waits = open('ready') || open('held') || (whole && plan.approval === undefined)
  if (!waits || plan.rejection !== undefined) return []
  if (mode === 'preview') {
    return [`This connection is preview only. To apply plans, set mode: review in connections.${plan.connection}.`]
  }
  const steps: string[] = []
  if (plan.approval === undefined && (mode === 'review' || whole)) {
    steps.push(`Approve it as shown:    muster approve ${number}`)
    if (guards.length > 0) steps.push(`... with what is held:  muster approve ${number} --release ${guards.join(',')}`)
    steps.push(`Then carry it out:      muster apply ${number}`)
    return steps
  }
  if (open('ready')) steps.push(`Carry it out:      muster apply ${number}`)
  if (guards.length > 0 && open('held')) {
    steps.push(`Release the held:  muster approve ${number} --release ${guards.join(',')}`)
  }
  return steps
}
