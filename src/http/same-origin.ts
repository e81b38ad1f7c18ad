import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../app/server-settings.ts'
import { fail } from '../domain/errors.ts'

export interface OwnOrigin {
  /** What the settings say; then nothing else counts. */
  readonly publicUrl: string | undefined
  readonly isLoopbackOnly: boolean
  readonly port: () => number
}

/**
 * Throws `not-allowed` for a request that a page of another site made the browser send. A browser says so itself in `Origin`
 * or `Sec-Fetch-Site` (Fetch standard); what sends neither is no browser and holds no cookie that somebody could abuse.
 */
export function refuseForeignOrigin(request: FastifyRequest, own: OwnOrigin): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign(own)
  if (origin !== undefined && !isOwn(origin, request, own)) throw foreign(own)
}

/** Throws `not-allowed` unless the request shows that its sender can read our answers, which no other site can. */
export function refuseWithoutCsrfToken(request: FastifyRequest, expected: string): void {
  const given = request.headers['x-muster-csrf']
  if (typeof given === 'string' && isEqual(given, expected)) return
  throw fail.notAllowed('The request carries a cookie but not the token that proves where it comes from.', {
    hint: 'Send the csrfToken of GET /api/v1/me as the header x-muster-csrf.',
  })
}

function isOwn(origin: string, request: FastifyRequest, { publicUrl, isLoopbackOnly, port }: OwnOrigin): boolean {
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin
  const url = URL.parse(origin)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  if (isLoopbackOnly) return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) && Number(url.port || 80) === port()
  // Nothing says under which name this server is reached. A name that somebody else points here (DNS rebinding) would pass,
  // but a browser sends such a name none of our cookies.
  return url.host === request.headers.host
}

function foreign({ publicUrl }: OwnOrigin) {
  return fail.notAllowed('The request comes from a page of another site; nothing was done.', {
    hint:
      publicUrl === undefined
        ? 'Open the console at the address that `muster serve` prints, or set server.publicUrl.'
        : `Open the console at ${publicUrl}.`,
  })
}

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
