import type { PlanView } from '../contract/plans.ts'
import type { RunView } from '../contract/runs.ts'
import type { Invocation } from './command.ts'
import { someChanges } from './plan-changes.ts'
import { releasableGuards } from './render/plan.ts'
import { causeLines, runLines } from './render/run.ts'
import { noFilter } from './show-plan.ts'

/** More failures than this are not grouped; the first ones tell the causes. */
const mostFailures = 5_000

/** The plan of a run, where it came so far. */
export async function planOf(session: Invocation['session'], run: RunView): Promise<PlanView | undefined> {
  if (run.planId === undefined) return undefined
  const client = await session.client()
  return client.plans.get({ params: { plan: run.planId } }, session.lastCall)
}

/** The short report at the end of `apply` and `sync`, also with what failed, by cause. */
export async function printReport(
  { output, session }: Pick<Invocation, 'output' | 'session'>,
  run: RunView,
  plan: PlanView | undefined,
): Promise<void> {
  output.print(runLines(run, plan, output.paint, output.stdout.columns))
  if (output.json || plan === undefined) return
  const troubled = plan.tally.some(
    ({ outcome }) => outcome === 'failed' || outcome === 'skipped' || outcome === 'unproven',
  )
  if (!troubled) return
  const client = await session.client()
  const filter = { ...noFilter, outcomes: ['failed', 'skipped', 'unproven'] as const }
  const changes = await someChanges({ client, call: session.lastCall, plan, filter }, mostFailures)
  output.print([
    '',
    output.paint('bold', 'What did not succeed, by cause'),
    ...causeLines(changes, output.paint, output.stdout.columns),
  ])
}

/** What to type next after a run. */
export function nextAfterRun(run: RunView, plan: PlanView | undefined): string[] {
  if (plan === undefined) return []
  const { number, connection } = run
  const open = (state: string) => plan.tally.some((row) => row.state === state && row.outcome === 'open')
  const steps: string[] = []
  const guards = releasableGuards(plan)
  if (open('held')) {
    steps.push(`See what is held:  muster plan ${number} --state held`)
    if (guards.length > 0) steps.push(`Release it:        muster approve ${number} --release ${guards.join(',')}`)
  }
  if (open('blocked')) steps.push(`What is blocked:   muster plan ${number} --state blocked`)
  if (run.state === 'cancelled' || (run.state === 'failed' && open('ready')))
    steps.push(`Go on with it:     muster apply ${number}`)
  if (run.state === 'partial' && !open('held')) {
    steps.push(
      run.undoSince !== undefined
        ? `Undo what is left: muster undo --since ${run.undoSince.since} --connection ${connection}`
        : run.undoOf === undefined
          ? `Plan afresh:       muster plan ${connection}`
          : `Undo what is left: muster undo ${run.undoOf}`,
    )
  }
  return steps
}
