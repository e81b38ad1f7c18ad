export interface OperationCount {
  requests: number
  statuses: Record<string, number>
}

/** One line of the request log. `status` 0 = the connection was closed instead of an answer. */
export interface LoggedRequest {
  readonly at: number
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly status: number
}

const logLength = 2000

/** What was asked of the twin, by operation, since the start or the last reset. */
export class Counters {
  #operations = new Map<string, OperationCount>()
  #log: LoggedRequest[] = []

  arrived(operation: string): void {
    this.#countOf(operation).requests++
  }

  answered(entry: LoggedRequest): void {
    const count = this.#countOf(entry.operation)
    const key = entry.status === 0 ? 'closed' : String(entry.status)
    count.statuses[key] = (count.statuses[key] ?? 0) + 1
    this.#log.push(entry)
    if (this.#log.length > logLength * 2) this.#log = this.#log.slice(-logLength)
  }

  reset(): void {
    this.#operations = new Map()
    this.#log = []
  }

  /** Requests of one operation. */
  requests(operation: string): number {
    return this.#operations.get(operation)?.requests ?? 0
  }

  get total(): number {
    let sum = 0
    for (const count of this.#operations.values()) sum += count.requests
    return sum
  }

  get byOperation(): Record<string, OperationCount> {
    return Object.fromEntries([...this.#operations].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The newest requests, oldest first. */
  log(last = logLength): readonly LoggedRequest[] {
    return this.#log.slice(-Math.min(last, logLength))
  }

  #countOf(operation: string): OperationCount {
    let count = this.#operations.get(operation)
    if (count === undefined) {
      count = { requests: 0, statuses: {} }
      this.#operations.set(operation, count)
    }
    return count
  }
}
