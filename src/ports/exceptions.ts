import type { Exception, ExceptionDecision, ExceptionKind, ExceptionSubject } from '../domain/exception.ts'
import type { Instant } from '../domain/identity.ts'
import type { PageRequest, Slice } from './paging.ts'

/** What is decided about one thing; without a decision only what stood before ends. */
export interface Decided {
  readonly about: ExceptionSubject
  readonly decision?: ExceptionDecision
  /** What people call it. */
  readonly label: string
}

export interface KeptException extends Exception {
  readonly directoryKey: string
  readonly label: string
  readonly comment?: string
}

/** What was decided about something in a list, and still stands. */
export interface StandingDecision {
  readonly id: string
  readonly decision: ExceptionDecision
  readonly by: string
  readonly at: Instant
  readonly comment?: string
}

/** What people decided about single memberships, accounts and values; the planner reads them with its memory. */
export interface ExceptionStore {
  /** All of it or nothing. What was decided about the same thing before ends. */
  decide(
    connection: string,
    directoryKey: string,
    decided: readonly Decided[],
    by: string,
    comment: string | undefined,
  ): Promise<void>
  /** What stands, the newest first. */
  list(
    connection: string,
    filter: { readonly kinds?: readonly ExceptionKind[] | undefined; readonly ids?: readonly string[] },
    page: PageRequest,
  ): Promise<Slice<KeptException>>
  /** Ends what stands of a connection; returns how many did. */
  end(connection: string, ids: readonly string[], by: string): Promise<number>
}
