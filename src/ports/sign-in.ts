import type { Instant } from '../domain/identity.ts'
import type { IdentityStore } from './identities.ts'
import type { PageRequest, Slice } from './paging.ts'

/** People who sign in to Muster, their sessions and what guards the door. One implementation for both stores. */
export interface SignInStore {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly codes: SignInCodes
  readonly attempts: SignInAttempts
  readonly identities: IdentityStore
}

/** A role everywhere, or on one connection (D14). */
export interface Grant {
  readonly role: 'viewer' | 'operator' | 'approver' | 'admin'
  /** Absent = everywhere. */
  readonly connection?: string
}

export interface User {
  readonly id: string
  readonly userName: string
  readonly displayName?: string
  /** `oidc` = belongs to the identity provider: no password here, and roles come from its groups at every sign-in. */
  readonly kind: 'local' | 'oidc'
  readonly grants: readonly Grant[]
  readonly hasPassword: boolean
  readonly mustChangePassword: boolean
  readonly createdAt: Instant
  readonly disabledAt?: Instant
  readonly lastSignedInAt?: Instant
}

export interface NewUser {
  readonly userName: string
  readonly displayName?: string | undefined
  /** Absent = cannot sign in by password. */
  readonly passwordHash?: string | undefined
  readonly mustChangePassword?: boolean
  readonly grants: readonly Grant[]
}

export interface UserPatch {
  readonly displayName?: string | undefined
  readonly grants?: readonly Grant[] | undefined
  readonly isDisabled?: boolean | undefined
  readonly password?: { readonly hash: string; readonly mustChange: boolean } | undefined
}

export interface UserStore {
  /** Whether anybody was ever made; until then the set-up is open. */
  any(): Promise<boolean>
  list(page: PageRequest): Promise<Slice<User>>
  get(id: string): Promise<User | undefined>
  /** A local user by name, in whatever letter case. */
  byName(userName: string): Promise<User | undefined>
  passwordHash(id: string): Promise<string | undefined>
  /** Throws `conflict` when the name is taken. */
  create(user: NewUser, by: string): Promise<User>
  /** Spends the set-up code and makes the first user, in one step; says why not. */
  createFirst(code: string, user: NewUser): Promise<User | 'wrong-code' | 'already-set-up'>
  /**
   * Undefined when there is no such user. Throws `conflict` when afterwards nobody enabled would be an administrator
   * everywhere although somebody is now; people of an identity provider count only where `singleSignOn` lets them in.
   */
  update(
    id: string,
    patch: UserPatch,
    by: string,
    doors?: { readonly singleSignOn: boolean },
  ): Promise<User | undefined>
  /** Makes or updates the user that an identity provider vouches for; what was disabled here stays disabled. */
  recordExternal(
    user: { readonly subject: string; readonly userName: string; readonly displayName?: string | undefined } & {
      readonly grants: readonly Grant[]
    },
  ): Promise<User>
  noteSignIn(id: string): Promise<void>
  /** Takes all roles away until the identity provider vouches for the user anew, even from the last administrator. */
  dropGrants(id: string, by: string): Promise<void>
}

export interface Session {
  readonly id: string
  readonly userId: string
  readonly way: 'set-up' | 'password' | 'link' | 'oidc'
  readonly address?: string
  /** What the browser calls itself. */
  readonly agent?: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly lastUsedAt: Instant
}

export interface SessionStore {
  /** Makes a session with a 256-bit value, returned this once and stored as SHA-256. */
  begin(
    session: Pick<Session, 'userId' | 'way' | 'expiresAt'> & {
      readonly address?: string | undefined
      readonly agent?: string | undefined
    },
  ): Promise<{ readonly session: Session; readonly value: string }>
  /** The session of a presented value and its user; undefined when unknown, ended, over, idle too long or of a disabled user. */
  find(value: string, idleMs: number): Promise<{ readonly session: Session; readonly user: User } | undefined>
  /** Sessions that could still be used, the newest first. */
  list(userId: string, idleMs: number): Promise<readonly Session[]>
  /** A new value for the same session; the old one ends with it. Undefined when the session is gone. */
  renew(id: string): Promise<string | undefined>
  end(id: string): Promise<boolean>
  /** Ends those of a user but the one named; returns how many. */
  endAll(userId: string, exceptId?: string): Promise<number>
}

export interface SignInCodes {
  /** Keeps a code under its hash. A new code for the set-up leaves those of other instances valid. */
  keep(code: string, purpose: 'set-up' | 'link', expiresAt: Instant, userId?: string): Promise<void>
  /** The user of a link, once. */
  spendLink(code: string): Promise<User | undefined>
}

export interface AttemptLimit {
  readonly key: string
  /** How long to wait after so many failures, the last one at `lastAt`; 0 = go on. */
  waitMs(failures: number, lastAt: Instant): number
}

export interface SignInAttempts {
  /**
   * Counts an attempt as failed before it is judged, so that many at once are counted, too. Returns how long to wait
   * instead when a limit is reached; then nothing is counted.
   */
  begin(limits: readonly AttemptLimit[]): Promise<number>
  /** It succeeded: forgets the failures under `forgiven`, and takes this attempt alone back under `counted`. */
  succeed(forgiven: readonly string[], counted: readonly string[]): Promise<void>
}
