import type { Instant } from '../domain/identity.ts'
import type { SharedRead } from '../domain/run.ts'
import type { SourceSnapshot } from '../domain/snapshot.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Source } from '../ports/source.ts'
import { collectSource, type OnProgress } from './collect.ts'
import type { OpenConnection } from './setup.ts'

/** What of a source is still asked after its read. */
export type ReadSource = Pick<Source, 'defaultMapping' | 'overlooked' | 'flowsAtOnce' | 'directoryKey'>

export interface WhatWasRead {
  readonly snapshot: SourceSnapshot
  /** Whoever read it; knows what the read told. */
  readonly source: ReadSource
}

/** The read of one run. */
export interface RunRead {
  /** Reads the source to the end, or waits for somebody who does. Throws like `collectSource`, to everybody the same. */
  collect(signal: AbortSignal, onProgress: OnProgress): Promise<WhatWasRead>
  /** With whom, once it was read; undefined = this run read for itself alone. */
  readonly shared: SharedRead | undefined
  /** The run asks the source nothing more. */
  close(): Promise<void>
}

/**
 * Runs that begin while their source is being read for another connection wait for that read instead of asking everything a
 * second time. It has to be the same read: same source in the same version of its settings, same connector, same fingerprint
 * (D23), and begun so lately that the connection which joins it takes it (`sharedReadAge`). A read that has ended is never used
 * again: whoever begins later reads anew.
 */
export interface SharedReads {
  of(open: OpenConnection): RunRead
}

interface Reading {
  readonly lent: Lent
  readonly begunAt: Instant
  readonly stop: AbortController
  readonly snapshot: Promise<SourceSnapshot>
  readonly connections: string[]
  readonly listeners: Set<OnProgress>
  /** Runs that wait for its end. */
  waiting: number
}

/** The source of a read; without what was read, because a run holds this for as long as it writes. */
interface Lent {
  readonly source: Source
  /** Runs that may still ask it. */
  holders: number
}

export function createSharedReads(clock: Clock): SharedReads {
  const underWay = new Map<string, Reading>()
  const now = () => clock.now()

  const begin = (name: string, source: Source): Reading => {
    const stop = new AbortController()
    const listeners = new Set<OnProgress>()
    const begunAt = now()
    const snapshot = collectSource(source, newId(begunAt), now, stop.signal, (read) => {
      for (const tell of listeners) tell(read)
    }).finally(() => {
      // Before anybody hears how it ended, so that nobody joins a read that is over.
      if (underWay.get(name) === reading) underWay.delete(name)
    })
    const lent = { source, holders: 0 }
    const reading: Reading = { lent, begunAt, stop, snapshot, connections: [], listeners, waiting: 0 }
    underWay.set(name, reading)
    return reading
  }

  /** The one that is left by everybody is stopped, and nobody comes to it any more. */
  const leave = (name: string, reading: Reading, reason: unknown) => {
    if (reading.waiting > 0 || reading.stop.signal.aborted) return
    if (underWay.get(name) === reading) underWay.delete(name)
    reading.stop.abort(reason)
  }

  return {
    of(open) {
      const own = open.openSource()
      const name = nameOf(open, own)
      const { key, sharedReadAge } = open.connection
      const isYoung = ({ begunAt }: Reading) => sharedReadAge > 0 && now() - begunAt <= sharedReadAge
      let mine: Lent | undefined
      let shared: SharedRead | undefined
      return {
        get shared() {
          return shared
        },
        async collect(signal, onProgress) {
          signal.throwIfAborted()
          const known = underWay.get(name)
          const reading = known !== undefined && isYoung(known) ? known : begin(name, own)
          mine = reading.lent
          reading.connections.push(key)
          reading.listeners.add(onProgress)
          reading.waiting += 1
          mine.holders += 1
          try {
            const snapshot = await unlessAborted(reading.snapshot, signal)
            shared = sharedWith(reading, key)
            return told(reading, snapshot, shared, newId(now()))
          } finally {
            reading.listeners.delete(onProgress)
            reading.waiting -= 1
            if (signal.aborted) {
              leave(name, reading, signal.reason)
              if (reading.stop.signal.aborted) await reading.snapshot.catch(() => undefined)
            }
          }
        },
        async close() {
          if (mine === undefined) return await own.close()
          const { source } = mine
          mine.holders -= 1
          if (source !== own) await own.close()
          if (mine.holders === 0) await source.close()
          mine = undefined
        },
      }
    },
  }
}

/** Reads of one name tell the same. */
function nameOf({ settings, connectors }: OpenConnection, { readFingerprint }: Source): string {
  return JSON.stringify([settings.source.key, settings.source.version, connectors.source, readFingerprint])
}

function sharedWith({ begunAt, connections }: Reading, connection: string): SharedRead | undefined {
  if (connections.length === 1) return undefined
  return { since: begunAt, with: [...new Set(connections)].filter((each) => each !== connection).sort() }
}

/** The same read, under an id of its own and with a sentence about whose it is. */
function told(
  { lent: { source } }: Reading,
  snapshot: SourceSnapshot,
  shared: SharedRead | undefined,
  id: string,
): WhatWasRead {
  if (shared === undefined) return { snapshot, source }
  const whose = shared.with.map((each) => `"${each}"`).join(', ') || 'another run of this connection'
  const notice = `Read shared with ${whose}: the source was read once, from ${isoTime(shared.since)} on.`
  return { snapshot: { ...snapshot, id, notices: [...snapshot.notices, notice] }, source }
}

/** The result, or the reason of the signal as soon as it comes; the work goes on for others. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
