import { AsyncLocalStorage } from 'node:async_hooks'
import { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { App } from '../app/app.ts'
import type { Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'

/**
 * The principal of a request that was made inside this process. It travels beside the request, never in it, so that
 * nothing a client can send looks like it.
 */
export const insideCaller = new AsyncLocalStorage<Principal>()

/** A request that came over a network has a real socket; one made inside this process has none. */
function isInside(request: FastifyRequest): boolean {
  return !(request.raw.socket instanceof Socket)
}

export interface SignedIn {
  readonly principal: Principal
  readonly door: 'api' | 'cli'
}

/** Who is calling. Throws `unauthenticated`. */
export async function signIn(app: App, request: FastifyRequest): Promise<SignedIn> {
  const inside = isInside(request) ? insideCaller.getStore() : undefined
  if (inside !== undefined) return { principal: inside, door: 'cli' }
  const { authorization } = request.headers
  if (authorization === undefined) {
    throw fail.unauthenticated('This needs a token.', {
      hint: 'Send it as `Authorization: Bearer <token>`; `muster token create` makes one.',
    })
  }
  const [, value] = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(authorization) ?? []
  const principal = value === undefined ? undefined : await app.authenticate(value)
  if (principal === undefined) {
    throw fail.unauthenticated('The token is unknown, has expired or was revoked.', {
      hint: '`muster token create` makes a new one.',
    })
  }
  return { principal, door: 'api' }
}
