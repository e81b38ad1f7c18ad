import { type Command, command } from '../command.ts'
import { readDocument } from '../document.ts'
import { plain, shownTime, table } from '../render/text.ts'
import { kindLines, partsOf, putOptions, secretLines, secretOptions, unknownKind, yamlLines } from './ends.ts'
import { ownPutOptions, showSaved } from './own-settings.ts'

const channel = { channel: { help: 'name of the channel' } } as const

/** Channels that the store keeps; those of the configuration file are changed there. */
export const channelCommands: readonly Command[] = [
  command({
    name: 'notifications show',
    summary: 'a channel kept in the store, as it was written, without secrets',
    arguments: channel,
    examples: ['notifications show oncall'],
    async run({ args, output, session }) {
      const client = await session.client()
      const detail = await client.notifications.get({ params: { channel: args.channel } }, session.call)
      const { version, savedAt, savedBy, isOverridden, document, secrets } = detail
      output.show(detail, [
        `${output.paint('bold', detail.channel)}  version ${version} of ${shownTime(savedAt)} by ${plain(savedBy)}`,
        ...(isOverridden ? ['It does not count: the configuration file has a channel of this name.'] : []),
        '',
        ...yamlLines(document),
        ...secretLines(secrets, output.paint),
      ])
      return 0
    },
  }),
  command({
    name: 'notifications put',
    summary: 'make or replace a channel in the store; a running server uses it within seconds',
    description: [
      'What can be set: muster notifications kinds <type>. The secret of a webhook, the address of Slack and the password of a mail server are secrets: they never stand in the command line.',
    ],
    arguments: channel,
    options: ownPutOptions,
    examples: [
      'notifications put oncall --set type=webhook --set url=https://hooks.example.com/muster --secret-env secret=MUSTER_HOOK',
      'notifications put chat --set type=slack --secret-stdin url < address.txt',
      'notifications put oncall --merge --set tell=[held,failed] --dry-run',
    ],
    async run({ args, options, output, session, environment }) {
      const client = await session.client()
      const request = { params: { channel: args.channel } }
      // What others save in between is not overwritten.
      const present = options.merge ? await client.notifications.get(request, session.call) : undefined
      const parts = partsOf(options)
      const document = await readDocument(parts, 'notifications', args.channel, environment, present?.document)
      const body = { document, dryRun: options['dry-run'], basedOn: present?.version }
      const saved = await client.notifications.put({ ...request, body }, session.call)
      showSaved(output, saved, `The channel "${args.channel}"`)
      if (saved.saved) output.next(`Send a test message: muster notifications test ${args.channel}`)
      return 0
    },
  }),
  command({
    name: 'notifications try',
    summary: 'send a test message with settings that are saved nowhere',
    arguments: { channel: { help: 'name of the channel, also one that does not exist yet' } },
    options: { ...putOptions, ...secretOptions },
    examples: ['notifications try oncall --file oncall.yaml', 'notifications try mail --merge --set port=465'],
    async run({ args, options, output, session, environment }) {
      const client = await session.client()
      const request = { params: { channel: args.channel } }
      const before = options.merge ? (await client.notifications.get(request, session.call)).document : {}
      const document = await readDocument(partsOf(options), 'notifications', args.channel, environment, before)
      const tried = await client.notifications.tryOut({ ...request, body: { document } }, session.call)
      output.show(tried, ['It took a test message. Nothing was saved.'])
      output.next(`Save it: muster notifications put ${args.channel} ...`)
      return 0
    },
  }),
  command({
    name: 'notifications remove',
    summary: 'take a channel out of the store, with its secrets; messages on their way wait for one of this name',
    arguments: channel,
    examples: ['notifications remove oncall'],
    async run({ args, output, session }) {
      const client = await session.client()
      const removed = await client.notifications.delete({ params: { channel: args.channel } }, session.call)
      output.show(removed, [`The channel "${args.channel}" is out of use.`])
      return 0
    },
  }),
  command({
    name: 'notifications kinds',
    summary: 'which types of channels there are, and what each can be told',
    arguments: { type: { help: 'show the settings of this type', optional: true } },
    examples: ['notifications kinds', 'notifications kinds smtp'],
    async run({ args, output, session }) {
      const client = await session.client()
      const { types } = await client.notifications.kinds(undefined, session.call)
      if (args.type === undefined) {
        const rows = types.map(({ type, title }) => [type, title])
        output.show({ items: types }, table([{ title: 'type' }, { title: 'name' }], rows))
        return 0
      }
      const kind = types.find(({ type }) => type === args.type)
      if (kind === undefined) throw unknownKind(args.type, types, 'channel')
      output.show(kind, kindLines(kind, output.paint, Math.max(60, output.stdout.columns)))
      return 0
    },
  }),
]
