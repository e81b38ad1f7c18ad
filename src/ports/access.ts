import type { Instant } from '../domain/identity.ts'

export type Role = 'viewer' | 'operator' | 'approver' | 'admin'

export interface ApiToken {
  readonly id: string
  readonly name: string
  /** The first characters, to recognise it by. */
  readonly prefix: string
  readonly roles: readonly Role[]
  /** The roles count only there; absent = everywhere. */
  readonly connections?: readonly string[]
  /** Whose personal token it is. */
  readonly user?: { readonly id: string; readonly userName: string }
  readonly createdAt: Instant
  readonly expiresAt?: Instant
  readonly lastUsedAt?: Instant
}

/** Tokens of the API (D14). */
export interface AccessStore {
  /** Makes a 256-bit token; the value is returned this once and stored as SHA-256. */
  createToken(
    name: string,
    roles: readonly Role[],
    expiresAt?: Instant,
    more?: { readonly connections?: readonly string[] | undefined; readonly userId?: string | undefined },
  ): Promise<{ readonly token: ApiToken; readonly value: string }>
  /** All of them, or the personal ones of a user. */
  listTokens(userId?: string): Promise<readonly ApiToken[]>
  /** With a user: only one that belongs to them. */
  revokeToken(id: string, userId?: string): Promise<boolean>
  /**
   * The token behind a presented value, compared in constant time; undefined when unknown, expired or revoked, or when the
   * user it belongs to is disabled.
   */
  authenticate(value: string, now: Instant): Promise<ApiToken | undefined>
}
