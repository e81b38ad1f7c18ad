import { command } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { findPlan } from '../plan-reference.ts'
import { exitCodeOfRun } from '../run-exit.ts'
import { nextAfterRun, planOf, printReport } from '../show-run.ts'

export const applyCommand = command({
  name: 'apply',
  summary: 'carry out a plan exactly as it was reviewed, or go on where it stopped',
  arguments: { plan: { help: 'id of a plan, number of its run, name of a connection (its newest plan), or latest' } },
  description: ['Ctrl-C stops between two writes; the same command goes on later.'],
  examples: ['apply 12', 'apply latest', 'apply 12 --json'],
  async run(invocation) {
    const { args, output, session, environment } = invocation
    const client = await session.client()
    const plan = await findPlan(client, args.plan, session.call)
    const started = await client.plans.apply({ params: { plan: plan.id } }, session.call)
    const run = await followRun({ client, run: started, output, environment, onSignal: 'stop', restedAs: plan.run })
    const after = await planOf(session, run)
    if (output.json) output.show({ run, plan: after }, [])
    await printReport(invocation, run, after)
    output.next(...nextAfterRun(run, after))
    return exitCodeOfRun(run)
  },
})
