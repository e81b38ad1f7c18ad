import { AsyncLocalStorage } from 'node:async_hooks'
import { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { App } from '../app/app.ts'
import { nobody, type Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { type CookieOptions, cookieOf } from './cookies.ts'
import { type OwnOrigin, refuseForeignOrigin, refuseWithoutCsrfToken } from './same-origin.ts'

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

export interface DoorOptions {
  readonly app: App
  readonly cookies: CookieOptions
  readonly own: OwnOrigin
}

/**
 * Who is calling: a call from inside, a bearer token, or the cookie of a browser that signed in. A token wins, because no
 * other site can make a browser send one. Throws `unauthenticated`, and `not-allowed` for a write that another site caused.
 */
export async function signIn({ app, cookies, own }: DoorOptions, request: FastifyRequest): Promise<SignedIn> {
  const inside = isInside(request) ? insideCaller.getStore() : undefined
  if (inside !== undefined) return { principal: inside, door: 'cli' }
  const { authorization } = request.headers
  if (authorization === undefined) return await bySession({ app, cookies, own }, request)
  const [, value] = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(authorization) ?? []
  const principal = value === undefined ? undefined : await app.authenticate(value)
  if (principal === undefined) {
    throw fail.unauthenticated('The token is unknown, has expired or was revoked.', {
      hint: '`muster token create` makes a new one.',
    })
  }
  return { principal, door: 'api' }
}

async function bySession({ app, cookies, own }: DoorOptions, request: FastifyRequest): Promise<SignedIn> {
  const cookie = cookieOf(request, 'session', cookies)
  if (cookie === undefined) {
    throw fail.unauthenticated('This needs somebody who signed in, or a token.', {
      hint: 'Sign in with a browser, or send `Authorization: Bearer <token>`; `muster token create` makes one.',
    })
  }
  const principal = await app.session(cookie)
  if (principal?.session === undefined) {
    throw fail.unauthenticated('The session has ended.', { hint: 'Sign in again.' })
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuseForeignOrigin(request, own)
    refuseWithoutCsrfToken(request, principal.session.csrfToken)
  }
  return { principal, door: 'api' }
}

/** Somebody at a door that is open to everybody: a form that a page of another site sends is turned away. */
export function comeIn(own: OwnOrigin, request: FastifyRequest): SignedIn {
  const inside = isInside(request) ? insideCaller.getStore() : undefined
  if (inside !== undefined) return { principal: inside, door: 'cli' }
  if (request.method !== 'GET') refuseForeignOrigin(request, own)
  return { principal: nobody, door: 'api' }
}

/** A call through a network; only such a one has a browser behind it. */
export function isFromOutside(request: FastifyRequest): boolean {
  return !isInside(request)
}
