import type { Answer } from './call.ts'
import { fitsOperation } from './patterns.ts'

/** So many points in every window; a write costs one, a read one and one for each object it answers. */
export interface PointsSettings {
  readonly operations: string
  readonly points: number
  readonly windowSeconds: number
}

/** How much of the window is used. */
export interface PointsUse extends PointsSettings {
  readonly used: number
  readonly refused: number
}

/** A quota of points by window of the clock. What a read costs is known afterwards, so the last one may overdraw. */
export class PointsQuota {
  settings: PointsSettings | undefined
  #used = 0
  #refused = 0
  #window = 0

  /** When the window ends, if nothing is left in it for this operation; undefined = go on. */
  exhaustedUntil(operation: string, now: number): number | undefined {
    if (this.settings === undefined || !fitsOperation(this.settings.operations, operation)) return undefined
    this.#turn(now, this.settings)
    if (this.#used < this.settings.points) return undefined
    this.#refused++
    return (this.#window + 1) * this.settings.windowSeconds * 1000
  }

  charge(operation: string, method: string, answer: Answer, now: number): void {
    if (this.settings === undefined || !fitsOperation(this.settings.operations, operation)) return
    this.#turn(now, this.settings)
    this.#used += method === 'GET' ? 1 + objectsIn(answer.json) : 1
  }

  get use(): PointsUse | undefined {
    return this.settings === undefined ? undefined : { ...this.settings, used: this.#used, refused: this.#refused }
  }

  reset(): void {
    this.#used = 0
    this.#refused = 0
  }

  #turn(now: number, { windowSeconds }: PointsSettings): void {
    const window = Math.floor(now / (windowSeconds * 1000))
    if (window === this.#window) return
    this.#window = window
    this.#used = 0
  }
}

function objectsIn(json: unknown): number {
  if (json === undefined) return 0
  if (Array.isArray(json)) return json.length
  const { values } = json as { readonly values?: unknown }
  return Array.isArray(values) ? values.length : 1
}
