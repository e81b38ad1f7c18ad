import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { App } from '../app/app.ts'
import { refuseWithout } from '../app/authority.ts'
import type { ScimService } from '../app/scim/service.ts'
import { isLoopback, listenAddress, type ServerSettings } from '../app/server-settings.ts'
import { auditRoutes } from '../contract/audit.ts'
import { openApiDocument } from '../contract/openapi.ts'
import type { Endpoint } from '../contract/route.ts'
import { allRoutes, type Caller } from '../contract/routes.ts'
import { fail, ProvisioningError } from '../domain/errors.ts'
import { systemClock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { type ConsoleFiles, registerConsole } from './console.ts'
import { type CookieOptions, visitorOf } from './cookies.ts'
import { asEvents } from './events.ts'
import { createMetrics } from './metrics.ts'
import { receive } from './receive.ts'
import { type RenderedError, renderError, renderUnknownRoute } from './render-error.ts'
import type { OwnOrigin } from './same-origin.ts'
import { isScimAddress, refuseUnreadable, registerScim } from './scim.ts'
import { comeIn, isFromOutside, type SignedIn, signIn } from './sign-in.ts'

export interface HttpOptions {
  readonly app: App
  readonly settings: ServerSettings
  /** Contents of the PEM files named in the settings. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  readonly version: string
  /** Runs in the queue that nobody has taken; absent where this process takes none. */
  readonly queuedRuns?: () => Promise<number>
  /** Serves push sources; absent where nobody can push. */
  readonly scim?: ScimService
  /** The web console; absent where nobody looks at pages. */
  readonly console?: ConsoleFiles
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** Time for a whole request to arrive, and for the store to answer a sign of life. */
const requestTimeoutMs = 30_000
const pingTimeoutMs = 2_000
/** A line on which nothing moves; longer than the doctor may take and than the pause between two signs of life. */
const idleTimeoutMs = 180_000
const bodyLimit = 1_048_576
/** Whether the caller of a stream is still somebody is asked this often. */
const askedAgainMs = 5_000
/** Configurations are handed over whole. */
const configurationBodyLimit = 6_291_456

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** The HTTP server of Muster, not listening yet. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { app, settings, tls, version, log } = options
  const server = withTls(
    tls,
    () =>
      fastify({
        logger: false,
        bodyLimit,
        requestTimeout: requestTimeoutMs,
        connectionTimeout: idleTimeoutMs,
        exposeHeadRoutes: false,
        genReqId: () => newId(),
        trustProxy: settings.trustedProxies.length === 0 ? false : [...settings.trustedProxies],
        routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: false },
        frameworkErrors: (error, request, reply) =>
          isScimAddress(request.url)
            ? refuseUnreadable(reply.headers(securityHeaders))
            : send(reply, renderError(error, request.id)),
        ...(tls === undefined ? {} : { https: tls }),
      }) as unknown as FastifyInstance,
  )
  server.removeContentTypeParser('text/plain')

  const metrics = createMetrics(app, options.queuedRuns ?? (async () => 0))
  const isEncrypted = tls !== undefined || settings.publicUrl?.startsWith('https:') === true
  const streams = new Set<AbortController>()
  const cookies: CookieOptions = {
    suffix: app.instanceId.slice(-8),
    isEncrypted: (request) => isEncrypted || request.protocol === 'https',
  }
  const own: OwnOrigin = {
    publicUrl: settings.publicUrl,
    isLoopbackOnly: isLoopback(listenAddress(settings.listen).host),
    port: () => takenPort(server, settings),
  }
  const door = { app, cookies, own }

  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders)
    if (isEncrypted) reply.header('strict-transport-security', 'max-age=31536000')
  })
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
  })
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.abort()
  })

  const fault = (reply: FastifyReply, thrown: unknown) => {
    const error = renderError(thrown, reply.request.id)
    if (error.isDefect)
      log('request failed by a defect', {
        request: reply.request.id,
        route: reply.request.routeOptions.url,
        error: thrown,
      })
    return send(reply, error)
  }
  server.setErrorHandler((error, _request, reply) => fault(reply, error))

  const known = allRoutes().map(([, endpoint]) => ({
    method: endpoint.method as string,
    pattern: patternOf(endpoint.path),
  }))
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
    known.push({ method: 'GET', pattern: patternOf(path) })
  server.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?')
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    return send(reply, renderUnknownRoute(request.method, path, [...new Set(allowed)].sort()))
  })

  for (const [name, endpoint] of allRoutes()) {
    const [noun, act] = name.split('.') as [keyof App['handlers'], string]
    const handler = (app.handlers[noun] as Record<string, (caller: Caller, received: unknown) => unknown>)[act]!
    const signedIn = new WeakMap<FastifyRequest, SignedIn>()
    server.route({
      method: endpoint.method,
      url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: endpoint.maxBytes ?? (noun === 'configuration' ? configurationBodyLimit : bodyLimit),
      // Before the body is read, so that a stranger cannot make us read one.
      onRequest: async (request) => {
        const caller = endpoint.role === 'public' ? comeIn(own, request) : await signIn(door, request)
        refuseWithout(caller.principal, endpoint)
        signedIn.set(request, caller)
      },
      handler: async (request, reply) => {
        const received = receive(endpoint, request)
        const waiting = whileWaiting(reply)
        const caller = {
          ...signedIn.get(request)!,
          signal: waiting.signal,
          ...(isFromOutside(request) ? { visitor: visitorOf(request, reply, cookies) } : {}),
        }
        if (endpoint.events === true) {
          streams.add(waiting)
          if (isFromOutside(request)) keepAsking(reply, waiting, () => signIn(door, request))
          reply.raw.once('close', () => streams.delete(waiting))
          return sendEvents(reply, handler(caller, received) as AsyncIterable<unknown>, waiting.signal)
        }
        const answer = await handler(caller, received)
        if (endpoint.redirect === true) return reply.redirect((answer as { location: string }).location, 303)
        return sendJson(reply, endpoint.status ?? 200, answer)
      },
    })
  }

  server.get('/healthz', (_request, reply) => sendJson(reply, 200, { status: 'up', version }))
  server.get('/readyz', async (_request, reply) => {
    try {
      await inTime(app.ping(), pingTimeoutMs)
      return sendJson(reply, 200, { status: 'ready' })
    } catch (thrown) {
      const { body } = renderError(thrown, reply.request.id)
      return sendJson(reply, 503, { status: 'not-ready', ...body })
    }
  })
  server.get('/metrics', async (request, reply) => {
    // From this machine everybody may read them; from elsewhere they need a token, as all else.
    if (!isFromThisMachine(request)) refuseWithout((await signIn(door, request)).principal, auditRoutes.list)
    return reply.type(metrics.contentType).send(await metrics.page())
  })
  const description = JSON.stringify(openApiDocument(version))
  server.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(description))

  if (options.scim !== undefined) {
    const origin = () => settings.publicUrl?.replace(/\/+$/, '') ?? ownOrigin(server, settings)
    await registerScim(server, { service: options.scim, origin, now: () => systemClock.now() })
  }
  if (options.console !== undefined) registerConsole(server, options.console)
  await server.ready()
  return server
}

/** Without a public address clients are told the one that is listened at. */
function ownOrigin(server: FastifyInstance, settings: ServerSettings): string {
  const { host } = listenAddress(settings.listen)
  const scheme = settings.tls === undefined ? 'http' : 'https'
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${takenPort(server, settings)}`
}

function takenPort(server: FastifyInstance, settings: ServerSettings): number {
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : listenAddress(settings.listen).port
}

/** Throws `config-invalid` for a certificate or key that cannot be used. */
function withTls(tls: HttpOptions['tls'], make: () => FastifyInstance): FastifyInstance {
  try {
    return make()
  } catch (thrown) {
    if (tls === undefined) throw thrown
    throw fail.configInvalid('The certificate or key of server.tls cannot be used.', {
      cause: thrown,
      hint: 'Both must be PEM files, the key without a password, and they must belong together.',
    })
  }
}

function send(reply: FastifyReply, { status, headers, body }: RenderedError) {
  return sendJson(reply.headers({ ...securityHeaders, ...headers }), status, body)
}

function sendJson(reply: FastifyReply, status: number, body: unknown) {
  return reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

/** Ends a stream whose caller was shut out meanwhile: signed out, disabled, or with a token that was revoked. */
function keepAsking(reply: FastifyReply, waiting: AbortController, who: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    who().catch((thrown: unknown) => {
      if (thrown instanceof ProvisioningError && thrown.code === 'unauthenticated') waiting.abort()
    })
  }, askedAgainMs)
  reply.raw.once('close', () => clearInterval(timer))
}

/** Looks for the first object before the answer begins, so that a missing one is still a 404. */
async function sendEvents(reply: FastifyReply, objects: AsyncIterable<unknown>, signal: AbortSignal) {
  const iterator = objects[Symbol.asyncIterator]()
  const first = await iterator.next()
  return reply
    .status(200)
    .type('text/event-stream; charset=utf-8')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(asEvents(iterator, first, reply.request.id, signal), { objectMode: false }))
}

/** Aborted when the caller went away before the answer was sent. */
function whileWaiting(reply: FastifyReply): AbortController {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller
}

function patternOf(path: Endpoint['path']): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

function isFromThisMachine(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress ?? ''
  const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  return !isForwarded && (address === '::1' || /^(::ffff:)?127\./.test(address))
}

function inTime<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(fail.storeUnavailable(`The store did not answer within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    )
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
