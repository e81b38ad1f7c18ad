import { isDeepStrictEqual } from 'node:util'
import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { type ChannelSettings, channelSchemas, channelSecrets, notificationsSchema } from '../domain/notifications.ts'
import { isoTime } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Channel } from '../ports/channel.ts'
import { type ChannelBook, placeOf } from './channels.ts'
import type { Document } from './documents.ts'
import { secretState } from './ends.ts'
import { findingsOf } from './finding.ts'
import { checkChannel } from './notification-settings.ts'
import { withoutSealed } from './objects.ts'
import {
  type JudgeImport,
  judgeSetting,
  missingSecrets,
  type OwnSetting,
  removeSetting,
  saveSetting,
  stateOf,
} from './own-settings.ts'
import { settingFields } from './setting-forms.ts'
import type { UseCase } from './use-case.ts'
import { timeOrNone } from './views.ts'

const testTimeoutMs = 30_000

/** How each type is called in a form. */
const titles = { smtp: 'E-mail', webhook: 'Signed webhook', slack: 'Slack and what understands it' } as const

export function notificationUseCases(useCase: UseCase, book: ChannelBook): Handlers['notifications'] {
  const { store, clock } = useCase

  const sendTest = async (channel: Channel, signal: AbortSignal) => {
    const digest = { id: newId(clock.now()), total: 0, counts: [], first: [], isTest: true } as const
    await channel.send(digest, AbortSignal.any([signal, AbortSignal.timeout(testTimeoutMs)]))
  }

  return {
    list: async () => {
      const { channels, problems } = await book.opened()
      return {
        channels: channels.map(({ channel, type, to, kinds, connections, digestMs }) => ({
          channel,
          owner: book.isFromFile(channel) ? ('file' as const) : ('store' as const),
          type,
          to,
          kinds: kinds === undefined ? undefined : [...kinds],
          connections: connections === undefined ? undefined : [...connections],
          digestMs,
        })),
        problems: [...problems],
        kept: (await keptKeys(useCase)).filter((key) => !channels.some(({ channel }) => channel === key)),
      }
    },

    kinds: async () => ({
      types: Object.entries(channelSchemas).map(([type, schema]) => ({
        type,
        title: titles[type as ChannelSettings['type']],
        summary: '',
        fields: settingFields(schema, channelSecrets[type as ChannelSettings['type']]),
      })),
    }),

    async get(_caller, { params: { channel } }) {
      const object = await store.settings.get('channel', channel)
      if (object === undefined) throw noChannel(channel)
      const { document, version, savedAt, savedBy } = object
      const states = secretsOf(document).map((field) => secretState(useCase, 'channel', object, field))
      return {
        channel,
        version,
        savedAt: isoTime(savedAt),
        savedBy,
        isOverridden: book.isFromFile(channel),
        document: withoutSealed(document),
        secrets: await Promise.all(states),
      }
    },

    async put({ principal }, { params: { channel }, body: { document, dryRun = false, basedOn } }) {
      if (book.isFromFile(channel)) throw isManagedByFile(channel)
      const wanted = await judgeSetting(useCase, ownChannel(channel, document), document)
      const version = await saveSetting(useCase, principal, wanted, { basedOn, dryRun })
      return { saved: !dryRun, version, isNew: wanted.before === undefined, changes: [...wanted.changes], warnings: [] }
    },

    async delete({ principal }, { params: { channel } }) {
      if ((await store.settings.get('channel', channel)) === undefined) {
        throw book.isFromFile(channel) ? isManagedByFile(channel) : noChannel(channel)
      }
      await removeSetting(useCase, principal, 'channel', channel)
      return { removed: true }
    },

    async tryOut({ principal, signal }, { params: { channel }, body: { document } }) {
      const wanted = await judgeSetting(useCase, ownChannel(channel, document), document, 'tried')
      const settings = parsedChannel(wanted.document)
      if (settings === undefined) throw fail.bug(`The channel "${channel}" was judged to be in order.`)
      const opened = await book.tried(channel, settings, wanted.values)
      // Written down before it is sent: where it goes is saved nowhere else.
      await useCase.audit(principal, 'channel.try', `channel:${channel}`, { type: opened.type, to: opened.to })
      await sendTest(opened, signal)
      return { done: true }
    },

    async test({ principal, signal }, { params }) {
      const { channels, problems } = await book.opened()
      const channel = channels.find((each) => each.channel === params.channel)
      if (channel === undefined) {
        const why = problems.find((each) => each.startsWith(`${placeOf(params.channel)}:`))
        throw why === undefined ? noChannel(params.channel) : fail.notFound(why)
      }
      await sendTest(channel, signal)
      await useCase.audit(principal, 'notifications.test', `channel:${params.channel}`)
      return { done: true }
    },
    async deliveries(_caller, { query: { channel, state, cursor, limit } }) {
      const { items, next } = await store.notices.deliveries({ channel, state }, { cursor, limit })
      return {
        items: items.map(({ createdAt, nextAt, endedAt, ...rest }) => ({
          ...rest,
          createdAt: isoTime(createdAt),
          nextAt: rest.state === 'pending' ? isoTime(nextAt) : undefined,
          endedAt: timeOrNone(endedAt),
        })),
        next,
      }
    },
    async resend({ principal }, { params: { delivery } }) {
      if (!(await store.notices.resend(delivery, clock.now()))) {
        throw fail.notFound(`No message ${delivery} was given up.`, {
          hint: 'List them: muster notifications deliveries --state dead',
        })
      }
      await useCase.audit(principal, 'notifications.resend', `delivery:${delivery}`)
      return { done: true }
    },
  }
}

/** A channel that a configuration brings. One that the configuration file has the same way is left as it is. */
export function channelImports(useCase: UseCase, book: ChannelBook): JudgeImport {
  return async (principal, key, document) => {
    const wanted = await judgeSetting(useCase, ownChannel(key, document), document, 'imported')
    const state = stateOf(wanted)
    if (state !== 'unchanged' && book.isFromFile(key)) {
      if (!isDeepStrictEqual(book.settingsFromFile(key), parsedChannel(document))) throw isManagedByFile(key)
      return { kind: 'channel', key, state: 'unchanged', changes: [], warnings: [], save: async () => undefined }
    }
    return {
      kind: 'channel',
      key,
      state,
      changes: wanted.changes,
      warnings: missingSecrets(wanted, `muster notifications put ${key}`),
      save: async () => {
        await saveSetting(useCase, principal, wanted, { basedOn: wanted.before?.version ?? 0, dryRun: false })
      },
    }
  }
}

async function keptKeys({ store }: UseCase): Promise<readonly string[]> {
  return (await store.settings.list()).flatMap(({ kind, key }) => (kind === 'channel' ? [key] : []))
}

function noChannel(name: string) {
  return fail.notFound(`There is no channel "${name}".`, { hint: 'List them: muster notifications' })
}

function isManagedByFile(name: string) {
  return fail.notWritable(`The channel "${name}" is managed by the configuration file.`, {
    hint: 'Change it there and start Muster again, or take it out of the file.',
  })
}

function secretsOf({ type }: Document): readonly string[] {
  return Object.hasOwn(channelSecrets, String(type)) ? channelSecrets[type as ChannelSettings['type']] : []
}

function parsedChannel(document: Document): ChannelSettings | undefined {
  return notificationsSchema.safeParse({ channel: document }).data?.channel
}

function ownChannel(key: string, given: Document): OwnSetting {
  return {
    kind: 'channel',
    key,
    called: `The channel "${key}"`,
    secrets: secretsOf(given),
    delicate: ['url'],
    // A webhook is sent a signature, not the secret; the address of Slack is the secret itself.
    sentTo: given.type === 'smtp' ? ['host', 'port', 'security'] : [],
    check(document) {
      const value = { channel: document }
      const { error, data } = notificationsSchema.safeParse(value)
      const findings =
        error === undefined
          ? checkChannel(data.channel!, ['channel'], { maySeal: true })
          : findingsOf(error.issues, notificationsSchema, value)
      return findings.map(({ path, ...rest }) => ({ ...rest, path: path.slice(1) }))
    },
  }
}
