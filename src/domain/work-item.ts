import type { HoldReason } from './reason.ts'

/** Something that waits for a person's decision; nothing is planned or sent for it. */
export interface WorkItem {
  readonly reason: HoldReason
  /** Stable name of the person, account or group it is about, so that it is opened once. */
  readonly subject: string
  readonly label: string
  /** One sentence for the person who decides. */
  readonly message: string
  /** Ids or labels to choose from. */
  readonly candidates?: readonly string[]
}
