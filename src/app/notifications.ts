import type { Handlers } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Channel } from '../ports/channel.ts'
import type { UseCase } from './use-case.ts'
import { timeOrNone } from './views.ts'

/** The channels of this process, once the configuration file was read. */
export interface Channels {
  readonly channels: readonly Channel[]
  readonly problems: readonly string[]
}

const testTimeoutMs = 30_000

export function notificationUseCases(useCase: UseCase, opened: () => Channels): Handlers['notifications'] {
  const { store, clock } = useCase
  return {
    list: async () => {
      const { channels, problems } = opened()
      return {
        channels: channels.map(({ channel, type, to, kinds, connections, digestMs }) => ({
          channel,
          type,
          to,
          kinds: kinds === undefined ? undefined : [...kinds],
          connections: connections === undefined ? undefined : [...connections],
          digestMs,
        })),
        problems: [...problems],
      }
    },
    async test({ principal, signal }, { params }) {
      const { channels, problems } = opened()
      const channel = channels.find((each) => each.channel === params.channel)
      if (channel === undefined) {
        const why = problems.find((each) => each.startsWith(`notifications.${params.channel}:`))
        throw fail.notFound(why ?? `There is no channel "${params.channel}".`, {
          hint: 'Channels stand under notifications in the configuration file: muster notifications',
        })
      }
      const now = clock.now()
      const digest = { id: newId(now), total: 0, counts: [], first: [], isTest: true } as const
      await channel.send(digest, AbortSignal.any([signal, AbortSignal.timeout(testTimeoutMs)]))
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
