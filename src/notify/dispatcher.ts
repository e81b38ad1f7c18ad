import { asProvisioningError, fail } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Channel } from '../ports/channel.ts'
import type { NoticeStore } from '../ports/notices.ts'

export interface DispatcherOptions {
  readonly notices: NoticeStore
  /** Asked at every turn: channels are made and changed while the program runs. */
  readonly channels: () => readonly Channel[] | Promise<readonly Channel[]>
  /** Looks for what nobody else tells, e.g. credentials that end soon; called once an hour. */
  readonly watch?: () => Promise<void>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

export interface Dispatcher {
  /** Makes and sends what is due now; returns how many messages were taken. */
  turn(signal: AbortSignal): Promise<number>
  stop(): Promise<void>
}

/** Notices told one by one in a message; the rest is counted. */
const listedNotices = 20

const pauseMs = 5_000
/** One try takes no longer, so that one slow receiver neither outlasts the lease nor holds up the others for long. */
const tryMs = 60_000
const leaseMs = 2 * tryMs
const firstPauseMs = 30_000
const longestPauseMs = 30 * 60_000
/** A message that nobody took for so long waits for a person. */
const givenUpAfterMs = 24 * 3_600_000
const keptForMs = 30 * 86_400_000
const watchEveryMs = 3_600_000

/** Empties the outbox. Any number of instances may do so side by side. */
export function createDispatcher({
  notices,
  channels,
  watch,
  clock,
  log,
}: DispatcherOptions): Omit<Dispatcher, 'stop'> {
  let watchedAt = Number.NEGATIVE_INFINITY

  const deliver = async (
    channel: Channel,
    delivery: { id: string; attempts: number; createdAt: number },
    signal: AbortSignal,
  ) => {
    const { id, attempts, createdAt } = delivery
    try {
      await channel.send(await notices.digest(id, listedNotices), AbortSignal.any([signal, AbortSignal.timeout(tryMs)]))
    } catch (thrown) {
      const { message } = asProvisioningError(thrown)
      const now = clock.now()
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 20))
      const isGivenUp = now - createdAt >= givenUpAfterMs
      await notices.failed(id, message, now, isGivenUp ? undefined : now + pause)
      log(isGivenUp ? 'a message was given up' : 'a message was not taken', { channel: channel.channel, why: message })
      return 0
    }
    await notices.sent(id, clock.now())
    return 1
  }

  return {
    async turn(signal) {
      const open = await channels()
      let taken = 0
      if (clock.now() - watchedAt >= watchEveryMs) {
        watchedAt = clock.now()
        await watch?.().catch((error: unknown) => log('what ends soon could not be looked up', { error }))
        await notices.prune(clock.now() - keptForMs)
      }
      for (const channel of open) await notices.gather(channel, clock.now())
      for (;;) {
        signal.throwIfAborted()
        const names = open.map(({ channel }) => channel)
        const delivery = await notices.claim(names, clock.now(), leaseMs)
        const channel = open.find((each) => each.channel === delivery?.channel)
        if (delivery === undefined || channel === undefined) break
        taken += await deliver(channel, delivery, signal)
      }
      return taken
    },
  }
}

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, log } = options
  const dispatcher = createDispatcher(options)
  const ending = new AbortController()
  const working = (async () => {
    while (!ending.signal.aborted) {
      try {
        await dispatcher.turn(ending.signal)
      } catch (error) {
        if (!ending.signal.aborted) log('the outbox could not be emptied', { error })
      }
      await clock.sleep(pauseMs, ending.signal).catch(() => undefined)
    }
  })()
  return {
    ...dispatcher,
    async stop() {
      ending.abort(fail.cancelled('Muster is stopping; the message is sent later.'))
      await working
    },
  }
}
