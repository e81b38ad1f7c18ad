import type { Clock } from './clock.ts'
import { isInHaste } from './haste.ts'
import { Pace } from './pace.ts'
import { askedPauseMs, rateHeader, resetInstant } from './retry.ts'

/** The right to send one request now. Must be given back. */
export interface Permit {
  release(): void
}

/** The other side wants a pause longer than the caller is ready to wait. */
export class PauseTooLong extends Error {
  readonly pauseMs: number

  constructor(pauseMs: number) {
    super(`asked to wait ${Math.ceil(pauseMs / 1000)} s`)
    this.pauseMs = pauseMs
  }
}

interface Waiter {
  readonly lane: string
  readonly isInHaste: boolean
  readonly signal: AbortSignal
  readonly patienceMs: number
  readonly grant: (permit: Permit) => void
  readonly refuse: (why: unknown) => void
}

/** The window of Jira's burst limits (https://developer.atlassian.com/cloud/jira/platform/rate-limiting/). */
const burstWindowMs = 1_000
/** Pause after a refusal that names none. */
const unnamedPauseMs = 2_000

/**
 * Shares out the calls of one credential: a bounded number under way, first come first served but for what is in haste, at
 * the pace the other side allows. A lane is one endpoint: a limit of that endpoint alone slows only its lane.
 */
export class RateLimiter {
  readonly #clock: Clock
  readonly #maxInFlight: number
  readonly #whole = new Pace()
  readonly #lanes = new Map<string, Pace>()
  readonly #queue: Waiter[] = []
  #inFlight = 0
  #limitTold: number | undefined
  #wake: { readonly at: number; readonly stop: AbortController } | undefined

  constructor(clock: Clock, maxInFlight = 4) {
    this.#clock = clock
    this.#maxInFlight = maxInFlight
  }

  /**
   * Waits for a turn. Rejects with the signal's reason when aborted, with `PauseTooLong` when the other side's pause
   * exceeds `patienceMs`.
   */
  acquire(lane: string, signal: AbortSignal, patienceMs = 300_000): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const leave = () => {
        this.#drop(waiter)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        lane,
        isInHaste: isInHaste(),
        signal,
        patienceMs,
        grant: (permit) => {
          signal.removeEventListener('abort', leave)
          resolve(permit)
        },
        refuse: (why) => {
          signal.removeEventListener('abort', leave)
          reject(why)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      const behind = waiter.isInHaste ? this.#queue.findIndex((other) => !other.isInHaste) : -1
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, waiter)
      this.#serve()
    })
  }

  /** The newest limit an answer named, in calls per window; which window that is the answers do not say. */
  get limitTold(): number | undefined {
    return this.#limitTold
  }

  /** What an answer says about the limits. To be told about every answer, before its permit is released. */
  learn(lane: string, status: number, headers: Headers): void {
    const now = this.#clock.now()
    const pace = this.#lane(lane)
    const asked = askedPauseMs(headers, now)
    if (status === 429) {
      // Burst limits (and write limits per issue) concern the endpoint; any other limit concerns the credential.
      const ofEndpoint = /burst|per-issue/i.test(headers.get('ratelimit-reason') ?? '')
      const slowed = ofEndpoint ? pace : this.#whole
      slowed.refused(now, asked ?? unnamedPauseMs)
      return
    }
    if (status === 503 && asked !== undefined) {
      pace.pause(now + asked)
      return
    }
    pace.answered(now)
    this.#whole.answered(now)
    this.#announced(pace, headers, now)
  }

  #announced(pace: Pace, headers: Headers, now: number): void {
    const remainingText = rateHeader(headers, 'remaining')
    const remaining = Number(remainingText)
    const reset = resetInstant(headers)
    if (remainingText === undefined || Number.isNaN(remaining) || reset === undefined) return
    const sentBy = Date.parse(headers.get('date') ?? '')
    // `Date` has no fraction: on average it is half a second behind.
    const until = now + (reset - (Number.isNaN(sentBy) ? now : sentBy + 500))
    const limit = Number(rateHeader(headers, 'limit') ?? Number.NaN)
    if (limit > 0) this.#limitTold = limit
    // Half of what is under way beside this answer is not counted in it yet.
    const left = remaining - Math.floor(Math.max(0, this.#inFlight - 1) / 2)
    // Jira rounds the time to minutes although its burst limits are per second: there it says nothing.
    const isRounded = /T\d\d:\d\dZ$/.test(rateHeader(headers, 'reset')?.trim() ?? '')
    pace.announce(now, left, limit, isRounded ? now + burstWindowMs : until)
    this.#whole.loosen(now, left, limit)
  }

  #lane(name: string): Pace {
    let pace = this.#lanes.get(name)
    if (pace === undefined) {
      pace = new Pace()
      this.#lanes.set(name, pace)
    }
    return pace
  }

  #drop(waiter: Waiter): void {
    const position = this.#queue.indexOf(waiter)
    if (position >= 0) this.#queue.splice(position, 1)
    if (this.#queue.length === 0) this.#cancelWake()
  }

  #serve(): void {
    const now = this.#clock.now()
    let earliest = Number.POSITIVE_INFINITY
    for (const waiter of [...this.#queue]) {
      if (this.#inFlight >= this.#maxInFlight) return
      const pace = this.#lane(waiter.lane)
      const at = Math.max(this.#whole.readyAt(now), pace.readyAt(now))
      if (at - now > waiter.patienceMs) {
        this.#drop(waiter)
        waiter.refuse(new PauseTooLong(at - now))
      } else if (at > now) {
        earliest = Math.min(earliest, at)
      } else {
        this.#drop(waiter)
        this.#inFlight += 1
        this.#whole.take(now)
        pace.take(now)
        waiter.grant(this.#permit())
      }
    }
    if (earliest !== Number.POSITIVE_INFINITY) this.#wakeAt(earliest, now)
  }

  #permit(): Permit {
    let held = true
    return {
      release: () => {
        if (!held) return
        held = false
        this.#inFlight -= 1
        this.#serve()
      },
    }
  }

  #wakeAt(at: number, now: number): void {
    if (this.#wake !== undefined && this.#wake.at <= at) return
    this.#cancelWake()
    const wake = { at, stop: new AbortController() }
    this.#wake = wake
    this.#clock.sleep(Math.max(1, Math.ceil(at - now)), wake.stop.signal).then(
      () => {
        if (this.#wake === wake) this.#wake = undefined
        this.#serve()
      },
      // Stopped because nobody waits any more, or because an earlier wake-up took its place.
      () => undefined,
    )
  }

  #cancelWake(): void {
    this.#wake?.stop.abort()
    this.#wake = undefined
  }
}

const shared = new WeakMap<Clock['sleep'], Map<string, RateLimiter>>()

/** The limiter of a credential, one per process: runs, checks and searches with the same credential share its limit. */
export function sharedLimiter(credential: string, clock: Clock, maxInFlight?: number): RateLimiter {
  const limiters = shared.get(clock.sleep) ?? new Map<string, RateLimiter>()
  shared.set(clock.sleep, limiters)
  let limiter = limiters.get(credential)
  if (limiter === undefined) {
    limiter = new RateLimiter(clock, maxInFlight)
    limiters.set(credential, limiter)
  }
  return limiter
}
