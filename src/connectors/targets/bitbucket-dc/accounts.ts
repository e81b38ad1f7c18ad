import type { WritableAttribute } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { firstValue, foldKey } from '../../../domain/identity.ts'
import { isSuccess } from '../../kit/data-center/attempt.ts'
import { unknownPassword } from '../../kit/data-center/password.ts'
import { quoted } from '../../kit/data-center/refusals.ts'
import { required } from '../../kit/verdicts.ts'
import type { Client } from './client.ts'
import { gone, refuseOwnAccount, refuseReadOnly, type Write } from './writing.ts'

/** Accounts of Bitbucket's first writable directory. */

export const writableAttributes: readonly WritableAttribute[] = [
  {
    name: 'userName',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Name by which the person signs in to Bitbucket; changing it renames the account.',
  },
  {
    name: 'email',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Address of the account, matched with commits.',
  },
  { name: 'displayName', required: false, when: 'always', maxLength: 255, seen: 'Full name, everywhere in Bitbucket.' },
]

/**
 * With `users.notify` Bitbucket mails a link. Else it insists on a password in the address of the request, which ends in
 * its access log: one that nobody knows, replaced at once by another one, sent in a body.
 */
export const createAccount: Write = async (order, { signal, notify }, { sessions, reads, carryOut }) => {
  const { client } = sessions
  const emailAddress = required(firstValue(order.after?.email), 'address', order)
  const name = firstValue(order.after?.userName) ?? emailAddress
  const displayName = firstValue(order.after?.displayName) ?? name
  const made = await carryOut(order, {
    act: `Creating the account ${name}`,
    send: () => client.createUser({ name, displayName, emailAddress }, notify ? undefined : unknownPassword(), signal),
    // 204 without a body: the id is what a look shows.
    createdId: () => undefined,
    look: async () => {
      const user = await reads.userNamed(name, signal)
      if (user === undefined) return { holds: false }
      if (foldKey(user.emailAddress ?? '') === foldKey(emailAddress)) return { holds: true, createdId: String(user.id) }
      const taken = `Bitbucket has an account ${name} already, with another address.`
      const hint = 'Match by user name, or give this person another one; the next run decides.'
      return { holds: false, because: fail.conflict(taken, { hint }) }
    },
  })
  if (!notify && made.outcome === 'applied') await replacePassword(client, name, signal)
  return made
}

/** The first password stood in an address, so that it is worth nothing only when it is replaced. */
async function replacePassword(client: Client, name: string, signal: AbortSignal): Promise<void> {
  const answer = await client.setPassword(name, unknownPassword(), signal)
  if (isSuccess(answer)) return
  throw fail.rejected(`The account ${name} was created, but its first password was not replaced: ${quoted(answer)}.`, {
    hint: 'That password stands in the access log of Bitbucket, and nowhere else: set another one there.',
  })
}

export const updateAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const { client } = sessions
  const user = (await reads.lookAt(id, signal))?.user
  if (user === undefined) throw gone(id)
  refuseOwnAccount(user, session)
  refuseReadOnly(user, user.mutableDetails)
  const wanted = firstValue(order.after?.userName)
  let name = user.name
  if (wanted !== undefined && foldKey(wanted) !== foldKey(name)) {
    const renamed = await carryOut(order, {
      act: `Renaming the account to ${wanted}`,
      send: () => client.rename(name, wanted, signal),
      look: async () => ({ holds: (await reads.userNamed(wanted, signal))?.id === user.id }),
    })
    reads.renamed(id, wanted)
    name = wanted
    if (order.after?.displayName === undefined && order.after?.email === undefined) return renamed
  }
  const displayName = firstValue(order.after?.displayName) ?? user.displayName ?? name
  const email = firstValue(order.after?.email) ?? user.emailAddress ?? ''
  reads.forget(id)
  return carryOut(order, {
    act: 'Changing the account',
    send: () => client.updateUser({ name, displayName, email }, signal),
    look: async () => {
      const now = (await reads.lookAt(id, signal, true))?.user
      if (now === undefined) return { gone: `Bitbucket has no account ${id} any more` }
      return { holds: now.displayName === displayName && now.emailAddress === email }
    },
  })
}

/** The name is free again afterwards; Bitbucket keeps what the person wrote. */
export const deleteAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const user = (await reads.lookAt(id, signal, true))?.user
  if (user === undefined) return { seq: order.seq, outcome: 'alreadyTrue' }
  refuseOwnAccount(user, session)
  refuseReadOnly(user, user.deletable)
  reads.forget(id)
  return carryOut(order, {
    act: `Deleting the account ${user.name}`,
    send: () => sessions.client.deleteUser(user.name, signal),
    look: async () => ({ holds: (await reads.lookAt(id, signal, true)) === undefined }),
  })
}
