import { fitsOperation } from './patterns.ts'

/** A limit in force: a token bucket shared by all operations that fit `operations`. */
export interface LimitSettings {
  /** Key of the limit and pattern of what it covers: `*`, `org.*`, `jira.user.search,jira.users.search`. */
  readonly operations: string
  /** Requests per second the vendor grants. */
  readonly perSecond: number
  /** Most requests at once; as many as in one second unless told. */
  readonly burst?: number
  /** Share of the limit that another client uses up, 0..100. It takes its part first. */
  readonly otherClientPercent?: number
  /** `RateLimit-Reason` of a refusal where the API sends one. */
  readonly reason?: string
}

/** How a limit was used since the last reset. */
export interface LimitUse {
  readonly operations: string
  readonly granted: number
  readonly refused: number
  /** Tokens that came into existence for us, used or not. */
  readonly offered: number
  /** Requests that came before the announced Retry-After had passed (with 50 ms of grace for those on their way). */
  readonly undercut: number
}

/** What the caller may be told. `retryAfterSeconds` is set when the request was refused. */
export interface Verdict {
  readonly limit: number
  readonly remaining: number
  readonly resetAt: number
  readonly reason: string
  readonly retryAfterSeconds?: number
}

const graceMs = 50

class Bucket {
  settings: LimitSettings
  tokens: number
  filledAt: number
  granted = 0
  refused = 0
  offered: number
  undercut = 0
  quietSince = Number.NEGATIVE_INFINITY
  quietUntil = Number.NEGATIVE_INFINITY

  constructor(settings: LimitSettings, now: number) {
    this.settings = settings
    this.tokens = this.burst
    this.offered = this.tokens
    this.filledAt = now
  }

  get burst(): number {
    return Math.max(1, this.settings.burst ?? this.settings.perSecond)
  }

  get rate(): number {
    return this.settings.perSecond * (1 - (this.settings.otherClientPercent ?? 0) / 100)
  }

  fill(now: number): void {
    const fresh = (Math.max(0, now - this.filledAt) / 1000) * this.rate
    this.offered += fresh
    this.tokens = Math.min(this.burst, this.tokens + fresh)
    this.filledAt = now
  }

  take(now: number): Verdict {
    this.fill(now)
    if (now < this.quietUntil && now > this.quietSince + graceMs) this.undercut++
    const { perSecond, reason = 'jira-burst-based' } = this.settings
    if (this.tokens >= 1) {
      this.tokens -= 1
      this.granted++
      return { limit: perSecond, remaining: Math.floor(this.tokens), resetAt: now + 1000, reason }
    }
    this.refused++
    const waitMs = this.rate > 0 ? ((1 - this.tokens) / this.rate) * 1000 : 60_000
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    if (now >= this.quietUntil) this.quietSince = now
    this.quietUntil = Math.max(this.quietUntil, now + retryAfterSeconds * 1000)
    return { limit: perSecond, remaining: 0, resetAt: this.quietUntil, reason, retryAfterSeconds }
  }
}

/** All limits in force. A request needs a token of every limit it fits. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>()

  /** Sets or changes a limit while running: what is left in the bucket is kept, up to the new size. */
  set(settings: LimitSettings, now: number): void {
    if (!(settings.perSecond >= 0)) throw new Error('perSecond must be a number of 0 or more')
    const bucket = this.#buckets.get(settings.operations)
    if (bucket === undefined) {
      this.#buckets.set(settings.operations, new Bucket(settings, now))
      return
    }
    bucket.fill(now)
    bucket.settings = settings
    bucket.tokens = Math.min(bucket.tokens, bucket.burst)
  }

  clear(operations?: string): void {
    if (operations === undefined) this.#buckets.clear()
    else this.#buckets.delete(operations)
  }

  get settings(): readonly LimitSettings[] {
    return [...this.#buckets.values()].map((bucket) => bucket.settings)
  }

  /** The verdict of the tightest limit, or undefined when none covers the operation. */
  take(operation: string, now: number): Verdict | undefined {
    let tightest: Verdict | undefined
    for (const bucket of this.#buckets.values()) {
      if (!fitsOperation(bucket.settings.operations, operation)) continue
      const verdict = bucket.take(now)
      if (verdict.retryAfterSeconds !== undefined) return verdict
      if (tightest === undefined || verdict.remaining < tightest.remaining) tightest = verdict
    }
    return tightest
  }

  use(now: number): LimitUse[] {
    return [...this.#buckets.values()].map((bucket) => {
      bucket.fill(now)
      const { granted, refused, offered, undercut } = bucket
      return { operations: bucket.settings.operations, granted, refused, offered, undercut }
    })
  }

  resetUse(now: number): void {
    for (const bucket of this.#buckets.values()) {
      bucket.fill(now)
      bucket.granted = 0
      bucket.refused = 0
      bucket.undercut = 0
      bucket.offered = bucket.tokens
    }
  }
}
