import { randomInt, randomUUID } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'
import { isRefusedHost } from './http-address.ts'
import { Connections, type Exchanged, ExchangeFailure } from './http-exchange.ts'
import { PauseTooLong, RateLimiter } from './rate-limit.ts'
import { redactText } from './redact.ts'
import { askedPauseMs, backoffMs, type Effect, maxTries } from './retry.ts'
import type { Secret } from './secret.ts'
import { countCall } from './traffic.ts'
import { version } from './version.ts'

/** The one way out: every request of the server to another machine is sent here. */

export interface HttpRequest {
  /** Constant name of the call, for counters and the log: `users.search`. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base, or an absolute URL (a next link) that must stay on the base's origin. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as a form (application/x-www-form-urlencoded) instead of a body in JSON. */
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Values of this request that no failure may quote, beside the credentials: a new password. */
  readonly conceal?: readonly string[]
  /** @default `read` for GET, `repeatable` for PUT and DELETE, `once` for POST and PATCH */
  readonly effect?: Effect
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

export interface HttpAnswer {
  /** Below 500 and never 429. */
  readonly status: number
  readonly headers: Headers
  /** The body as JSON; undefined when it is empty or not JSON, whatever its content type claims. */
  readonly json: unknown
  readonly text: string
  /** An earlier try of this request got no clear answer and may have been carried out. */
  readonly afterDoubt: boolean
}

export type HttpFailureReason =
  | 'unreachable'
  | 'rate-limited'
  | 'cancelled'
  | 'not-allowed'
  | 'too-large'
  | 'redirected'

/** A request without a usable answer. The message holds no credential. */
export class HttpFailure extends Error {
  readonly reason: HttpFailureReason
  /** May a write have been carried out although we saw no answer? */
  readonly mayHaveApplied: boolean
  readonly retryAfterMs: number | undefined
  /** What the other side said with the last 5xx. */
  readonly status: number | undefined
  readonly text: string

  constructor(
    reason: HttpFailureReason,
    message: string,
    facts: { mayHaveApplied?: boolean; retryAfterMs?: number; status?: number; text?: string; cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'HttpFailure'
    this.reason = reason
    this.mayHaveApplied = facts.mayHaveApplied ?? false
    this.retryAfterMs = facts.retryAfterMs
    this.status = facts.status
    this.text = facts.text ?? ''
  }
}

export interface HttpClientOptions {
  /** Requests go here and nowhere else; a path in it is kept as prefix (gateways). */
  readonly base: string
  /** Value of the `Authorization` header; read only at the moment of sending. */
  readonly authorization?: Secret | undefined
  /** Values never to be shown, beside the authorization: e.g. the bare token inside a Basic header. */
  readonly secrets?: readonly Secret[]
  readonly limiter?: RateLimiter
  readonly clock?: Clock
  readonly log?: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** PEM certificates trusted beside the system's. */
  readonly ca?: readonly string[]
  /** @default 30000 */
  readonly timeoutMs?: number
  /** Largest answer after decompression. @default 32 MiB */
  readonly maxBytes?: number
  /** Longest pause we sit out when asked to slow down; longer ones end as `rate-limited`. @default 300000 */
  readonly patienceMs?: number
  readonly random?: () => number
}

const maxRedirects = 3
const formType = 'application/x-www-form-urlencoded'

/** One try: an answer, or a failure and whether another try may help. */
type Tried =
  | { readonly answer: Omit<HttpAnswer, 'afterDoubt'> }
  | { readonly answer?: undefined; readonly failure: HttpFailure; readonly again: 'no' | 'once-more' | 'yes' }

export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #base: URL
  readonly #clock: Clock
  readonly #limiter: RateLimiter
  readonly #connections: Connections
  readonly #calls = new Map<string, number>()
  readonly #patienceMs: number

  /** Throws `HttpFailure` (`not-allowed`) for a base that may not be called. */
  constructor(options: HttpClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#limiter = options.limiter ?? new RateLimiter(this.#clock)
    this.#base = allowed(new URL(options.base))
    this.#connections = new Connections(options.ca)
    this.#patienceMs = options.patienceMs ?? 300_000
  }

  /** Requests sent, repeated ones included, by operation. */
  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls)
  }

  close(): void {
    this.#connections.close()
  }

  /** Sends, repeats where that is harmless, and answers with any status below 500 but 429. Throws `HttpFailure`. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const effect = request.effect ?? effectOf(request.method)
    const url = this.#resolve(request)
    let doubt = false
    for (let tries = 1; ; tries += 1) {
      const tried = await this.#try(request, effect, url, signal, doubt)
      if (tried.answer !== undefined) return { ...tried.answer, afterDoubt: doubt }
      const { failure, again } = tried
      doubt ||= failure.mayHaveApplied
      const last = tries >= (again === 'once-more' ? 2 : maxTries)
      if (again === 'no' || last || (effect === 'once' && failure.mayHaveApplied)) throw failure
      // A pause asked by 429 is kept by the limiter, for everybody who waits with the same credential.
      const keptByLimiter = failure.reason === 'rate-limited' && failure.retryAfterMs !== undefined
      const pauseMs = keptByLimiter ? 0 : (failure.retryAfterMs ?? this.#backoff(tries))
      if (pauseMs > this.#patienceMs) throw failure
      this.#options.log?.('request repeated', {
        operation: request.operation,
        tries,
        status: failure.status,
        pauseMs: Math.round(pauseMs),
        why: failure.message,
      })
      if (pauseMs > 0) await this.#sleep(pauseMs, signal, doubt)
    }
  }

  async #try(request: HttpRequest, effect: Effect, url: URL, signal: AbortSignal, doubt: boolean): Promise<Tried> {
    const lane = `${request.method} ${request.operation}`
    const permit = await this.#limiter.acquire(lane, signal, this.#patienceMs).catch((why: unknown) => {
      if (why instanceof PauseTooLong) {
        throw new HttpFailure('rate-limited', `${this.#name(request)}: ${why.message}`, {
          retryAfterMs: why.pauseMs,
          mayHaveApplied: doubt,
        })
      }
      throw new HttpFailure('cancelled', `${this.#name(request)} was cancelled`, { mayHaveApplied: doubt, cause: why })
    })
    try {
      const exchanged = await this.#exchange(request, url, signal)
      countCall(this.#base.host, request.operation, exchanged.status)
      this.#limiter.learn(lane, exchanged.status, exchanged.headers)
      return this.#judge(request, effect, exchanged)
    } catch (thrown) {
      if (!(thrown instanceof ExchangeFailure)) throw thrown
      countCall(this.#base.host, request.operation, undefined)
      return this.#judgeFailure(request, effect, thrown, doubt)
    } finally {
      permit.release()
    }
  }

  async #exchange(request: HttpRequest, url: URL, signal: AbortSignal): Promise<Exchanged> {
    const { authorization, timeoutMs, maxBytes } = this.#options
    const body = bodyOf(request)
    let target = url
    for (let redirects = 0; ; redirects += 1) {
      this.#calls.set(request.operation, (this.#calls.get(request.operation) ?? 0) + 1)
      const exchanged = await this.#connections.exchange({
        method: request.method,
        url: target,
        body,
        timeoutMs: request.timeoutMs ?? timeoutMs ?? 30_000,
        maxBytes: request.maxBytes ?? maxBytes ?? 32 * 1024 * 1024,
        signal,
        headers: {
          accept: 'application/json',
          'user-agent': `muster/${version}`,
          'x-request-id': randomUUID(),
          ...(body === undefined ? {} : { 'content-type': request.form === undefined ? 'application/json' : formType }),
          ...request.headers,
          ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
        },
      })
      if (exchanged.status < 300 || exchanged.status > 399 || exchanged.status === 304) return exchanged
      target = this.#redirected(request, exchanged, target, redirects)
    }
  }

  /** Only reads follow a redirect, and only on their own origin: a credential is never shown to another host. */
  #redirected(request: HttpRequest, { status, headers }: Exchanged, from: URL, redirects: number): URL {
    const location = headers.get('location')
    const to = location === null ? undefined : URL.parse(location, from.href)
    if (to?.origin !== from.origin || request.method !== 'GET' || redirects >= maxRedirects) {
      throw new HttpFailure(
        'redirected',
        `${this.#name(request)} was redirected (HTTP ${status}) to ${to?.origin ?? 'nowhere'}, which is not followed`,
        { status },
      )
    }
    return to as URL
  }

  #judge(request: HttpRequest, effect: Effect, exchanged: Exchanged): Tried {
    const { status, headers, text } = exchanged
    if (status === 429) {
      const retryAfterMs = askedPauseMs(headers, this.#clock.now())
      const failure = new HttpFailure('rate-limited', `${this.#name(request)}: asked to slow down (HTTP 429)`, {
        status,
        text: this.#clean(text, request.conceal),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      })
      return { failure, again: 'yes' }
    }
    // Whoever stands in between says 200, too: a page is no word of the API that the write was carried out.
    if (status < 300 && effect !== 'read' && isPage(headers, text)) {
      const failure = new HttpFailure(
        'unreachable',
        `${this.#name(request)} was answered with a web page instead of the API's answer (HTTP ${status}); a proxy, a sign-in or a maintenance page stands in between`,
        { status, mayHaveApplied: true },
      )
      return { failure, again: 'yes' }
    }
    if (status < 400) return { answer: { status, headers, json: parseJson(text), text } }
    if (status < 500) {
      // What is refused may be quoted to people: nothing in it may be a credential.
      const clean = this.#clean(text, request.conceal)
      return { answer: { status, headers, json: parseJson(clean), text: clean } }
    }
    const retryAfterMs = askedPauseMs(headers, this.#clock.now())
    const failure = new HttpFailure('unreachable', `${this.#name(request)} failed on the other side (HTTP ${status})`, {
      status,
      text: this.#clean(text, request.conceal),
      mayHaveApplied: effect !== 'read',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
    return { failure, again: status === 500 || status === 501 ? 'once-more' : 'yes' }
  }

  #judgeFailure(request: HttpRequest, effect: Effect, thrown: ExchangeFailure, doubt: boolean): Tried {
    const name = this.#name(request)
    const mayHaveApplied = doubt || (thrown.sent && effect !== 'read')
    const cause = thrown.cause
    switch (thrown.kind) {
      case 'aborted':
        return {
          failure: new HttpFailure('cancelled', `${name} was cancelled`, { mayHaveApplied }),
          again: 'no',
        }
      case 'refused-address':
        return { failure: new HttpFailure('not-allowed', `${name}: ${thrown.message}`), again: 'no' }
      case 'too-large':
        return {
          failure: new HttpFailure('too-large', `${name}: ${thrown.message}`, { mayHaveApplied }),
          again: 'no',
        }
      default:
        return {
          failure: new HttpFailure('unreachable', `${name}: ${this.#clean(thrown.message)}`, { mayHaveApplied, cause }),
          again: 'yes',
        }
    }
  }

  #resolve({ path, query }: HttpRequest): URL {
    const base = this.#base.href.replace(/\/+$/, '')
    const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path : `${base}/${path.replace(/^\/+/, '')}`)
    if (url === null) {
      throw new HttpFailure('not-allowed', `a link leads from ${this.#base.origin} to nowhere: it is no address`)
    }
    if (url.origin !== this.#base.origin || url.username !== '' || url.password !== '') {
      throw new HttpFailure(
        'not-allowed',
        `a link leads from ${this.#base.origin} to ${url.origin}, which is not followed`,
      )
    }
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value === undefined) continue
      for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each))
    }
    return url
  }

  /** What a message may say about a request: its name and where it went, never its query or body. */
  #name({ operation }: HttpRequest): string {
    return `${operation} at ${this.#base.host}`
  }

  #clean(text: string, conceal: readonly string[] = []): string {
    const { authorization, secrets = [] } = this.#options
    const known = [authorization, ...secrets].flatMap((secret) => (secret === undefined ? [] : [secret.reveal()]))
    return redactText(text, [...known, ...conceal])
  }

  #backoff(tries: number): number {
    return backoffMs(tries, this.#options.random ?? chance)
  }

  async #sleep(ms: number, signal: AbortSignal, mayHaveApplied: boolean): Promise<void> {
    try {
      await this.#clock.sleep(ms, signal)
    } catch (cause) {
      throw new HttpFailure('cancelled', 'cancelled while waiting to repeat a request', { mayHaveApplied, cause })
    }
  }
}

function isPage(headers: Headers, text: string): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype\s+html|html)\b/i.test(text)
}

function allowed(base: URL): URL {
  if (base.protocol !== 'https:' && base.protocol !== 'http:') {
    throw new HttpFailure('not-allowed', `${base.protocol} addresses cannot be called`)
  }
  if (isRefusedHost(base.hostname)) {
    throw new HttpFailure('not-allowed', `${base.hostname} is a link-local or metadata address and is never called`)
  }
  return base
}

function bodyOf({ body, form }: HttpRequest): string | undefined {
  if (form !== undefined) return new URLSearchParams(form).toString()
  return body === undefined ? undefined : JSON.stringify(body)
}

function effectOf(method: HttpRequest['method']): Effect {
  if (method === 'GET') return 'read'
  return method === 'PUT' || method === 'DELETE' ? 'repeatable' : 'once'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Plain text and HTML are ordinary answers of proxies and of Jira's 401; the caller reads `text` instead.
    return undefined
  }
}

/** A number in [0, 1): spreads retries of many clients; nothing depends on its value. */
function chance(): number {
  return randomInt(1_000_000) / 1_000_000
}
