import { command } from '../command.ts'
import { plain, shownTime, wrap } from '../render/text.ts'

export const takeOverCommand = command({
  name: 'targets take-over',
  summary: 'see which Muster writes to a directory, and take it over from another one',
  description: [
    'Two installations that write to one directory undo each other. The first one that applies a plan leaves its mark; another one shows that and applies nothing. Without --from the mark is only shown.',
  ],
  arguments: { key: { help: 'name of the target' } },
  options: {
    from: { kind: 'text', value: 'ID', help: 'take the directory from this installation; its runs are refused then' },
  },
  examples: ['targets take-over acme', 'targets take-over acme --from 01a2…'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const request = { params: { key: args.key } }
    if (options.from !== undefined) {
      const writer = await client.targets.takeOver({ ...request, body: { from: options.from } }, session.call)
      output.show(writer, [`This Muster keeps the directory of ${args.key} from now on.`])
      output.next(`See what it would do: muster connections list, then muster plan <connection>`)
      return 0
    }
    const writer = await client.targets.writer(request, session.call)
    const { keeper } = writer
    if (keeper === undefined) {
      output.show(writer, [`No Muster has written to the directory of ${args.key} yet.`])
    } else if (keeper.ours) {
      output.show(writer, [`This Muster keeps the directory of ${args.key} since ${shownTime(keeper.since)}.`])
    } else {
      const id = plain(keeper.instanceId)
      const text = `Another Muster (installation ${id}) keeps the directory of ${args.key} since ${shownTime(keeper.since)}. If it is to be this one, stop the other one first.`
      output.show(writer, wrap(text, Math.max(60, output.stdout.columns)))
      output.next(`Take it over: muster targets take-over ${args.key} --from ${id}`)
    }
    return 0
  },
})
