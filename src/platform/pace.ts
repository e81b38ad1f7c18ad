/** The window over which the reached rate is measured. */
const windowMs = 60_000
/** A higher rate is tried after this time without refusal; each time in vain the time doubles. */
const firstProbeMs = 30_000
const lastProbeMs = 600_000
/** After so long without a call the reached rate is measured anew: time in which nobody called says nothing. */
const idleMs = 15_000
/** A first refusal after fewer calls is somebody else's doing: it tells a pause, not a rate. */
const tellingCalls = 5
/** Where the limit is not known, from this many calls per second on nothing is held back. */
const freeRate = 50
/** Timers are coarse: this much of a rate may be sent at once. */
const slackMs = 100

/**
 * How fast one thing may be called: free until refused for the first time; then just below the rate that was reached
 * when the refusal came, growing slowly, so that a changed limit costs one refusal.
 */
export class Pace {
  #pausedUntil = 0
  /** Calls per second; undefined = free. */
  #rate: number | undefined
  /** The rate that was refused, as far as known; grows while nothing is refused. Infinite = not known. */
  #ceiling = 0
  #measured = 0
  #probeAfterMs = firstProbeMs
  #nextAt = 0
  #refusedAt = 0
  #grownAt = 0
  /** What the other side announced: a rate that lasts until its window ends. */
  #announced: { readonly rate: number; readonly until: number } | undefined
  readonly #answered: number[] = []
  #cycleStart: number | undefined
  #takenAt = 0
  #loosenedAt = 0

  /** The earliest instant for the next call. */
  readyAt(now: number): number {
    const rate = this.#currentRate(now)
    return Math.max(this.#pausedUntil, rate === undefined ? 0 : this.#nextAt)
  }

  /** A call leaves now. */
  take(now: number): void {
    if (now - this.#takenAt > idleMs) this.#cycleStart = undefined
    this.#takenAt = now
    this.#cycleStart ??= now
    const rate = this.#currentRate(now)
    if (rate !== undefined) this.#nextAt = Math.max(this.#nextAt, now - slackMs) + 1000 / rate
  }

  answered(now: number): void {
    this.#answered.push(now)
    while (this.#answered.length > 0 && (this.#answered[0] ?? now) < now - windowMs) this.#answered.shift()
    if (this.#rate !== undefined) this.#grow(now)
  }

  /** Nobody goes before `until`, whoever asked for it. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
  }

  /** Refused for too many calls; the other side wants `pauseMs` of quiet. Several refusals of one burst count once. */
  refused(now: number, pauseMs: number): void {
    const sameBurst = now < this.#pausedUntil
    this.pause(now + pauseMs)
    if (sameBurst) return
    const start = Math.max(this.#cycleStart ?? now, now - windowMs)
    const calls = this.#answered.filter((at) => at >= start).length
    if (calls === 0) {
      // Nothing came through since the last pause: it was too short, whatever the rate is.
      this.#cycleStart = this.#pausedUntil
      return
    }
    const seconds = Math.max(1, (this.#pausedUntil - start) / 1000)
    const measured = Math.max(0.2, calls / seconds)
    const sameLimit = this.#measured > 0 && Math.abs(measured / this.#measured - 1) < 0.3
    this.#probeAfterMs = sameLimit ? Math.min(this.#probeAfterMs * 2, lastProbeMs) : firstProbeMs
    this.#measured = measured
    const tells = this.#rate !== undefined || calls >= tellingCalls
    this.#ceiling = tells ? measured : Number.POSITIVE_INFINITY
    this.#rate = tells ? measured * 0.9 : Math.max(1, measured)
    this.#refusedAt = now
    this.#grownAt = this.#pausedUntil
    this.#nextAt = this.#pausedUntil
    this.#cycleStart = this.#pausedUntil
    this.#answered.length = 0
  }

  /**
   * What an answer says is left: `remaining` of `limit` calls until the instant `until`. They are spread over that time:
   * with a limit that fills up steadily this settles at just what it grants, with one that starts anew it uses every
   * window to its end. While plenty is left a rate that was learnt from a refusal is outdated and grows, so that a raised
   * limit is found without being refused.
   */
  announce(now: number, remaining: number, limit: number, until: number): void {
    if (remaining <= 0) {
      this.pause(Math.min(until, now + windowMs))
      return
    }
    this.#announced = until <= now ? undefined : { rate: (remaining * 1000) / (until - now), until }
    this.loosen(now, remaining, limit)
  }

  /** Grows an outdated rate while half of the limit or more is left. */
  loosen(now: number, remaining: number, limit: number): void {
    const seconds = Math.min(1, (now - this.#loosenedAt) / 1000)
    this.#loosenedAt = now
    if (this.#rate === undefined || !(limit >= tellingCalls && remaining >= limit / 2)) return
    this.#rate *= 1.2 ** seconds
    this.#ceiling = Math.max(this.#ceiling, this.#rate)
  }

  #currentRate(now: number): number | undefined {
    const announced = this.#announced !== undefined && now < this.#announced.until ? this.#announced.rate : undefined
    if (this.#rate === undefined) return announced
    return announced === undefined ? this.#rate : Math.min(announced, this.#rate)
  }

  #grow(now: number): void {
    const seconds = (now - this.#grownAt) / 1000
    if (seconds <= 0 || this.#rate === undefined) return
    this.#grownAt = now
    const isUnknown = this.#ceiling === Number.POSITIVE_INFINITY
    if (now - this.#refusedAt > 2 * lastProbeMs || (isUnknown && this.#rate > freeRate)) {
      this.#rate = undefined
    } else if (isUnknown) {
      this.#rate *= 1.3 ** seconds
    } else {
      if (now - this.#refusedAt > this.#probeAfterMs) this.#ceiling *= 1 + Math.min(0.02 * seconds, 0.1)
      this.#rate += (this.#ceiling * 0.97 - this.#rate) * Math.min(1, 0.2 * seconds)
    }
  }
}
