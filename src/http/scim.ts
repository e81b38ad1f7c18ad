import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ScimAnswer } from '../app/scim/answer.ts'
import { maskedBody } from '../app/scim/request-log.ts'
import type { ScimService, ScimSession } from '../app/scim/service.ts'
import { redactText } from '../platform/redact.ts'
import { errorDocument, type ScimError, scimFault } from '../scim/error.ts'
import { assertBounded, type Json } from '../scim/json.ts'

const mediaType = 'application/scim+json; charset=utf-8'
/** No source may allow more. */
const largestBody = 64 * 1_048_576

interface Visit {
  readonly source: string
  session?: ScimSession
  startedAt: number
  answer?: ScimAnswer
  error?: ScimError
}

export interface ScimDoorOptions {
  readonly service: ScimService
  /** Scheme, host and port under which clients reach this server. */
  readonly origin: () => string
  readonly now: () => number
}

/** `/scim/<source>/v2`: HTTP around the SCIM service. Every answer, failures of the framework too, is SCIM. */
export async function registerScim(server: FastifyInstance, options: ScimDoorOptions): Promise<void> {
  await server.register(async (door) => openDoor(door, options), { prefix: '/scim' })
}

function openDoor(door: FastifyInstance, { service, origin, now }: ScimDoorOptions): void {
  const visits = new WeakMap<FastifyRequest, Visit>()

  const visitOf = (request: FastifyRequest): Visit => {
    const present = visits.get(request)
    if (present !== undefined) return present
    const made: Visit = { source: sourceOf(request), startedAt: now() }
    visits.set(request, made)
    return made
  }
  const refuse = (request: FastifyRequest, reply: FastifyReply, thrown: unknown) => {
    const error = frameworkFault(thrown) ?? service.asScimError(thrown)
    visitOf(request).error = error
    const { status, retryAfterSeconds } = error
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
    if ('allow' in error) reply.header('allow', String(error.allow))
    return reply
      .status(status)
      .type(mediaType)
      .send(JSON.stringify(errorDocument(error)))
  }

  door.removeAllContentTypeParsers()
  // Parsed here, because what JSON.parse says must reach the client as a SCIM error.
  door.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string', bodyLimit: largestBody },
    (_request, body, done) => done(null, body),
  )
  door.setErrorHandler((error, request, reply) => refuse(request, reply, error))
  door.setNotFoundHandler((request, reply) =>
    refuse(request, reply, scimFault.notFound('There is nothing here; a base URL ends with /scim/<source>/v2.')),
  )

  // Before the body is read, so that a stranger cannot make us read one.
  const enter = async (request: FastifyRequest) => {
    const visit = visitOf(request)
    visit.session = await service.enter(visit.source, request.headers.authorization)
    const length = Number(request.headers['content-length'] ?? 0)
    if (length > visit.session.maxBodyBytes) throw tooLarge(visit.session)
  }
  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = visitOf(request)
    const { session } = visit
    if (session === undefined) throw scimFault.unauthorized('This needs a token.')
    const text = typeof request.body === 'string' ? request.body : ''
    if (Buffer.byteLength(text) > session.maxBodyBytes) throw tooLarge(session)
    const { path, query } = addressOf(request)
    const answer = await session.handle(
      {
        method: request.method,
        path,
        query,
        ifMatch: headerOf(request, 'if-match'),
        ifNoneMatch: headerOf(request, 'if-none-match'),
        body: text.trim() === '' ? undefined : parsed(text),
      },
      `${origin()}/scim/${visit.source}/v2`,
    )
    visit.answer = answer
    reply.status(answer.status).headers({ ...answer.headers })
    return answer.body === undefined ? reply.send() : reply.type(mediaType).send(JSON.stringify(answer.body))
  }
  for (const url of ['/:source/v2', '/:source/v2/*']) {
    door.route({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      bodyLimit: largestBody,
      onRequest: enter,
      handler: serve,
    })
  }

  door.addHook('onResponse', async (request, reply) => {
    const visit = visits.get(request)
    // Strangers leave no trace here: they could fill the log.
    if (visit?.session === undefined) return
    const { answer, error, startedAt, source } = visit
    const body = typeof request.body === 'string' && request.body !== '' ? maskedBody(request.body) : undefined
    service.note(source, {
      at: startedAt,
      method: request.method,
      path: redactText(request.url.slice(`/scim/${source}/v2`.length).slice(0, 2_000)) || '/',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      notices: answer?.notices ?? [],
      ...(answer?.subject === undefined ? {} : { subject: answer.subject }),
      ...(body === undefined ? {} : { body }),
      ...(error === undefined ? {} : { problem: error.message }),
    })
  })
}

/** Whether an address belongs here, also one that our framework could not make out. */
export function isScimAddress(url: string): boolean {
  return url.startsWith('/scim/')
}

/** What our framework refuses before any route is found. */
export function refuseUnreadable(reply: FastifyReply): FastifyReply {
  return sendScimError(reply, scimFault.invalidSyntax('The address holds a character that is not encoded correctly.'))
}

function sendScimError(reply: FastifyReply, error: ScimError): FastifyReply {
  const { status, retryAfterSeconds } = error
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  if ('allow' in error) reply.header('allow', String(error.allow))
  return reply
    .status(status)
    .type(mediaType)
    .send(JSON.stringify(errorDocument(error)))
}

function sourceOf(request: FastifyRequest): string {
  return request.url.split(/[/?]/)[2] ?? ''
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** Segments behind `v2`, decoded, and the query; a "+" in it is a blank, as forms have it. */
function addressOf({ url }: FastifyRequest): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  const segments = path
    .split('/')
    .slice(4)
    .filter((segment) => segment !== '')
  try {
    return { path: segments.map(decodeURIComponent), query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)) }
  } catch {
    throw scimFault.invalidSyntax('The address holds a character that is not encoded correctly.')
  }
}

function parsed(text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    throw scimFault.invalidSyntax('The body is not JSON.')
  }
  assertBounded(value)
  return value
}

function tooLarge({ maxBodyBytes }: ScimSession): ScimError {
  return scimFault.tooLarge(`The body is larger than ${maxBodyBytes} bytes.`)
}

/** What the HTTP framework says about a request, as a failure of the protocol. */
function frameworkFault(thrown: unknown): ScimError | undefined {
  const { code = '', statusCode = 500 } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    code?: string
    statusCode?: number
  }
  if (!code.startsWith('FST_') || statusCode >= 500) return undefined
  if (statusCode === 413) return scimFault.tooLarge('The body is larger than this source accepts.')
  if (statusCode === 415) {
    return scimFault.unsupportedMediaType('Send bodies as application/scim+json or application/json.')
  }
  return scimFault.invalidSyntax('The request could not be read.')
}
