/** One line of the log. `code` undefined = the operation got no answer. */
export interface LoggedOperation {
  readonly at: number
  readonly operation: string
  /** Name of a bind; base, scope, filter and attributes of a search. Never a password. */
  readonly detail: string
  readonly code: number | undefined
  readonly entries: number
}

export interface LdapCounts {
  readonly connections: number
  readonly requests: Readonly<Record<string, number>>
  /** Operation and result code, e.g. `search 0`; `search none` where no answer was given. */
  readonly results: Readonly<Record<string, number>>
  /** Answers to searches with the paging control. */
  readonly pages: number
  readonly entries: number
}

const logLength = 2000

/** What was asked of the server since its start or the last reset. */
export class LdapCounters {
  connections = 0
  pages = 0
  entries = 0
  readonly #requests = new Map<string, number>()
  readonly #results = new Map<string, number>()
  #log: LoggedOperation[] = []

  arrived(operation: string): void {
    this.#requests.set(operation, this.requests(operation) + 1)
  }

  answered(entry: LoggedOperation): void {
    const key = `${entry.operation} ${entry.code ?? 'none'}`
    this.#results.set(key, (this.#results.get(key) ?? 0) + 1)
    this.entries += entry.entries
    this.#log.push(entry)
    if (this.#log.length > logLength * 2) this.#log = this.#log.slice(-logLength)
  }

  requests(operation: string): number {
    return this.#requests.get(operation) ?? 0
  }

  get report(): LdapCounts {
    const sorted = (counts: ReadonlyMap<string, number>) =>
      Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    return {
      connections: this.connections,
      requests: sorted(this.#requests),
      results: sorted(this.#results),
      pages: this.pages,
      entries: this.entries,
    }
  }

  /** The newest operations, oldest first. */
  log(last = logLength): readonly LoggedOperation[] {
    return this.#log.slice(-Math.min(last, logLength))
  }

  reset(): void {
    this.connections = 0
    this.pages = 0
    this.entries = 0
    this.#requests.clear()
    this.#results.clear()
    this.#log = []
  }
}
