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
  /** What the message says in numbers or in many lines. */
  readonly table?: CheckTable
}

/** Every row has a cell for each column. */
export interface CheckTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The people of a source, counted, for a doctor that is to say what they will meet. */
export interface Audience {
  readonly people: number
  /** Memberships of people in groups, also by way of other groups. */
  readonly memberships: number
  readonly groups: number
  /** People by the domain of their address, in small letters. */
  readonly mailDomains: ReadonlyMap<string, number>
}

/**
 * How memberships arrive: on every user (`memberOf`), on every group (`members`), or one group at a time by `members()`.
 * With `users` a complete read of users is a complete read of all memberships.
 */
export type MembershipsComeWith = 'users' | 'groups' | 'calls'
