import { type Command, command } from '../command.ts'
import { shownTime } from '../render/text.ts'

const connection = { connection: { help: 'name of the connection' } } as const

export const pauseCommands: readonly Command[] = [
  command({
    name: 'pause',
    summary: 'begin nothing of a connection any more; what it granted stays, a run under way goes on',
    arguments: connection,
    options: { why: { kind: 'text', value: 'text', help: 'shown to everybody who meets the pause' } },
    examples: ['pause staff', 'pause staff --why "directory migration until Monday"'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const body = options.why === undefined ? {} : { why: options.why }
      const view = await client.connections.pause({ params: { key: args.connection }, body }, session.call)
      output.show(view, [`Paused: ${args.connection}. Previews stay possible: muster plan ${args.connection}`])
      output.next(`Let it go on: muster resume ${args.connection}`)
      return 0
    },
  }),
  command({
    name: 'resume',
    summary: 'end a pause; what the schedule missed meanwhile runs once',
    arguments: connection,
    examples: ['resume staff'],
    async run({ args, output, session }) {
      const client = await session.client()
      const view = await client.connections.resume({ params: { key: args.connection } }, session.call)
      const next = view.nextRunAt === undefined ? '' : ` Its next run begins at ${shownTime(view.nextRunAt)}.`
      output.show(view, [`${args.connection} goes on.${next}`])
      return 0
    },
  }),
]
