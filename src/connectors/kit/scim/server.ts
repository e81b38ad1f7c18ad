import { createHash } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { sharedLimiter } from '../../../platform/rate-limit.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { type Abilities, abilitiesOf, schemaAttributes } from '../../../scim/client/abilities.ts'
import { type ListAnswer, listAnswer } from '../../../scim/client/list-answer.ts'
import { queryText } from '../../../scim/client/request.ts'
import { type ToldResource, toldResource } from '../../../scim/client/resource.ts'
import { HttpDoor } from '../http-door.ts'
import { isNotImplemented, refusal, saidBy, scimTypeOf } from './refusals.ts'
import type { ServerSettings } from './settings.ts'
import { SignIn } from './sign-in.ts'

export type Kind = 'Users' | 'Groups'

/** What a list is asked for (RFC 7644 section 3.4.2). */
export interface ListRequest {
  readonly filter?: string | undefined
  readonly startIndex?: number
  readonly cursor?: string
  readonly count?: number
  readonly attributes?: string | undefined
  readonly excludedAttributes?: string | undefined
  readonly sortBy?: string | undefined
}

/** Where one thing is asked for beside an id. */
export interface Selection {
  readonly attributes?: string | undefined
  readonly excludedAttributes?: string | undefined
}

/** The server says that a cursor is no longer good: the list starts anew (RFC 9865 section 2.3). */
export class CursorEnded extends Error {}

/** The server has no filters, or not this one. */
export class FilterRefused extends Error {}

/** A SCIM server: one base URL, one credential. Reads are checked for shape; what a refusal of a write means is the caller's business. */
export class ScimServer {
  readonly clock: Clock
  readonly settings: ServerSettings
  readonly #door: HttpDoor
  readonly #signIn: SignIn
  #abilities: Promise<Abilities> | undefined

  constructor(settings: ServerSettings, context: ConnectorContext) {
    this.settings = settings
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.#signIn = new SignIn(settings, this.clock)
    const { baseUrl, requestsAtOnce } = settings
    const credential = createHash('sha256')
    for (const secret of this.#signIn.secrets) credential.update(secret.reveal())
    this.#door = new HttpDoor({
      base: baseUrl,
      secrets: this.#signIn.secrets,
      clock: this.clock,
      limiter: sharedLimiter(`${new URL(baseUrl).origin} ${credential.digest('hex')}`, this.clock, requestsAtOnce),
      log: (message, fields) => context.log(message, { key: context.key, ...fields }),
    })
  }

  get host(): string {
    return new URL(this.settings.baseUrl).host
  }

  calls(): Readonly<Record<string, number>> {
    return this.#door.calls()
  }

  close(): void {
    this.#door.close()
    this.#signIn.close()
  }

  /** Any answer below 500. Throws `unreachable`, `rate-limited`, `cancelled`, `config-invalid`, `auth-failed` of a token URL. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { contentType } = this.settings
    const once = async () =>
      this.#door.send(
        {
          ...request,
          headers: {
            accept: contentType === 'application/json' ? contentType : `${contentType}, application/json`,
            ...(request.body === undefined ? {} : { 'content-type': contentType }),
            ...request.headers,
            ...(await this.#signIn.header(signal)),
          },
        },
        signal,
      )
    const answer = await once()
    if (answer.status !== 401 || !this.#signIn.isRenewable) return answer
    this.#signIn.forget()
    return once()
  }

  /** What the server says of itself; one that says nothing, or nonsense, is tried. Throws what says that it is not there. */
  abilities(signal: AbortSignal): Promise<Abilities> {
    this.#abilities ??= this.discovered('ServiceProviderConfig', signal).then(
      ({ json }) => abilitiesOf(json),
      (thrown: unknown) => {
        this.#abilities = undefined
        throw thrown
      },
    )
    return this.#abilities
  }

  /** Attributes by the server's schemas; undefined where it tells none. */
  async schemas(signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    const { json } = await this.discovered('Schemas', signal)
    return schemaAttributes(json)
  }

  /**
   * A page that describes the server, whatever its status: many servers have none, and some let nobody see them. Throws
   * `auth-failed` for 401, because then nothing else will work.
   */
  async discovered(
    what: 'ServiceProviderConfig' | 'Schemas' | 'ResourceTypes',
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const answer = await this.send({ operation: `read ${what}`, method: 'GET', path: `/${what}` }, signal)
    if (answer.status === 401) throw refusal(answer, `Reading /${what}`)
    return answer.status < 300 ? answer : { ...answer, json: undefined }
  }

  /** One page. Throws `incomplete-read` for what is no list, and what a refusal means. */
  async list(kind: Kind, request: ListRequest, signal: AbortSignal): Promise<ListAnswer> {
    const path = `/${kind}${queryText({ ...request })}`
    const answer = await this.send({ operation: `list ${kind}`, method: 'GET', path }, signal).catch(
      (thrown: unknown) => {
        if (request.filter !== undefined && isNotImplemented(thrown)) throw new FilterRefused('HTTP 501')
        throw thrown
      },
    )
    if (answer.status >= 400) {
      const scimType = scimTypeOf(answer.json)
      if (request.cursor !== undefined && (scimType === 'expiredCursor' || scimType === 'invalidCursor')) {
        throw new CursorEnded(`the server ended the cursor (${scimType})`)
      }
      if (request.filter !== undefined && answer.status === 400) throw new FilterRefused(saidBy(answer))
      throw listRefusal(answer, kind, request)
    }
    const told = listAnswer(answer.json)
    if (typeof told !== 'string') return told
    throw fail.incompleteRead(`The answer to the list of ${kind} at ${this.host} is not as RFC 7644 says: ${told}.`, {
      cause: new Error(`answer begins: ${answer.text.slice(0, 120)}`),
      hint: 'Check the base URL: /Users and /Groups must be below it.',
    })
  }

  /** One resource; undefined where it is not there. Throws `incomplete-read` for what is no resource. */
  async get(kind: Kind, id: string, signal: AbortSignal, selection: Selection = {}): Promise<ToldResource | undefined> {
    const path = `/${kind}/${encodeURIComponent(id)}${queryText({ ...selection })}`
    const answer = await this.send({ operation: `read one of ${kind}`, method: 'GET', path }, signal)
    if (answer.status === 404 || answer.status === 410) return undefined
    if (answer.status >= 400) throw refusal(answer, `Reading ${kind}/${id}`)
    const told = toldResource(answer.json)
    if (told !== undefined && told.id === id) return told
    throw fail.incompleteRead(`The answer to ${kind}/${id} at ${this.host} is not that resource.`, {
      cause: new Error(`answer begins: ${answer.text.slice(0, 120)}`),
    })
  }
}

function listRefusal(answer: HttpAnswer, kind: Kind, { startIndex = 1 }: ListRequest) {
  const act = `Listing ${kind}`
  if (answer.status === 404 && startIndex <= 1) {
    return fail.configInvalid(`There is no list of ${kind} below the base URL (HTTP 404).`, {
      hint: 'Check the base URL: it is the address before /Users, often ending with /v2.',
    })
  }
  const error = refusal(answer, act)
  return error.code === 'rejected' || error.code === 'gone' || error.code === 'conflict'
    ? fail.incompleteRead(error.message, { cause: error.cause })
    : error
}
