import { fail } from '../../../domain/errors.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import type { Attempt } from '../../kit/data-center/attempt.ts'
import type { Turns } from '../../kit/waiting.ts'
import type { Reads } from './reads.ts'
import type { Session, Sessions } from './session.ts'
import { ownAccountReason } from './translate.ts'

/** Carries out one order. */
export type Write = (order: Order, context: ApplyContext, writing: Writing) => Promise<Applied>

/** What all writes of one instance share. */
export interface Writing {
  readonly sessions: Sessions
  readonly session: Session
  readonly reads: Reads
  /** Writes of one group go one after the other. */
  readonly turns: Turns
  /** One write, judged by what is true afterwards. */
  carryOut(order: Order, attempt: Attempt): Promise<Applied>
}

export function refuseOwnAccount(accountId: string, { ownKey }: Session): void {
  if (accountId === ownKey) throw fail.notWritable(`Refused: ${ownAccountReason}.`)
}
