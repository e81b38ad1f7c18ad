import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import { systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { type RateLimiter, sharedLimiter } from '../../../platform/rate-limit.ts'
import { redactText } from '../../../platform/redact.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { HttpDoor, type MisshapenCode, parsed } from '../http-door.ts'
import { type ProductWords, refusalOf } from './refusals.ts'

export interface ServerAccess {
  readonly baseUrl: string
  readonly requestsAtOnce: number
  readonly token?: Secret | undefined
  readonly username?: string | undefined
  readonly password?: Secret | undefined
}

/** One product behind one credential: reads that are checked, writes whose answers are judged by what is true afterwards. */
export class Server {
  readonly clock: Clock
  readonly words: ProductWords
  readonly log: ConnectorContext['log']
  readonly #door: HttpDoor
  readonly #limiter: RateLimiter

  constructor(access: ServerAccess, context: ConnectorContext, words: ProductWords) {
    this.words = words
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.log = (message, fields) => context.log(message, { target: context.key, ...fields })
    const authorization = headerOf(access)
    const credential = createHash('sha256').update(authorization.reveal()).digest('hex')
    this.#limiter = sharedLimiter(`${new URL(access.baseUrl).origin} ${credential}`, this.clock, access.requestsAtOnce)
    this.#door = new HttpDoor({
      base: access.baseUrl,
      authorization,
      secrets: [access.token, access.password].filter((secret) => secret !== undefined),
      clock: this.clock,
      limiter: this.#limiter,
      log: this.log,
    })
  }

  /** A successful answer, checked. `act` begins a sentence: `Reading the groups`. Any refusal is thrown. */
  async read<Schema extends z.ZodType>(
    schema: Schema,
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
    misshapen?: MisshapenCode,
  ): Promise<z.output<Schema>> {
    const answer = await this.#door.send({ ...request, effect: 'read' }, signal)
    if (answer.status !== 200) throw this.refusal(answer, act)
    return parsed(schema, answer, request.operation, misshapen)
  }

  /** The same where other statuses are good answers too: undefined for those in `instead`. `heard` gets the headers. */
  async readUnless<Schema extends z.ZodType>(
    instead: readonly number[],
    schema: Schema,
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
    heard?: (headers: Headers) => void,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.#door.send({ ...request, effect: 'read' }, signal)
    if (answer.status !== 200 && !instead.includes(answer.status)) throw this.refusal(answer, act)
    heard?.(answer.headers)
    if (instead.includes(answer.status)) return undefined
    return parsed(schema, answer, request.operation)
  }

  /**
   * One thing by its name or id; undefined = the product says that there is none. Throws `incomplete-read` for a 404 that is
   * a page of HTML: so says a proxy, of a product that is being restarted or an address that is wrong.
   */
  async find<Schema extends z.ZodType>(
    schema: Schema,
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.#door.send({ ...request, effect: 'read' }, signal)
    if (answer.status === 200) return parsed(schema, answer, request.operation)
    if (answer.status !== 404) throw this.refusal(answer, act)
    if (answer.json !== undefined || !/<html|<!doctype html/i.test(answer.text)) return undefined
    throw fail.incompleteRead(
      `${act} was answered with a page of HTML (HTTP 404), which does not come from ${this.words.product}.`,
      {
        hint: 'Look at the proxy in front of it, and whether it is being restarted; then repeat.',
      },
    )
  }

  /**
   * A write that may arrive twice; the caller judges the answer. `conceal`: values of the request that no answer may quote
   * (a new password). Throws `auth-failed`, unless a 401 may be about one object.
   */
  async write(
    request: HttpRequest,
    act: string,
    signal: AbortSignal,
    conceal: readonly string[] = [],
  ): Promise<HttpAnswer> {
    const headers = { 'x-atlassian-token': 'no-check', ...request.headers }
    const answer = await this.#door.send({ effect: 'repeatable', ...request, headers, conceal }, signal)
    const clean = conceal.length === 0 ? answer : withoutValues(answer, conceal)
    if (clean.status === 401 && this.words.refusesBy401 !== true) throw this.refusal(clean, act)
    return clean
  }

  /** Any answer below 500, as it came. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#door.send(request, signal)
  }

  refusal(answer: HttpAnswer, act: string, takesSeat?: boolean) {
    return refusalOf(answer, act, this.words, takesSeat)
  }

  /** The newest limit that an answer named, in calls per window; Data Center names one only where limits are switched on. */
  get limitTold(): number | undefined {
    return this.#limiter.limitTold
  }

  calls(): Readonly<Record<string, number>> {
    return this.#door.calls()
  }

  close(): void {
    this.#door.close()
  }
}

function headerOf({ token, username, password }: ServerAccess): Secret {
  if (token !== undefined) return new Secret(`Bearer ${token.reveal()}`)
  return new Secret(`Basic ${Buffer.from(`${username}:${password?.reveal() ?? ''}`).toString('base64')}`)
}

function withoutValues(answer: HttpAnswer, values: readonly string[]): HttpAnswer {
  const text = redactText(answer.text, values)
  return text === answer.text ? answer : { ...answer, text, json: undefined }
}
