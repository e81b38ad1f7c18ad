import type { Client } from '../../contract/client.ts'
import type { RunView } from '../../contract/runs.ts'
import type { Invocation, OptionValues } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { exitCodeOfRun } from '../run-exit.ts'
import { nextSteps, showPlan } from '../show-plan.ts'
import { printReport } from '../show-run.ts'
import { filterOf, limitOf, type listOptions } from './plan.ts'

/** Waits for the plan of a run that a person has to approve, shows it, and says what to type next. */
export async function followPlan(
  invocation: Pick<Invocation, 'output' | 'session' | 'environment'> & {
    readonly options: OptionValues<typeof listOptions>
  },
  client: Client,
  started: RunView,
): Promise<number> {
  const { options, output, session, environment } = invocation
  const { mode } = await client.connections.get({ params: { key: started.connection } }, session.call)
  const run = await followRun({ client, run: started, output, environment, onSignal: 'stop' })
  if (run.planId === undefined || run.state === 'failed' || run.state === 'cancelled') {
    if (output.json) output.show({ run }, [])
    await printReport(invocation, run, undefined)
    return exitCodeOfRun(run)
  }
  const plan = await client.plans.get({ params: { plan: run.planId } }, session.call)
  await showPlan(invocation, plan, filterOf(options), limitOf(options))
  output.next(...nextSteps(plan, mode))
  return 0
}
