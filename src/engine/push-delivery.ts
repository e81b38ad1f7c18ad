import { asProvisioningError } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { DirtyRecord, DirtyStore } from '../ports/dirty.ts'
import type { Runner } from './runner.ts'
import { createWholeRuns, readMarginMs, type WholeRunsOptions } from './whole-runs.ts'

/** A connection whose source is pushed. */
export interface Follower {
  readonly key: string
  readonly source: string
  readonly target: string
  /** Follows by itself: automatic, and not paused. */
  readonly isLive: boolean
}

export interface PushDeliveryOptions extends WholeRunsOptions {
  readonly followers: () => Promise<readonly Follower[]>
  readonly dirty: DirtyStore
  /** Keys of the people in pushed groups, also by nesting; at most `limit`. */
  readonly peopleIn: (source: string, groupKeys: readonly string[], limit: number) => Promise<readonly string[]>
  readonly runner: Pick<Runner, 'startSome' | 'mayWrite'>
  /** Forgets who was deleted before that instant; coming back after that is coming as somebody new (D6). */
  readonly forgetTombstones: (before: Instant) => Promise<unknown>
  /** Pushes that arrive within this time are delivered together. @default 100 */
  readonly coalesceMs?: number
  /** How often it is looked for what another process received. @default 1_000 */
  readonly lookMs?: number
}

export interface PushDelivery {
  /** Something in the directory changed and is durable. */
  notify(source: string): void
  stop(): Promise<void>
}

/** Beyond so many people a run for everybody is cheaper, and its limits see all at once. */
const mostPeople = 1_000
/**
 * A delivery that takes longer is no longer waited for: others set out beside it, at most so many. Leavers hardly wait: the
 * next are planned while those before them are sent.
 */
const pace = { urgent: { apartMs: 150, atOnce: 6 }, others: { apartMs: 3_000, atOnce: 4 } }
/** How long what is left to a whole run is not looked at again. */
const wholeRunPauseMs = 5_000
const tombstonesKeptMs = 90 * 24 * 3_600_000
const forgetEveryMs = 3_600_000
const shortestPauseMs = 1_000
const longestPauseMs = 60_000
/**
 * What had moved when it was to be written is planned afresh, for instance because another process made the same account
 * a moment ago. So often in a row it is no coincidence any more, and a run for everybody decides.
 */
const mostConflicts = 5
const conflictPauseMs = 500

/**
 * Sees to it that what was pushed reaches the targets within seconds. Whoever was pushed stands in a set in the store until
 * a run for them has sent what there was to send; the set knows whom to look at, not what happened, so nothing is done out
 * of order. Leavers and others are delivered side by side, so that nobody who leaves waits for people who join.
 */
export function startPushDelivery(options: PushDeliveryOptions): PushDelivery {
  const { clock, log, dirty, coalesceMs = 100, lookMs = 1_000 } = options
  const ending = new AbortController()
  const wholeRuns = createWholeRuns(options)
  const underWay = new Map<string, readonly Delivery[]>()
  const pauses = new Map<string, { ms: number; until: Instant }>()
  /** How often in a row what was pushed about somebody met something that had moved; by connection, kind and key. */
  const conflicts = new Map<string, number>()
  let isNotified = false
  let isWoken = false
  let lookAgainAt = Number.POSITIVE_INFINITY
  let wake = new AbortController()

  const deliver = async (follower: Follower, urgent: boolean, last: number, work: string, mine: Delivery) => {
    const { key, source } = follower
    const taken = new Set((underWay.get(work) ?? []).flatMap((other) => other.records.map(nameOf)))
    const listed = await dirty.list(key, urgent, mostPeople + 1 + taken.size)
    // One after the other for each person: whoever is being delivered is looked at again afterwards.
    const records = listed.filter((record) => !taken.has(nameOf(record)))
    if (records.length === 0) return
    mine.records = records
    const isAll = records.some(({ kind }) => kind === 'all')
    const people = isAll ? undefined : await peopleOf(options, source, records)
    if (people === undefined) {
      pauses.set(work, { ms: shortestPauseMs / 2, until: clock.now() + wholeRunPauseMs })
      const why = isAll ? 'the baseline was declared' : `more than ${mostPeople} people changed`
      return wholeRuns.want(key, source, why, last)
    }
    const groups = records.flatMap((record) => (record.kind === 'group' ? [record.key] : []))
    const request = { trigger: 'push', startedBy: `push:${source}`, isUrgent: urgent } as const
    const { run, written } = await options.runner.startSome(key, { people, groups }, request)
    const { isSettled, isHeld, hasConflict, leftOut } = await written
    if (!isSettled) {
      pause(work)
      return log('what was pushed could not be delivered yet', { connection: key, run: run.number })
    }
    pauses.delete(work)
    const stubborn = hasConflict ? countConflicts(key, records) : []
    const done = hasConflict ? stubborn : records
    for (const record of done) conflicts.delete(`${key} ${nameOf(record)}`)
    await dirty.done(key, done)
    if (hasConflict) pauses.set(work, { ms: shortestPauseMs / 2, until: clock.now() + conflictPauseMs })
    if (stubborn.length > 0)
      wholeRuns.want(key, source, 'what was pushed met something that had moved, again and again')
    // Held parts are gathered where a person sees them together.
    if (isHeld) wholeRuns.want(key, source, 'something waits for a person')
    else if (leftOut.length > 0) wholeRuns.want(key, source, leftOut.join(' '))
  }
  /** Who has met too many conflicts in a row with this one. */
  const countConflicts = (connection: string, records: readonly DirtyRecord[]) =>
    records.filter((record) => {
      const name = `${connection} ${nameOf(record)}`
      const times = (conflicts.get(name) ?? 0) + 1
      conflicts.set(name, times)
      return times >= mostConflicts
    })
  const pause = (work: string) => {
    const ms = Math.min(longestPauseMs, (pauses.get(work)?.ms ?? shortestPauseMs / 2) * 2)
    pauses.set(work, { ms, until: clock.now() + ms })
  }
  const begin = (follower: Follower, urgent: boolean, last: number) => {
    const lane = urgent ? 'urgent' : 'others'
    const work = `${follower.key} ${lane}`
    const others = underWay.get(work) ?? []
    if (others.length >= pace[lane].atOnce) return
    const mayBeginAt = Math.max(...others.map(({ beganAt }) => beganAt)) + pace[lane].apartMs
    if (clock.now() < mayBeginAt) {
      lookAgainAt = Math.min(lookAgainAt, mayBeginAt)
      return
    }
    if (clock.now() < (pauses.get(work)?.until ?? 0)) return
    const mine: Delivery = { beganAt: clock.now(), records: [] }
    void deliver(follower, urgent, last, work, mine)
      .catch((thrown: unknown) => {
        pause(work)
        const { code, message } = asProvisioningError(thrown)
        log('what was pushed could not be delivered yet', { connection: follower.key, code, message })
      })
      .finally(() => {
        underWay.set(
          work,
          (underWay.get(work) ?? []).filter((each) => each !== mine),
        )
        isWoken = true
        wake.abort()
      })
    underWay.set(work, [...others, mine])
  }

  const look = async () => {
    lookAgainAt = Number.POSITIVE_INFINITY
    const all = await options.followers()
    const noted = await dirty.gather(all)
    for (const { connection, urgent, others, last } of await dirty.tally()) {
      const follower = all.find(({ key }) => key === connection)
      if (follower === undefined || (!follower.isLive && noted === 0)) continue
      const read = follower.isLive ? undefined : await wholeRuns.lastRead(connection)
      // Whoever does not follow by itself has seen what its last run read.
      if (read !== undefined) await dirty.readAsAWhole(connection, { before: read - readMarginMs })
      if (!follower.isLive || !(await options.runner.mayWrite(follower.target))) continue
      if (urgent > 0) begin(follower, true, last)
      if (others > 0) begin(follower, false, last)
    }
    await wholeRuns.ask()
  }
  const rest = async (ms: number) => {
    wake = new AbortController()
    if (isNotified || isWoken) {
      isWoken = false
      return
    }
    await clock.sleep(ms, AbortSignal.any([wake.signal, ending.signal])).catch(() => undefined)
  }

  const loop = async () => {
    let forgetAt = clock.now()
    while (!ending.signal.aborted) {
      try {
        if (isNotified) {
          await clock.sleep(coalesceMs, ending.signal).catch(() => undefined)
          isNotified = false
        }
        await look()
        if (clock.now() >= forgetAt) {
          await options.forgetTombstones(clock.now() - tombstonesKeptMs)
          forgetAt = clock.now() + forgetEveryMs
        }
      } catch (error) {
        log('pushes could not be followed up', { error })
        await clock.sleep(shortestPauseMs, ending.signal).catch(() => undefined)
      }
      await rest(Math.min(lookMs, Math.max(1, lookAgainAt - clock.now())))
    }
  }
  const ended = loop()
  return {
    notify() {
      if (isNotified) return
      isNotified = true
      wake.abort()
    },
    async stop() {
      ending.abort()
      await ended
      // Runs under way are the runner's to stop; whoever waits for one is told then.
    },
  }
}

/** What is on its way to the target. */
interface Delivery {
  readonly beganAt: Instant
  records: readonly DirtyRecord[]
}

function nameOf({ kind, key }: DirtyRecord): string {
  return `${kind} ${key}`
}

/** Everybody who is meant; undefined = more than are planned at once. */
async function peopleOf(
  { peopleIn }: PushDeliveryOptions,
  source: string,
  records: readonly DirtyRecord[],
): Promise<readonly string[] | undefined> {
  if (records.length > mostPeople) return undefined
  const keys = (wanted: DirtyRecord['kind']) => records.flatMap(({ kind, key }) => (kind === wanted ? [key] : []))
  const groups = keys('group')
  const inGroups = groups.length === 0 ? [] : await peopleIn(source, groups, mostPeople + 1)
  const people = new Set([...keys('user'), ...inGroups])
  return people.size > mostPeople ? undefined : [...people]
}
