import { fail } from '../../../domain/errors.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { applied, holds, required } from '../verdicts.ts'
import {
  asObjectError,
  causeOf,
  explained403,
  isSuccess,
  refuseOwnAccount,
  type Write,
  type Writing,
} from './writing.ts'

/** Ends the person's access to everything of this directory; groups and roles are remembered. */
export const suspend: Write = (order, context, writing) => setActive(order, context, writing, false)

/** Gives it back, with the groups and roles of before. */
export const restore: Write = (order, context, writing) => setActive(order, context, writing, true)

async function setActive(order: Order, { signal }: ApplyContext, writing: Writing, active: boolean): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const { org } = writing.session
  if (org === undefined) throw fail.bug('Deactivation was offered without an organization key.')
  if (!active) refuseOwnAccount(id, writing.session)
  const answer = active ? await org.restore(id, signal) : await org.suspend(id, signal)
  if (isSuccess(answer)) return applied(order)
  const act = active ? 'Reactivating the account' : 'Deactivating the account'
  if (answer.status === 403) throw await explained403(answer, act, writing, signal)
  const now = (await writing.reads.accountsNow([id], signal)).get(id)
  if (now === undefined) throw fail.gone(`The account ${id} is no longer in the directory.`, { cause: causeOf(answer) })
  if ((now.account.state === 'active') === active) return holds(order, answer)
  if (active && now.account.state === 'disabled') {
    throw fail.rejected(
      'The whole Atlassian account is deactivated, not only suspended here; it must be reactivated in Atlassian Administration.',
      { cause: causeOf(answer) },
    )
  }
  throw asObjectError(org.api.refusal(answer, act))
}
