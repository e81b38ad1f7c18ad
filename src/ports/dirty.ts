import type { Instant } from '../domain/identity.ts'

/** Something of a source that changed and that a connection has not looked at yet; `all` = everything may differ. */
export interface DirtyRecord {
  readonly kind: 'user' | 'group' | 'all'
  readonly key: string
  /** Grows with every change: whoever finishes an older one finishes nothing. */
  readonly no: number
}

/**
 * What was pushed and is still to be delivered. A push notes itself in its own transaction, so whatever was answered with
 * success stands here until a connection that follows the source has looked at it.
 */
export interface DirtyStore {
  /**
   * Moves what was pushed since into the sets of these connections, once, whoever else asks at the same moment. What no
   * connection follows is forgotten. Returns how many records there were.
   */
  gather(followers: readonly { readonly key: string; readonly source: string }[]): Promise<number>
  /** How much waits, of each connection for which anything does; `last` = the newest number. */
  tally(): Promise<
    readonly {
      readonly connection: string
      readonly urgent: number
      readonly others: number
      readonly last: number
    }[]
  >
  /** The oldest first. Urgent = somebody was switched off or on, deleted, brought back, or lost a group. */
  list(connection: string, urgent: boolean, limit: number): Promise<readonly DirtyRecord[]>
  /** Records that were looked at; one that changed meanwhile stays. */
  done(connection: string, records: readonly DirtyRecord[]): Promise<void>
  /** A whole run has read everything up to a number, or whatever was noted before an instant. */
  readAsAWhole(connection: string, read: { readonly last: number } | { readonly before: Instant }): Promise<void>
  /** Notes that these people and accounts were planned by themselves; see `plannedSince`. */
  planned(connection: string, subjects: readonly string[], at: Instant): Promise<void>
  /** Of these subjects those that were planned by themselves after an instant: an older plan leaves them alone. */
  plannedSince(connection: string, subjects: readonly string[], since: Instant): Promise<ReadonlySet<string>>
}
