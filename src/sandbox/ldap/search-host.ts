import type { Clock } from '../../platform/clock.ts'
import type { Faults } from '../server/faults.ts'
import type { LdapCounters } from './counters.ts'
import type { Directory } from './directory.ts'
import type { LdapFault } from './faults.ts'
import type { Flavour } from './flavours/flavour.ts'
import type { Result } from './protocol.ts'
import type { OperationState, Session } from './session.ts'

/** A page of a search that was answered. */
export interface PageEvent {
  readonly base: string
  readonly filter: string
  /** From 1. */
  readonly page: number
  readonly dns: readonly string[]
}

/** What a search needs from the server it is asked of. */
export interface SearchHost {
  readonly flavour: Flavour
  readonly directory: Directory
  readonly clock: Clock
  readonly hostName: string
  readonly counters: LdapCounters
  readonly faults: Faults<LdapFault>
  readonly sizeLimit: number | undefined
  readonly listingLimitMs: number | undefined
  readonly onPage: ((event: PageEvent) => void) | undefined
  nextCookie(): string
  strike(operation: string, texts: readonly string[], admits: (fault: LdapFault) => boolean): readonly LdapFault[]
  sufferBefore(
    session: Session,
    id: number,
    answerTag: number,
    faults: readonly LdapFault[],
    operation: OperationState,
  ): Promise<{ readonly goesOn: boolean; readonly result?: Result }>
}
