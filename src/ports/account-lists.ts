import type { Instant } from '../domain/identity.ts'
import type { StandingDecision } from './exceptions.ts'
import type { PageRequest, Slice } from './paging.ts'

/** Lists of accounts behind which no record stands, as the last reads and the links tell. */
export const accountLists = ['unmanaged', 'orphaned'] as const
export type AccountList = (typeof accountLists)[number]

export type AccountState = 'active' | 'suspended' | 'disabled'

/** An account that nobody's record stands behind. */
export interface ListedAccount {
  readonly accountId: string
  readonly label: string
  readonly state: AccountState
  readonly stateSince: Instant
  /** Groups it is in. */
  readonly groups: number
  /** Of `orphaned`: the record it is linked to, and what became of that. */
  readonly source?: string
  readonly sourceKey?: string
  readonly why?: 'record-gone' | 'source-unused'
  /** Since when the record is known to be gone. */
  readonly goneSince?: Instant
  readonly decided?: StandingDecision
}

export interface AccountListFilter {
  readonly states?: readonly AccountState[] | undefined
  /** Part of a name or id, folded. */
  readonly text?: string | undefined
  /** Only what was decided about, or only what was not. */
  readonly decided?: boolean | undefined
  /** Only these accounts. */
  readonly accountIds?: readonly string[] | undefined
}

export interface AccountListStore {
  /**
   * In the order in which accounts were first seen. `source` = that of the connection; `sources` = all that connections into
   * the directory read: a link of any other has nobody behind it.
   */
  list(
    list: AccountList,
    at: {
      readonly connection: string
      readonly source: string
      readonly directoryKey: string
      readonly sources: readonly string[]
    },
    filter: AccountListFilter,
    page: PageRequest,
  ): Promise<Slice<ListedAccount>>
}
