import { command } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { exitCodeOfRun } from '../run-exit.ts'
import { nextSteps, noFilter, showPlan } from '../show-plan.ts'
import { nextAfterRun, planOf, printReport } from '../show-run.ts'

export const syncCommand = command({
  name: 'sync',
  summary: 'plan, and apply what no guard holds',
  description: [
    'Goes as far as the mode of the connection allows: `preview` ends with a plan, `review` waits for approval, `automatic` applies what no guard holds. An interrupted run is finished first.',
    'With `--person` only this person is looked at, decided by the same rules and limits, and done before anything else that is written to the target, also in the middle of a run for everybody.',
  ],
  arguments: { connection: { help: 'name of a connection' } },
  options: {
    person: { kind: 'text', value: 'WHO', help: 'only this person of the source, now: key, login or address' },
  },
  examples: ['sync staff', 'sync staff --person ann@example.com', 'sync staff --json --quiet'],
  async run(invocation) {
    const { args, options, output, session, environment } = invocation
    const { person } = options
    const client = await session.client()
    const { mode } = await client.connections.get({ params: { key: args.connection } }, session.call)
    const started = await client.connections.run(
      {
        params: { key: args.connection },
        body: person === undefined ? { kind: 'full' } : { kind: 'incremental', person },
      },
      session.call,
    )
    const run = await followRun({ client, run: started, output, environment, onSignal: 'stop' })
    const plan = await planOf(session, run)
    if (output.json) output.show({ run, plan }, [])
    const isUnsent = run.state === 'planned' || run.state === 'waiting' || run.state === 'held'
    if (!output.json && plan !== undefined && isUnsent) {
      await showPlan(invocation, plan, noFilter, undefined)
      output.print([''])
    }
    await printReport(invocation, run, plan)
    if (plan !== undefined) output.next(...(isUnsent ? nextSteps(plan, mode) : nextAfterRun(run, plan)))
    return exitCodeOfRun(run)
  },
})
