import { command } from '../command.ts'
import { everyItem } from '../pages.ts'
import { plain, shownTime, wrap } from '../render/text.ts'

export const itemsCommand = command({
  name: 'items',
  summary: 'what waits for the decision of a person',
  options: {
    connection: { kind: 'text', value: 'KEY', help: 'only of this connection' },
    limit: { kind: 'number', value: 'N', help: 'at most N (100 if left out)' },
  },
  examples: ['items', 'items --connection staff --json'],
  async run({ options, output, session }) {
    const client = await session.client()
    const { connection } = options
    const items = await everyItem(
      (cursor, limit) =>
        client.workItems.list(
          {
            query: {
              limit,
              ...(cursor === undefined ? {} : { cursor }),
              ...(connection === undefined ? {} : { connection }),
            },
          },
          session.call,
        ),
      options.limit ?? 100,
    )
    const width = Math.max(60, output.stdout.columns) - 4
    const lines = items.flatMap(({ label, reason, message, candidates, openedAt }) => [
      `${output.paint('bold', plain(label))}  ${reason}, since ${shownTime(openedAt)}`,
      ...wrap(plain(message), width).map((line) => `    ${line}`),
      ...(candidates ?? []).map((candidate) => `    - ${plain(candidate)}`),
    ])
    output.show({ items }, items.length === 0 ? ['Nothing waits for a decision.'] : lines)
    return 0
  },
})
