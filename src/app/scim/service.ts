import { createHash, timingSafeEqual } from 'node:crypto'
import { errorCodes, ProvisioningError } from '../../domain/errors.ts'
import type { PushRequest, PushSettings } from '../../ports/push-directory.ts'
import { ScimError, scimFault } from '../../scim/error.ts'
import { customSchema } from '../../scim/schema/custom.ts'
import { createRegistry, type Registry } from '../../scim/schema/registry.ts'
import type { Installation } from '../installation.ts'
import type { ScimAnswer, ScimRequest } from './answer.ts'
import { requestBudget } from './budget.ts'
import { createRequestLog } from './request-log.ts'
import { routeScim } from './route.ts'

/** Settings of a source are looked up this often at most, not for every request. */
const settingsKeptMs = 1_000
const retryAfterSeconds = 30

export interface ScimServiceOptions {
  readonly installation: Installation
  /** Told after every change that is durable. */
  readonly onChange: (source: string) => void
}

/** A client that showed a valid token of the source. */
export interface ScimSession {
  readonly maxBodyBytes: number
  /** Answers a request, also with a failure: nothing but answers comes out. */
  handle(request: ScimRequest, baseUrl: string): Promise<ScimAnswer>
}

/** The SCIM server of all push sources, without HTTP. */
export interface ScimService {
  /** Throws `ScimError` 401, 429, 503. */
  enter(source: string, authorization: string | undefined): Promise<ScimSession>
  /** Anything thrown, as the failure a client is told. */
  asScimError(thrown: unknown): ScimError
  /** Keeps a request for support; written a moment later. */
  note(source: string, request: PushRequest): void
  /** Writes what is not written yet. */
  close(): Promise<void>
}

interface Known {
  readonly at: number
  readonly settings: PushSettings | undefined
  readonly registry: Registry
}

export function createScimService({ installation, onChange }: ScimServiceOptions): ScimService {
  const { store, clock, log } = installation
  const sources = new Map<string, Known>()
  const budget = requestBudget(() => clock.now())
  const requests = createRequestLog(store.push.requests, clock, log)

  const known = async (source: string): Promise<Known> => {
    const present = sources.get(source)
    if (present !== undefined && clock.now() - present.at < settingsKeptMs) return present
    const object = await store.configuration.get('source', source)
    const settings = object === undefined ? undefined : await installation.pushSettings(object)
    const registry = createRegistry({ userExtensions: settings?.userSchemas.map(customSchema) ?? [] })
    const found = { at: clock.now(), settings, registry }
    // Strangers may ask for any name; only sources are remembered.
    if (settings !== undefined) sources.set(source, found)
    return found
  }

  const asScimError = (thrown: unknown): ScimError => {
    if (thrown instanceof ScimError) return thrown
    if (thrown instanceof ProvisioningError && errorCodes[thrown.code].http === 503) {
      log('a SCIM request could not be served', { error: thrown })
      return scimFault.unavailable(
        'The server cannot store anything at the moment; nothing was changed.',
        retryAfterSeconds,
      )
    }
    if (thrown instanceof ProvisioningError && thrown.code === 'config-invalid') {
      log('a SCIM request met a source that is not complete', { error: thrown })
      return scimFault.unavailable(
        'The settings of this source are not complete; nothing was changed.',
        retryAfterSeconds,
      )
    }
    log('a SCIM request failed by a defect', { error: thrown })
    return scimFault.internal('The server made a mistake; nothing was changed. Its log tells more.')
  }

  return {
    asScimError,
    note: requests.note,
    close: requests.close,
    async enter(source, authorization) {
      const { settings, registry } = await known(source)
      // Whether a source exists is told to nobody without one of its tokens.
      await refuseStranger(installation, source, settings, authorization)
      if (settings === undefined) throw stranger('The token is not valid for this address.')
      budget.take(source, settings.requestsPerSecond)
      return {
        maxBodyBytes: settings.maxBodyBytes,
        async handle(request, baseUrl) {
          const { directory } = store.push
          const scope = { source, settings, registry, directory, lists: directory, baseUrl }
          const answer = await routeScim(scope, request, asScimError)
          if (answer.isChange === true) onChange(source)
          return answer
        },
      }
    },
  }
}

const stranger = (why: string) => scimFault.unauthorized(why)

async function refuseStranger(
  { store }: Installation,
  source: string,
  settings: PushSettings | undefined,
  authorization: string | undefined,
): Promise<void> {
  if (authorization === undefined) throw stranger('This needs a token: Authorization: Bearer <token>.')
  const [, value] = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(authorization.trim()) ?? []
  if (value === undefined) throw stranger('The Authorization header should read: Bearer <token>.')
  if (settings?.token !== undefined && isSame(settings.token.reveal(), value)) return
  const answer = await store.push.tokens.authenticate(source, value)
  if (answer === 'expired') throw stranger('The token has expired or was revoked; make a new one in Muster.')
  if (answer !== 'valid') throw stranger('The token is not valid for this address.')
}

/** In constant time, whatever the lengths. */
function isSame(expected: string, given: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(expected), hash(given))
}
