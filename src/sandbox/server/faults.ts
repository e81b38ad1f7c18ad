import type { Call } from './call.ts'
import { fitsOperation, seededRandom } from './patterns.ts'

/** What goes wrong. `when: 'after'` = the request took effect first. */
export type FaultEffect =
  | { readonly kind: 'slow'; readonly ms: number }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly when: 'before' | 'after'
      readonly retryAfterSeconds?: number
    }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number; readonly reason?: string }
  /** The list ends early and says it is complete; `keep` items of the page stay (0 unless told). */
  | { readonly kind: 'short-page'; readonly keep?: number; readonly totalIsTrue?: boolean }
  /** Half of the answer's body, then the connection is reset. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'close'; readonly when: 'before' | 'after' }
  | { readonly kind: 'expired' }
  /** A page of HTML with status 200, as some proxies send it. */
  | { readonly kind: 'not-json' }
  /** Applied (or not), then silent until released or `ms` (60 000 unless told) have passed; then answered or closed. */
  | {
      readonly kind: 'hold'
      readonly when: 'before' | 'after'
      readonly ms?: number
      readonly afterwards?: 'answer' | 'close'
    }

export type Fault = FaultEffect & {
  /** Which operations: `*`, `org.*`, a name, or several with commas. */
  readonly operations: string
  /** Only requests whose path, query or body contains this text. */
  readonly containing?: string
  /** Let this many fitting requests pass first. */
  readonly skip?: number
  /** Only the next so many fitting requests; without it, until removed. */
  readonly times?: number
  /** Chance of each fitting request, 0..1; drawn from `seed`. */
  readonly probability?: number
  readonly seed?: number
}

export interface FaultState {
  readonly id: number
  readonly fault: Fault
  /** Requests it struck. */
  readonly struck: number
  readonly left: number | undefined
}

class Standing {
  readonly id: number
  readonly fault: Fault
  readonly random: () => number
  toSkip: number
  left: number | undefined
  struck = 0

  constructor(id: number, fault: Fault) {
    this.id = id
    this.fault = fault
    this.random = seededRandom(fault.seed ?? 1)
    this.toSkip = fault.skip ?? 0
    this.left = fault.times
  }

  strikes(operation: string, call: Call): boolean {
    if (this.left === 0 || !fitsOperation(this.fault.operations, operation)) return false
    const text = this.fault.containing
    if (text !== undefined && ![call.path, call.rawQuery, call.rawBody].some((part) => part.includes(text)))
      return false
    if (this.toSkip > 0) {
      this.toSkip--
      return false
    }
    if (this.fault.probability !== undefined && this.random() >= this.fault.probability) return false
    if (this.left !== undefined) this.left--
    this.struck++
    return true
  }
}

const longestHoldMs = 600_000

/** The faults standing, and the answers held back. */
export class Faults {
  readonly #standing = new Map<number, Standing>()
  readonly #held = new Set<() => void>()
  #lastId = 0

  /** Sets a fault; the id removes it. */
  add(fault: Fault): number {
    const id = ++this.#lastId
    this.#standing.set(id, new Standing(id, fault))
    return id
  }

  /** Removes one fault, or all. Held answers stay held. */
  remove(id?: number): void {
    if (id === undefined) this.#standing.clear()
    else this.#standing.delete(id)
  }

  get list(): readonly FaultState[] {
    return [...this.#standing.values()].map(({ id, fault, struck, left }) => ({ id, fault, struck, left }))
  }

  /** The faults that strike this request, in the order they were set. */
  strike(operation: string, call: Call): readonly FaultEffect[] {
    if (this.#standing.size === 0) return []
    return [...this.#standing.values()].filter((each) => each.strikes(operation, call)).map((each) => each.fault)
  }

  /** Requests being held right now. */
  get held(): number {
    return this.#held.size
  }

  /** Lets every held answer go. */
  release(): number {
    const count = this.#held.size
    for (const go of [...this.#held]) go()
    return count
  }

  /** Resolves when released or after `ms`. */
  hold(ms = 60_000): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer)
        this.#held.delete(go)
        resolve()
      }
      const timer = setTimeout(go, Math.min(ms, longestHoldMs))
      this.#held.add(go)
    })
  }
}
