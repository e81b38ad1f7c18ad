import type { z } from 'zod'
import { fail, type ProvisioningError } from '../../domain/errors.ts'
import {
  type HttpAnswer,
  HttpClient,
  type HttpClientOptions,
  HttpFailure,
  type HttpRequest,
} from '../../platform/http-client.ts'

/** How an answer that is not as documented is called: a list that proves nothing, or a server that is something else. */
export type MisshapenCode = 'incomplete-read' | 'config-invalid' | 'unreachable'

/**
 * One base URL with one credential. Everything that fails on the way leaves here as one of our codes; what the vendor's
 * answer means (statuses below 500) is the connector's business.
 */
export class HttpDoor {
  readonly #client: HttpClient

  constructor(options: HttpClientOptions) {
    try {
      this.#client = new HttpClient(options)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      throw fail.configInvalid(`The address ${hostOf(options.base)} cannot be used: ${why}.`, {
        hint: 'Enter the base URL of the product or of a gateway in front of it.',
      })
    }
  }

  /** Any answer below 500. Throws `unreachable`, `rate-limited`, `cancelled`, `config-invalid`. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await this.#client.send(request, signal)
    } catch (thrown) {
      if (thrown instanceof HttpFailure) throw httpError(thrown)
      throw thrown
    }
  }

  calls(): Readonly<Record<string, number>> {
    return this.#client.calls()
  }

  close(): void {
    this.#client.close()
  }
}

/** A failed request as one of our errors, the vendor's words kept as cause. */
function httpError(failure: HttpFailure): ProvisioningError {
  const { reason, mayHaveApplied, retryAfterMs, status, text } = failure
  const words = text
    .slice(0, 10_000)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
  const cause = new Error(status === undefined ? failure.message : `HTTP ${status}: ${words || 'no text'}`)
  const details = { cause, mayHaveApplied, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  switch (reason) {
    case 'rate-limited':
      return fail.rateLimited(`${failure.message}.`, details)
    case 'cancelled':
      return fail.cancelled(`${failure.message}.`, details)
    case 'not-allowed':
    case 'redirected':
      return fail.configInvalid(`${failure.message}.`, {
        ...details,
        hint: 'Check the base URL in the settings: it must be the final address, and not a link-local one.',
      })
    case 'too-large':
      return fail.incompleteRead(`${failure.message}.`, details)
    case 'unreachable':
      return fail.unreachable(`${failure.message}.`, {
        ...details,
        hint: 'Check the network, a proxy in between, and the status page of the other side; then repeat.',
      })
  }
}

/** The body of a successful answer, checked against what the documents promise; unknown fields pass. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  answer: HttpAnswer,
  operation: string,
  code: MisshapenCode = 'incomplete-read',
): z.output<Schema> {
  const result = schema.safeParse(answer.json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.')
  const what = answer.json === undefined ? 'is not JSON' : `differs at ${where}: ${issue?.message ?? 'unreadable'}`
  const message = `The answer to ${operation} (HTTP ${answer.status}) is not as documented: it ${what}.`
  const details = { cause: new Error(`answer begins: ${answer.text.slice(0, 120)}`) }
  if (code === 'config-invalid') throw fail.configInvalid(message, { ...details, hint: 'Check the base URL.' })
  if (code === 'unreachable') throw fail.unreachable(message, details)
  throw fail.incompleteRead(message, details)
}

function hostOf(base: string): string {
  return URL.parse(base)?.host ?? 'given'
}
