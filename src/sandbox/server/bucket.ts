/** A limit in force. */
export interface LimitSettings {
  /** Key of the limit and pattern of what it covers: `*`, `org.*`, `jira.user.search,jira.users.search`. */
  readonly operations: string
  /** Requests per second the vendor grants. */
  readonly perSecond: number
  /** Most requests at once; as many as in one second (or one window) unless told. */
  readonly burst?: number
  /** Share of the limit that another client uses up, 0..100. It takes its part first. */
  readonly otherClientPercent?: number
  /** Answers say nothing of the limit; only a refusal tells how long to wait. */
  readonly untold?: boolean
  /** `RateLimit-Reason` of a refusal where the API sends one. */
  readonly reason?: string
  /** Every operation has a limit of this size of its own, instead of all sharing one. */
  readonly perOperation?: boolean
  /** A counter that starts anew every so many seconds, instead of a bucket that fills steadily. */
  readonly windowSeconds?: number
}

/** What the caller may be told. `retryAfterSeconds` is set when the request was refused. */
export interface Verdict {
  readonly limit: number
  readonly remaining: number
  readonly resetAt: number
  readonly reason: string
  readonly untold?: boolean
  readonly retryAfterSeconds?: number
}

const graceMs = 50

/** What one limit has left, and how it was used. */
export class Bucket {
  settings: LimitSettings
  tokens: number
  granted = 0
  refused = 0
  offered: number
  undercut = 0
  #filledAt: number
  #quietSince = Number.NEGATIVE_INFINITY
  #quietUntil = Number.NEGATIVE_INFINITY

  constructor(settings: LimitSettings, now: number) {
    this.settings = settings
    this.tokens = this.size
    this.offered = this.tokens
    this.#filledAt = now
  }

  /** Most tokens it holds. */
  get size(): number {
    const { burst, perSecond, windowSeconds = 1 } = this.settings
    const whole = Math.max(1, burst ?? perSecond * windowSeconds)
    return this.settings.windowSeconds === undefined ? whole : Math.max(1, whole * this.#ownShare)
  }

  fill(now: number): void {
    const fresh = this.settings.windowSeconds === undefined ? this.#flow(now) : this.#startAnew(now)
    this.offered += fresh
    this.#filledAt = Math.max(now, this.#filledAt)
  }

  take(now: number): Verdict {
    this.fill(now)
    if (now < this.#quietUntil && now > this.#quietSince + graceMs) this.undercut++
    const { perSecond, reason = 'jira-burst-based', windowSeconds, untold = false } = this.settings
    const limit = windowSeconds === undefined ? perSecond : this.size
    const resetAt = windowSeconds === undefined ? now + 1000 : this.#windowEnd(now, windowSeconds)
    if (this.tokens >= 1) {
      this.tokens -= 1
      this.granted++
      return { limit, remaining: Math.floor(this.tokens), resetAt, reason, untold }
    }
    this.refused++
    const waitMs = windowSeconds === undefined ? this.#waitMs : resetAt - now
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    if (now >= this.#quietUntil) this.#quietSince = now
    this.#quietUntil = Math.max(
      this.#quietUntil,
      windowSeconds === undefined ? now + retryAfterSeconds * 1000 : resetAt,
    )
    return { limit, remaining: 0, resetAt: this.#quietUntil, reason, untold, retryAfterSeconds }
  }

  get #ownShare(): number {
    return 1 - (this.settings.otherClientPercent ?? 0) / 100
  }

  get #rate(): number {
    return this.settings.perSecond * this.#ownShare
  }

  get #waitMs(): number {
    return this.#rate > 0 ? ((1 - this.tokens) / this.#rate) * 1000 : 60_000
  }

  #flow(now: number): number {
    const fresh = (Math.max(0, now - this.#filledAt) / 1000) * this.#rate
    this.tokens = Math.min(this.size, this.tokens + fresh)
    return fresh
  }

  #startAnew(now: number): number {
    const windowMs = (this.settings.windowSeconds ?? 1) * 1000
    const windows = Math.floor(now / windowMs) - Math.floor(this.#filledAt / windowMs)
    if (windows <= 0) return 0
    this.tokens = this.size
    return windows * this.size
  }

  #windowEnd(now: number, windowSeconds: number): number {
    return (Math.floor(now / (windowSeconds * 1000)) + 1) * windowSeconds * 1000
  }
}
