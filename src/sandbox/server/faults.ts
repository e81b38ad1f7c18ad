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
  /** Without `retryAfterSeconds` no Retry-After is sent; X-RateLimit-Reset only if `resetSeconds` is told. */
  | {
      readonly kind: 'too-many-requests'
      readonly retryAfterSeconds?: number
      readonly resetSeconds?: number
      readonly reason?: string
    }
  /** The list ends early and says it is complete; `keep` items of the page stay (0 unless told). */
  | { readonly kind: 'short-page'; readonly keep?: number; readonly totalIsTrue?: boolean }
  /** Half of the answer's body, then the connection is reset. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'close'; readonly when: 'before' | 'after' }
  | { readonly kind: 'expired' }
  /** As if no credential had been sent: 200 and what is public where the vendor is open to everybody, else 401. */
  | { readonly kind: 'anonymous' }
  /** As if the credential belonged to somebody else: a key of another organization, a token without this site. */
  | { readonly kind: 'wrong-organization' }
  /** Granted, but seen by reads only so much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** A page of HTML with status 200, as some proxies send it. */
  | { readonly kind: 'not-json' }
  /** Applied (or not), then silent until released or `ms` (60 000 unless told) have passed; then answered or closed. */
  | {
      readonly kind: 'hold'
      readonly when: 'before' | 'after'
      readonly ms?: number
      readonly afterwards?: 'answer' | 'close'
    }

export type Fault = FaultEffect & Narrowing

/** Which requests a fault strikes. */
export interface Narrowing {
  /** Which operations: `*`, `org.*`, a name, or several with commas. */
  readonly operations: string
  /** Only requests that contain this text: in path, query or body of HTTP, in base, filter, attributes or name of LDAP. */
  readonly containing?: string
  /** Let this many fitting requests pass first. */
  readonly skip?: number
  /** Only the next so many fitting requests; without it, until removed. */
  readonly times?: number
  /** Chance of each fitting request, 0..1; drawn from `seed`. */
  readonly probability?: number
  readonly seed?: number
}

export interface FaultState<AFault extends Narrowing = Fault> {
  readonly id: number
  readonly fault: AFault
  /** Requests it struck. */
  readonly struck: number
  readonly left: number | undefined
}

class Standing<AFault extends Narrowing> {
  readonly id: number
  readonly fault: AFault
  readonly random: () => number
  toSkip: number
  left: number | undefined
  struck = 0

  constructor(id: number, fault: AFault) {
    this.id = id
    this.fault = fault
    this.random = seededRandom(fault.seed ?? 1)
    this.toSkip = fault.skip ?? 0
    this.left = fault.times
  }

  strikes(operation: string, texts: readonly string[]): boolean {
    if (this.left === 0 || !fitsOperation(this.fault.operations, operation)) return false
    const text = this.fault.containing
    if (text !== undefined && !texts.some((part) => part.includes(text))) return false
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
export class Faults<AFault extends Narrowing = Fault> {
  readonly #standing = new Map<number, Standing<AFault>>()
  readonly #held = new Set<() => void>()
  #lastId = 0

  /** Sets a fault; the id removes it. */
  add(fault: AFault): number {
    const id = ++this.#lastId
    this.#standing.set(id, new Standing(id, fault))
    return id
  }

  /** Removes one fault, or all. Held answers stay held. */
  remove(id?: number): void {
    if (id === undefined) this.#standing.clear()
    else this.#standing.delete(id)
  }

  get list(): readonly FaultState<AFault>[] {
    return [...this.#standing.values()].map(({ id, fault, struck, left }) => ({ id, fault, struck, left }))
  }

  /** The faults that strike a request with these texts, in the order they were set; `admits` narrows further. */
  strike(operation: string, texts: readonly string[], admits: (fault: AFault) => boolean = () => true): AFault[] {
    return [...this.#standing.values()]
      .filter((each) => admits(each.fault) && each.strikes(operation, texts))
      .map((each) => each.fault)
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
