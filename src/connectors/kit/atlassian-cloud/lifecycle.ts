import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Applied, Order } from '../../../ports/target.ts'
import { applied, holds, required } from '../verdicts.ts'
import type { AccountClient } from './account-client.ts'
import { whyNotManaged } from './managed.ts'
import { asObjectError, explained403, isSuccess, refuseOwnAccount, type Write, type Writing } from './writing.ts'

/** The whole Atlassian account, in every organization it is in: only where the organization owns it. */
export const disable: Write = (order, { signal }, writing) => setEnabled(order, writing, false, signal)
export const enable: Write = (order, { signal }, writing) => setEnabled(order, writing, true, signal)

async function setEnabled(order: Order, writing: Writing, enabled: boolean, signal: AbortSignal): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const accounts = managed(writing)
  refuseOwnAccount(id, writing.session)
  const answer = enabled ? await accounts.enable(id, signal) : await accounts.disable(id, signal)
  if (isSuccess(answer)) return applied(order)
  const now = (await writing.reads.accountsNow([id], signal)).get(id)?.account
  if (now !== undefined && (now.state !== 'disabled') === enabled) return holds(order, answer)
  if (enabled && now?.toBeDeleted === true) {
    throw fail.rejected(
      'The account is going to be deleted; somebody has to cancel that in Atlassian Administration.',
      {
        cause: new Error(`HTTP ${answer.status}`),
      },
    )
  }
  const act = enabled ? 'Enabling the account' : 'Disabling the account'
  throw await whyNotManaged(answer, act, id, accounts, signal)
}

/**
 * An account the organization owns is deleted, final after 14 days; any other is taken out of the directory, which is all
 * that can be done about it.
 */
export const deleteAccount: Write = async (order, { signal }, writing) => {
  const id = required(order.accountId, 'account', order)
  const { session, reads } = writing
  refuseOwnAccount(id, session)
  const account = (await reads.accountsNow([id], signal)).get(id)?.account
  if (account === undefined || account.toBeDeleted === true) {
    return { seq: order.seq, outcome: 'alreadyTrue' }
  }
  return account.managed === true
    ? deleteManaged(order, id, writing, signal)
    : removeFromDirectory(order, id, writing, signal)
}

async function deleteManaged(order: Order, id: string, writing: Writing, signal: AbortSignal): Promise<Applied> {
  const accounts = managed(writing)
  const answer = await accounts.delete(id, signal)
  if (isSuccess(answer)) return applied(order)
  if (await isLeaving(id, writing, signal)) return holds(order, answer)
  throw await whyNotManaged(answer, 'Deleting the account', id, accounts, signal)
}

async function removeFromDirectory(order: Order, id: string, writing: Writing, signal: AbortSignal): Promise<Applied> {
  const { org } = writing.session
  if (org === undefined) throw fail.bug('Removal was offered without an organization key.')
  const answer: HttpAnswer = await org.removeUser(id, signal)
  if (isSuccess(answer)) return applied(order)
  const act = 'Removing the account from the directory'
  if (answer.status === 403) throw await explained403(answer, act, writing, signal)
  if (await isLeaving(id, writing, signal)) return holds(order, answer)
  throw asObjectError(org.api.refusal(answer, act))
}

async function isLeaving(id: string, { reads }: Writing, signal: AbortSignal): Promise<boolean> {
  const now = (await reads.accountsNow([id], signal)).get(id)?.account
  return now === undefined || now.toBeDeleted === true
}

function managed({ session }: Writing): AccountClient {
  if (session.accounts === undefined) {
    throw fail.notWritable('The organization owns this account, and the organization API key does not reach it.', {
      hint: 'Use an organization API key without scopes.',
    })
  }
  return session.accounts
}
