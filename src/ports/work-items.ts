import type { Instant } from '../domain/identity.ts'
import type { WorkItem } from '../domain/work-item.ts'
import type { PageRequest, Slice } from './paging.ts'

/** A work item as it is kept; people call it by its number. */
export interface KeptWorkItem extends WorkItem {
  readonly id: string
  readonly number: number
  readonly connection: string
  readonly openedAt: Instant
}

/** What waits for a decision of a person. */
export interface WorkItemStore {
  /** Opens items that are new, keeps those that stand, closes those of the connection that no longer do. */
  reconcile(
    connection: string,
    directoryKey: string,
    items: readonly WorkItem[],
    /** Only these were asked about; items about others stand. */
    subjects?: ReadonlySet<string>,
  ): Promise<void>
  /** Open ones, in the order they were opened. */
  list(
    filter: {
      readonly connection?: string | undefined
      /** Only items of these. */
      readonly connections?: readonly string[] | undefined
      readonly reason?: string | undefined
    },
    page: PageRequest,
  ): Promise<Slice<KeptWorkItem>>
  /** An open item by its number or id. */
  get(reference: string): Promise<KeptWorkItem | undefined>
}
