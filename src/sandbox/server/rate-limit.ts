import { Bucket, type LimitSettings, type Verdict } from './bucket.ts'
import { fitsOperation } from './patterns.ts'

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

/** One limit: a bucket for all, or one for each operation. */
interface Limit {
  settings: LimitSettings
  readonly buckets: Map<string, Bucket>
}

/** All limits in force. A request needs a token of every limit it fits. */
export class RateLimits {
  readonly #limits = new Map<string, Limit>()

  /** Sets or changes a limit while running: what is left in the bucket is kept, up to the new size. */
  set(settings: LimitSettings, now: number): void {
    if (!(settings.perSecond >= 0)) throw new Error('perSecond must be a number of 0 or more')
    const { windowSeconds } = settings
    if (windowSeconds !== undefined && !(windowSeconds > 0)) throw new Error('windowSeconds must be more than 0')
    const limit = this.#limits.get(settings.operations)
    if (limit === undefined) {
      const buckets = new Map(settings.perOperation ? [] : [['', new Bucket(settings, now)]])
      this.#limits.set(settings.operations, { settings, buckets })
      return
    }
    limit.settings = settings
    for (const bucket of limit.buckets.values()) {
      bucket.fill(now)
      bucket.settings = settings
      bucket.tokens = Math.min(bucket.tokens, bucket.size)
    }
  }

  clear(operations?: string): void {
    if (operations === undefined) this.#limits.clear()
    else this.#limits.delete(operations)
  }

  get settings(): readonly LimitSettings[] {
    return [...this.#limits.values()].map((limit) => limit.settings)
  }

  /** The verdict of the tightest limit, or undefined when none covers the operation. */
  take(operation: string, now: number): Verdict | undefined {
    let tightest: Verdict | undefined
    for (const limit of this.#limits.values()) {
      if (!fitsOperation(limit.settings.operations, operation)) continue
      const verdict = bucketOf(limit, operation, now).take(now)
      if (verdict.retryAfterSeconds !== undefined) return verdict
      if (tightest === undefined || verdict.remaining < tightest.remaining) tightest = verdict
    }
    return tightest
  }

  use(now: number): LimitUse[] {
    return [...this.#limits].map(([operations, { buckets }]) => {
      const sum = { granted: 0, refused: 0, offered: 0, undercut: 0 }
      for (const bucket of buckets.values()) {
        bucket.fill(now)
        for (const name of ['granted', 'refused', 'offered', 'undercut'] as const) sum[name] += bucket[name]
      }
      return { operations, ...sum }
    })
  }

  resetUse(now: number): void {
    for (const { buckets } of this.#limits.values()) {
      for (const bucket of buckets.values()) {
        bucket.fill(now)
        bucket.granted = 0
        bucket.refused = 0
        bucket.undercut = 0
        bucket.offered = bucket.tokens
      }
    }
  }
}

function bucketOf({ settings, buckets }: Limit, operation: string, now: number): Bucket {
  const key = settings.perOperation ? operation : ''
  let bucket = buckets.get(key)
  if (bucket === undefined) {
    bucket = new Bucket(settings, now)
    buckets.set(key, bucket)
  }
  return bucket
}
