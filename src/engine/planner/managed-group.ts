import type { DraftChange, DraftRef } from '../../domain/change.ts'
import type { Ownership } from '../../domain/connection.ts'
import type { GroupAccess } from './access/access-book.ts'

/** A source group that is received by a target group, and by which rule. */
export interface Receipt {
  /** Position in the source snapshot. */
  readonly group: number
  readonly rule: string
}

/** A target group that a rule of this connection fills. */
export interface ManagedGroup {
  readonly ref: DraftRef
  /** Position in the target snapshot, or -1 when this plan creates it. */
  readonly position: number
  readonly name: string
  readonly receipts: Receipt[]
  /** Where rules meet, the strictest keeper wins (D28). */
  ownership: Ownership
  /** Everybody who receives anything is in it. */
  defaultForAll: boolean
  /** New accounts are put in it once. */
  defaultForNew: boolean
  /** It is a default group of a product that people are let into (D20). */
  access?: GroupAccess
  /** The taking over of an existing group, which all its memberships wait for. */
  adoption?: DraftChange
}
