import type { ErrorCode } from '../domain/errors.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
}

export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped'

/** One line of the doctor: what was tried, what came out, what to do. Never holds a secret. */
export interface CheckStep {
  /** Short and stable, e.g. `sign-in`, `organization`, `read-users`. */
  readonly name: string
  readonly status: CheckStatus
  readonly message: string
  readonly remedy?: string
  /** The code a run would end with because of this step. */
  readonly code?: ErrorCode
}

/**
 * How memberships arrive: on every user (`memberOf`), on every group (`members`), or one group at a time by `members()`.
 * With `users` a complete read of users is a complete read of all memberships.
 */
export type MembershipsComeWith = 'users' | 'groups' | 'calls'
