import { createHash } from 'node:crypto'
import type { Caller, Principal, Visitor } from '../../contract/routes.ts'
import type { MeView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Session, User } from '../../ports/sign-in.ts'
import { rightsOf } from '../authority.ts'
import type { UseCase } from '../use-case.ts'

/** A session ends after this long, whatever happens, and after this long without a request. */
export const sessionLimits = { longestMs: 12 * 3_600_000, idleMs: 2 * 3_600_000 } as const

/** Throws `usage` for a call from inside this process, which has no browser to sign in. */
export function visitorOf({ visitor }: Caller): Visitor {
  if (visitor !== undefined) return visitor
  throw fail.usage('Only a browser can be signed in.', { hint: 'Commands act as the user of the operating system.' })
}

/** Signs the browser in. Whatever session it had before ends: a new one never begins under a value that was known already. */
export async function admit(useCase: UseCase, visitor: Visitor, user: User, way: Session['way']): Promise<Principal> {
  const { users, sessions } = useCase.store.signIn
  await endPresented(useCase, visitor)
  const { session, value } = await sessions.begin({
    userId: user.id,
    way,
    address: visitor.address,
    agent: visitor.agent,
    expiresAt: useCase.clock.now() + sessionLimits.longestMs,
  })
  await users.noteSignIn(user.id)
  visitor.keep('session', value, sessionLimits.longestMs)
  const principal = principalOf(user, session, value)
  await useCase.audit(principal, 'sign-in', `user:${user.userName}`, { way, address: visitor.address, user: user.id })
  return principal
}

async function endPresented({ store }: UseCase, visitor: Visitor): Promise<void> {
  const presented = visitor.cookie('session')
  const found = presented === undefined ? undefined : await store.signIn.sessions.find(presented, sessionLimits.idleMs)
  if (found !== undefined) await store.signIn.sessions.end(found.session.id)
}

/** Who is behind a cookie; undefined when the session is unknown or over. */
export async function principalBehind(
  { store }: Pick<UseCase, 'store'>,
  value: string,
): Promise<Principal | undefined> {
  const found = await store.signIn.sessions.find(value, sessionLimits.idleMs)
  return found === undefined ? undefined : principalOf(found.user, found.session, value)
}

/** The session goes on under a new value: what was known of the old one is worth nothing any more. */
export async function renewSession(useCase: UseCase, caller: Caller): Promise<void> {
  const { session } = caller.principal
  if (session === undefined || caller.visitor === undefined) return
  const value = await useCase.store.signIn.sessions.renew(session.id)
  if (value !== undefined) caller.visitor.keep('session', value, session.expiresAt - useCase.clock.now())
}

/** How the audit log names a user. */
export function actorOf({ kind, userName }: Pick<User, 'kind' | 'userName'>): string {
  return `${kind === 'oidc' ? 'sso' : 'user'}:${userName}`
}

function principalOf(user: User, session: Session, value: string): Principal {
  return {
    name: actorOf(user),
    ...rightsOf(user.grants),
    user: {
      id: user.id,
      userName: user.userName,
      ...(user.displayName === undefined ? {} : { displayName: user.displayName }),
    },
    session: {
      id: session.id,
      csrfToken: csrfTokenOf(value),
      expiresAt: session.expiresAt,
      mustChangePassword: user.mustChangePassword,
    },
  }
}

/** Follows from the cookie, which no other site can read, and tells nothing about it. */
function csrfTokenOf(sessionValue: string): string {
  return createHash('sha256').update(`csrf ${sessionValue}`).digest('base64url')
}

export function meView(
  { store, version }: UseCase,
  { name, roles, onConnections = {}, user, session }: Principal,
): MeView {
  return {
    name,
    displayName: user?.displayName ?? user?.userName,
    roles: [...roles],
    onConnections: Object.fromEntries(Object.entries(onConnections).map(([key, held]) => [key, [...held]])),
    user: user?.id,
    session: session === undefined ? undefined : { ...session, expiresAt: isoTime(session.expiresAt) },
    version,
    instanceId: store.instanceId,
  }
}
