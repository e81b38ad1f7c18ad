import { fail } from '../../../domain/errors.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import type { Attempt } from '../../kit/data-center/attempt.ts'
import type { Turns } from '../../kit/waiting.ts'
import type { Reads } from './reads.ts'
import type { User } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { isOwn, ownAccountReason } from './translate.ts'

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

export function refuseOwnAccount(user: User, { own }: Session): void {
  if (isOwn(user, own)) throw fail.notWritable(`Refused: ${ownAccountReason}.`)
}

/** Bitbucket tells beforehand what a directory does not let us change: nothing is sent then. */
export function refuseReadOnly(user: User, isMutable: boolean | null | undefined): void {
  if (isMutable !== false) return
  throw fail.notWritable(
    `${user.name} comes from the directory ${user.directoryName ?? 'of somebody else'}, which is read-only here.`,
    {
      hint: 'Write to the directory that keeps it (Crowd, LDAP).',
    },
  )
}

export function gone(id: string) {
  return fail.gone(`Bitbucket has no account ${id} any more.`)
}
