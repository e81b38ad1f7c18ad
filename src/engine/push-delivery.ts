import type { Instant } from '../domain/identity.ts'
import type { Clock } from '../platform/clock.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { RunStore } from '../ports/store.ts'

/** A connection that follows a push source by itself. */
export interface LiveConnection {
  readonly key: string
  readonly source: string
}

export interface PushDeliveryOptions {
  /** Connections in `automatic` mode, not paused, whose source is pushed. */
  readonly connections: () => Promise<readonly LiveConnection[]>
  /** When anything in a pushed directory last changed. */
  readonly changedAt: (source: string) => Promise<Instant | undefined>
  readonly queue: Pick<RunQueue, 'ask'>
  readonly runs: Pick<RunStore, 'list'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Pushes that arrive within this time are one. @default 150 */
  readonly coalesceMs?: number
  /** How often the directories themselves are looked at, for what another process received. @default 15_000 */
  readonly lookMs?: number
}

export interface PushDelivery {
  /** Something in the directory changed and is durable. */
  notify(source: string): void
  stop(): Promise<void>
}

/** A run is asked for again when the last one could not be made, after a pause that grows. */
const shortestPauseMs = 1_000
const longestPauseMs = 60_000
/** At the start a change so shortly before a run may have been missed by its read. */
const readMarginMs = 10_000

/**
 * Sees to it that what was pushed reaches the targets: soon after a change each connection of the source is asked to run,
 * and again until a run began after the change. Levels, not events: what is known is only that something changed, and a
 * run plans everything that differs, so nothing can be lost or done out of order.
 */
export function startPushDelivery(options: PushDeliveryOptions): PushDelivery {
  const { clock, log, coalesceMs = 150, lookMs = 15_000 } = options
  const ending = new AbortController()
  /** When each source last told of a change that no run is known to have read, by connection. */
  const dirty = new Map<string, { readonly source: string; since: Instant; pauseMs: number; notBefore: Instant }>()
  let pending = new Set<string>()
  let wake = new AbortController()

  const mark = async (sources: ReadonlySet<string>, since: Instant) => {
    for (const { key, source } of await options.connections()) {
      if (sources.has(source)) dirty.set(key, { source, since, pauseMs: shortestPauseMs, notBefore: since })
    }
  }
  const look = async (marginMs: number) => {
    for (const { key, source } of await options.connections()) {
      const changedAt = await options.changedAt(source)
      if (changedAt === undefined || dirty.has(key)) continue
      if (await wasRead(options, key, changedAt + marginMs)) continue
      dirty.set(key, { source, since: changedAt, pauseMs: shortestPauseMs, notBefore: clock.now() })
    }
  }
  const ask = async () => {
    for (const [key, state] of dirty) {
      if (clock.now() < state.notBefore) continue
      if (await wasRead(options, key, state.since)) {
        if (dirty.get(key) === state) dirty.delete(key)
        continue
      }
      const isNew = await options.queue.ask({
        connection: key,
        trigger: 'push',
        startedBy: `push:${state.source}`,
        lane: 2,
      })
      if (isNew) log('a push asks for a run', { connection: key, source: state.source })
      // While a run is under way it is asked for again soon; a run that failed gets growing pauses.
      state.notBefore = clock.now() + (isNew ? state.pauseMs : shortestPauseMs)
      if (isNew) state.pauseMs = Math.min(longestPauseMs, state.pauseMs * 2)
    }
  }
  const rest = async (ms: number) => {
    wake = new AbortController()
    if (pending.size > 0) return
    await clock.sleep(ms, AbortSignal.any([wake.signal, ending.signal])).catch(() => undefined)
  }

  const loop = async () => {
    let lookAt = clock.now()
    let marginMs = readMarginMs
    while (!ending.signal.aborted) {
      try {
        if (pending.size > 0) {
          const sources = pending
          await clock.sleep(coalesceMs, ending.signal).catch(() => undefined)
          pending = new Set()
          await mark(sources, clock.now())
        }
        if (clock.now() >= lookAt) {
          await look(marginMs)
          lookAt = clock.now() + lookMs
          marginMs = 0
        }
        await ask()
      } catch (error) {
        log('pushes could not be followed up', { error })
        await clock.sleep(shortestPauseMs, ending.signal).catch(() => undefined)
      }
      const next = Math.min(lookAt, ...[...dirty.values()].map(({ notBefore }) => notBefore))
      await rest(Math.max(50, next - clock.now()))
    }
  }
  const ended = loop()
  return {
    notify(source) {
      pending.add(source)
      wake.abort()
    },
    async stop() {
      ending.abort()
      await ended
    },
  }
}

/** True when a run that came to a plan began to read after that instant. */
async function wasRead(
  { runs }: Pick<PushDeliveryOptions, 'runs'>,
  connection: string,
  since: Instant,
): Promise<boolean> {
  const recent = await runs.list({ connection }, { limit: 20 })
  return recent.items.some(
    ({ kind, state, startedAt }) =>
      kind === 'full' && startedAt >= since && state !== 'failed' && state !== 'cancelled',
  )
}
