import { command } from '../command.ts'
import { stateWords } from '../render/run.ts'

export const cancelCommand = command({
  name: 'cancel',
  summary: 'ask a run to stop; it stops between two writes and can be continued',
  arguments: { run: { help: 'number or id of a run' } },
  examples: ['cancel 12'],
  async run({ args, output, session }) {
    const client = await session.client()
    const run = await client.runs.cancel({ params: { run: args.run } }, session.call)
    output.show({ run }, [
      run.state === 'cancelled'
        ? `Run ${run.number} is cancelled.`
        : `Run ${run.number} was asked to stop; it ${stateWords[run.state].means}. Watch it: muster runs ${run.number} --watch`,
    ])
    return 0
  },
})
