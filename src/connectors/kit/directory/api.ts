import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { sharedLimiter } from '../../../platform/rate-limit.ts'
import { backoffMs, maxTries } from '../../../platform/retry.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { HttpDoor, parsed } from '../http-door.ts'
import { pause } from '../waiting.ts'
import type { Credential } from './credential.ts'
import { type RefusalWords, readRefusal } from './refusal.ts'

export interface ApiSettings {
  readonly base: string
  readonly credential: Credential
  readonly context: ConnectorContext
  readonly requestsAtOnce: number
  readonly words: RefusalWords
  readonly timeoutMs?: number
  readonly maxBytes?: number
  /** Answers that mean "slow down" although their status says something else. */
  readonly isThrottled?: (answer: HttpAnswer) => boolean
  /** What a refusal means at this product where it differs from what its status says. */
  readonly refused?: (answer: HttpAnswer, act: string) => ProvisioningError | undefined
}

/** What one request asks for. `act` stands in messages: `Listing people`. */
export interface Asked extends Pick<HttpRequest, 'query' | 'body' | 'headers' | 'timeoutMs'> {
  /** @default GET */
  readonly method?: 'GET' | 'POST'
  readonly operation: string
  readonly act: string
  /** What the list belongs to, `the group g1`: not found, it vanished while we read, and the settings are right. */
  readonly owner?: string | undefined
  /** Below the base, or a next link on the same origin. */
  readonly path: string
}

/** The API of a directory that is only read: one base URL, one credential; every answer is checked for shape by the caller. */
export class DirectoryApi {
  readonly clock: Clock
  readonly #settings: ApiSettings
  readonly #door: HttpDoor

  constructor(settings: ApiSettings) {
    const { base, credential, context, requestsAtOnce, timeoutMs, maxBytes } = settings
    this.#settings = settings
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    const digest = createHash('sha256')
    for (const secret of credential.secrets) digest.update(secret.reveal())
    this.#door = new HttpDoor({
      base,
      secrets: credential.secrets,
      clock: this.clock,
      limiter: sharedLimiter(`${URL.parse(base)?.origin} ${digest.digest('hex')}`, this.clock, requestsAtOnce),
      log: (message, fields) => context.log(message, { key: context.key, ...fields }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    })
  }

  get host(): string {
    return new URL(this.#settings.base).host
  }

  /** Any answer below 500, after one renewal of the credential. Throws `rate-limited`, `unreachable`, `cancelled`, … */
  async ask(asked: Asked, signal: AbortSignal): Promise<HttpAnswer> {
    const { credential, isThrottled } = this.#settings
    let isRenewed = false
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#once(asked, signal)
      if (answer.status === 401 && credential.isRenewable && !isRenewed) {
        isRenewed = true
        credential.forget()
        continue
      }
      if (isThrottled?.(answer) !== true) return answer
      if (tries >= maxTries) throw fail.rateLimited(`${asked.act}: ${this.host} asks to slow down again and again.`)
      await pause(
        this.clock,
        backoffMs(tries, () => 0),
        signal,
      )
    }
  }

  /** A good answer; undefined where there is no such thing (404, 410). Throws what a refusal means. */
  async askFor(asked: Asked, signal: AbortSignal): Promise<HttpAnswer | undefined> {
    const answer = await this.ask(asked, signal)
    if (answer.status === 404 || answer.status === 410) return undefined
    if (answer.status >= 300) throw this.refusal(answer, asked.act)
    return answer
  }

  /** A good answer of a known shape. Throws what a refusal means, and `incomplete-read` for another shape. */
  async read<Schema extends z.ZodType>(schema: Schema, asked: Asked, signal: AbortSignal): Promise<z.output<Schema>> {
    return parsed(schema, await this.answer(asked, signal), asked.operation)
  }

  /** A good answer. Throws what a refusal means. */
  async answer(asked: Asked, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.ask(asked, signal)
    if (asked.owner !== undefined && (answer.status === 404 || answer.status === 410)) {
      throw fail.incompleteRead(`${asked.act}: ${asked.owner} is not there (HTTP ${answer.status}).`, {
        hint: 'It was deleted while we read, or the path in the settings is wrong. Read again.',
      })
    }
    if (answer.status >= 300) throw this.refusal(answer, asked.act)
    return answer
  }

  /** An answer in the shape that is documented; throws `incomplete-read`. */
  shaped<Schema extends z.ZodType>(schema: Schema, answer: HttpAnswer, operation: string): z.output<Schema> {
    return parsed(schema, answer, operation)
  }

  refusal(answer: HttpAnswer, act: string): ProvisioningError {
    const { refused, words } = this.#settings
    return refused?.(answer, act) ?? readRefusal(answer, act, words)
  }

  calls(): Readonly<Record<string, number>> {
    return this.#door.calls()
  }

  close(): void {
    this.#door.close()
    this.#settings.credential.close()
  }

  async #once(
    { act: _, owner: __, method = 'GET', headers, query, ...rest }: Asked,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const signed = await this.#settings.credential.present(signal)
    const request: HttpRequest = {
      ...rest,
      method,
      // Nothing is ever written: a search by POST is a read.
      effect: 'read',
      query: { ...query, ...signed.query },
      headers: { ...headers, ...signed.headers },
    }
    return this.#door.send(request, signal)
  }
}
