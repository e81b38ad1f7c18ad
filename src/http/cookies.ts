import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieName, Visitor } from '../contract/routes.ts'

/** Whether the answer reaches the browser encrypted, also where a trusted proxy does that. */
export type IsEncrypted = (request: FastifyRequest) => boolean

export interface CookieOptions {
  /** Tells the cookies of two installations on one host apart: browsers do not look at the port. */
  readonly suffix: string
  readonly isEncrypted: IsEncrypted
}

/** Cookies longer than this are none of ours. */
const longestValue = 4_000

/** The browser behind a request. */
export function visitorOf(request: FastifyRequest, reply: FastifyReply, options: CookieOptions): Visitor {
  const isEncrypted = options.isEncrypted(request)
  const keep = (name: CookieName, value: string, maxAgeMs: number) => {
    const attributes = [
      `${nameOf(name, isEncrypted, options.suffix)}=${value}`,
      'Path=/',
      `Max-Age=${Math.max(0, Math.floor(maxAgeMs / 1000))}`,
      'HttpOnly',
      // The way back from an identity provider is a navigation from its site, which `Strict` would leave without the cookie.
      `SameSite=${name === 'oidc' ? 'Lax' : 'Strict'}`,
      ...(isEncrypted ? ['Secure'] : []),
    ]
    reply.header('set-cookie', [...cookiesOf(reply), attributes.join('; ')])
  }
  return {
    address: request.ip,
    agent: request.headers['user-agent'] ?? '',
    cookie: (name) => cookieOf(request, name, options),
    keep,
    drop: (name) => keep(name, '', 0),
  }
}

/** The value of one of our cookies. Where https is spoken only the name counts that no other host can have set. */
export function cookieOf(
  request: FastifyRequest,
  name: CookieName,
  { suffix, isEncrypted }: CookieOptions,
): string | undefined {
  const wanted = nameOf(name, isEncrypted(request), suffix)
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at < 0 || pair.slice(0, at).trim() !== wanted) continue
    const value = pair.slice(at + 1).trim()
    return value !== '' && value.length <= longestValue ? value : undefined
  }
  return undefined
}

/** `__Host-`: the browser takes it only encrypted, from this very host and for all its paths (RFC 6265bis section 4.1.3.2). */
function nameOf(name: CookieName, isEncrypted: boolean, suffix: string): string {
  return `${isEncrypted ? '__Host-' : ''}muster-${name === 'session' ? '' : `${name}-`}${suffix}`
}

function cookiesOf(reply: FastifyReply): readonly string[] {
  const present = reply.getHeader('set-cookie')
  if (present === undefined) return []
  return Array.isArray(present) ? present.map(String) : [String(present)]
}
