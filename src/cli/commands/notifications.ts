import { formatDuration } from '../../domain/duration.ts'
import { command } from '../command.ts'
import { everyItem } from '../pages.ts'
import { plain, shownTime, table } from '../render/text.ts'

const list = command({
  name: 'notifications',
  summary: 'the channels people are told through when something waits, fails or ends soon',
  description: [
    'Mail, signed webhooks, Slack and what understands it. Channels stand under `notifications` in the configuration file, or are kept in the store: muster notifications put. A running server (`muster serve`) sends.',
  ],
  examples: ['notifications', 'notifications --json'],
  async run({ output, session }) {
    const client = await session.client()
    const { channels, problems } = await client.notifications.list(undefined, session.call)
    const rows = channels.map(({ channel, type, to, kinds, connections, digestMs }) => [
      channel,
      type,
      plain(to),
      kinds?.join(', ') ?? 'everything',
      connections?.join(', ') ?? 'all connections',
      formatDuration(digestMs),
    ])
    const columns = ['channel', 'type', 'to', 'tells', 'about', 'digest'].map((title) => ({ title }))
    output.show({ channels, problems }, [
      ...(rows.length === 0 ? ['Nobody is told anything: no channel can be used.'] : table(columns, rows)),
      ...problems.map((problem) => output.paint('yellow', plain(problem))),
    ])
    return 0
  },
})

const test = command({
  name: 'notifications test',
  summary: 'send a test message through a channel, now',
  arguments: { channel: { help: 'name of the channel' } },
  examples: ['notifications test oncall'],
  async run({ args, output, session }) {
    const client = await session.client()
    const sent = await client.notifications.test({ params: { channel: args.channel } }, session.call)
    output.show(sent, [`The channel "${args.channel}" took a test message.`])
    return 0
  },
})

const deliveries = command({
  name: 'notifications deliveries',
  summary: 'messages on their way, taken, or given up after a day',
  options: {
    channel: { kind: 'text', value: 'NAME', help: 'only of this channel' },
    state: { kind: 'text', value: 'STATE', help: 'only this state', choices: ['pending', 'sent', 'dead'] },
    limit: { kind: 'number', value: 'N', help: 'at most N messages (50 if left out)' },
  },
  examples: ['notifications deliveries --state dead'],
  async run({ options: { channel, state, limit }, output, session }) {
    const client = await session.client()
    const filter = {
      ...(channel === undefined ? {} : { channel }),
      ...(state === undefined ? {} : { state: state as 'pending' | 'sent' | 'dead' }),
    }
    const items = await everyItem(
      (cursor, most) =>
        client.notifications.deliveries(
          { query: { ...filter, limit: most, ...(cursor === undefined ? {} : { cursor }) } },
          session.call,
        ),
      limit ?? 50,
    )
    const rows = items.map((each) => [
      each.id,
      each.channel,
      each.state,
      shownTime(each.createdAt),
      String(each.attempts),
      each.nextAt === undefined ? '' : shownTime(each.nextAt),
      plain(each.problem ?? ''),
    ])
    const columns = ['message', 'channel', 'state', 'made', 'tries', 'next try', 'problem'].map((title) => ({ title }))
    output.show({ items }, rows.length === 0 ? ['No message fits.'] : table(columns, rows))
    return 0
  },
})

const resend = command({
  name: 'notifications resend',
  summary: 'try a message that was given up afresh, under the same id',
  arguments: { message: { help: 'id of the message' } },
  examples: ['notifications resend 0199a3c4-5f1e-7000-8000-1234567890ab'],
  async run({ args, output, session }) {
    const client = await session.client()
    const done = await client.notifications.resend({ params: { delivery: args.message } }, session.call)
    output.show(done, ['It is tried again at once by the running server.'])
    return 0
  },
})

export const notificationCommands = [list, test, deliveries, resend]
