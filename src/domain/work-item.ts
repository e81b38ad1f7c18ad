import type { Choice, Subject } from './decision.ts'
import type { HoldReason } from './reason.ts'

/** Something that waits for a person's decision; nothing is planned or sent for it. */
export interface WorkItem {
  readonly reason: HoldReason
  /** Stable name of the person, account or group it is about, so that it is opened once. */
  readonly subject: string
  readonly label: string
  /** One sentence for the person who decides. */
  readonly message: string
  /** Labels of what it could be about, for reading. */
  readonly candidates?: readonly string[]
  /** What a decision would be about; absent where only the source or the rules can be corrected. */
  readonly about?: Subject
  /** What can be decided; each is complete, so that nobody types an id by heart. */
  readonly choices?: readonly Choice[]
}
