import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import type { Attempt } from '../../kit/data-center/attempt.ts'
import type { Turns } from '../../kit/waiting.ts'
import type { Client } from './client.ts'
import type { Reads } from './reads.ts'

/** Carries out one order. */
export type Write = (order: Order, context: ApplyContext, writing: Writing) => Promise<Applied>

/** What all writes of one instance share. */
export interface Writing {
  readonly client: Client
  readonly reads: Reads
  /** Writes of one group, and of one account, go one after the other. */
  readonly turns: Turns
  /** One write, judged by what is true afterwards. */
  carryOut(order: Order, attempt: Attempt): Promise<Applied>
}
