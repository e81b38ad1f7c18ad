import type { IncomingHttpHeaders } from 'node:http'

/** One request as a handler sees it. Query and body are read only where asked for. */
export class Call {
  readonly method: string
  /** Path without the query, still percent-encoded. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  /** Instant of arrival, in milliseconds. */
  readonly at: number
  readonly rawBody: string
  /** Set by a fault: how many items this page may still show before it pretends to be the last one. */
  shortPage: { readonly keep: number; readonly totalIsTrue: boolean } | undefined
  /** Set by a fault: whom the credential is taken for instead of its owner. */
  takenFor: 'nobody' | 'stranger' | undefined
  /** Set by a fault: what this request writes is seen so many milliseconds later. */
  lateMs = 0
  readonly #rawQuery: string
  #query: URLSearchParams | undefined

  constructor(parts: {
    method: string
    path: string
    rawQuery: string
    params: Readonly<Record<string, string>>
    headers: IncomingHttpHeaders
    at: number
    rawBody: string
  }) {
    this.method = parts.method
    this.path = parts.path
    this.params = parts.params
    this.headers = parts.headers
    this.at = parts.at
    this.rawBody = parts.rawBody
    this.#rawQuery = parts.rawQuery
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#rawQuery)
    return this.#query
  }

  get rawQuery(): string {
    return this.#rawQuery
  }

  param(name: string): string {
    const value = this.params[name]
    if (value === undefined) throw new Error(`The route has no parameter ${name}`)
    return value
  }
}

/** What goes back. At most one of `json` and `text`; neither = no body. */
export interface Answer {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal thrown by a handler; the server sends its answer. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`)
    this.answer = answer
  }
}

/** What a limit has left after a request; `retryAfterSeconds` is set when the request was refused. */
export interface LimitVerdict {
  /** Requests a second, or in a window. */
  readonly limit: number
  readonly remaining: number
  readonly retryAfterSeconds?: number
}

/** How one API of the vendor says what every API must be able to say; used for faults and limits. */
export interface Dialect {
  unauthorized(call: Call): Answer
  serverError(status: number): Answer
  tooManyRequests(call: Call): Answer
  /** Names of the header that gives the reason of a 429, where the API has one. */
  readonly reasonHeader: string | undefined
  readonly nearLimitHeader: string | undefined
  /** Where the API tells of a quota of points: the header and the reason of a refusal. */
  readonly quota?: { readonly policyHeader: string; readonly reason: string }
  /** Headers that tell of the limit, where the API has a family of its own instead of the usual one. */
  limitHeaders?(verdict: LimitVerdict): Readonly<Record<string, string>>
  /** X-RateLimit-Reset of this API. */
  resetTime(instant: number): string
  sendsRetryAfter(): boolean
}

/** One documented operation. */
export interface Operation {
  /** Stable name: counters, faults and limits speak it, e.g. `jira.group.addMember`. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path templates with `:name` parameters; several where the same call is served at several places. */
  readonly paths: readonly string[]
  readonly dialect: Dialect
  /** The path of the vendor's OpenAPI document this operation is written from. */
  readonly documented: string
  handle(call: Call): Answer
}
