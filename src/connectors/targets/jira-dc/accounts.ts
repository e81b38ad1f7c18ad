import type { WritableAttribute } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { type Attributes, firstValue, foldKey } from '../../../domain/identity.ts'
import type { ApplyContext, Order } from '../../../ports/target.ts'
import { unknownPassword } from '../../kit/data-center/password.ts'
import { required } from '../../kit/verdicts.ts'
import { createdUser } from './schemas.ts'
import { refuseOwnAccount, type Write, type Writing } from './writing.ts'

/** Accounts of Jira's first writable directory; those of LDAP or Crowd are read-only here and are refused by Jira. */

export const writableAttributes: readonly WritableAttribute[] = [
  {
    name: 'userName',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Name by which the person signs in to Jira; changing it renames the account, its history stays.',
  },
  {
    name: 'email',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Address of the account, where Jira sends mail.',
  },
  {
    name: 'displayName',
    required: false,
    when: 'always',
    maxLength: 255,
    seen: 'Full name, shown everywhere in Jira.',
  },
]

/** Target attribute -> field of Jira. */
const fields = { userName: 'name', email: 'emailAddress', displayName: 'displayName' } as const

function bodyOf(after: Attributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = firstValue(after[name])
      return value === undefined ? [] : [[field, value]]
    }),
  )
}

/**
 * Without an application: people get into those by groups. The password is one that nobody knows, so that nobody signs in
 * by it; Jira mails only when asked to.
 */
export const createAccount: Write = async (order, { signal, notify }, { sessions, reads, carryOut }) => {
  const after = order.after ?? {}
  const email = required(firstValue(after.email), 'address', order)
  const userName = firstValue(after.userName) ?? email
  const password = unknownPassword()
  const body = {
    ...bodyOf({ ...after, userName, displayName: firstValue(after.displayName) ?? userName }),
    applicationKeys: [],
    ...(notify ? { notification: 'true' } : {}),
  }
  return carryOut(order, {
    act: `Creating the account ${userName}`,
    send: () => sessions.client.createUser(body, password, signal),
    createdId: ({ json }) => createdUser.safeParse(json).data?.key,
    look: async () => {
      const user = await sessions.client.user({ username: userName }, signal)
      if (user === undefined) return { holds: false }
      if (foldKey(user.emailAddress ?? '') === foldKey(email)) return { holds: true, createdId: user.key }
      const taken = `Jira has an account ${userName} already, with another address.`
      const hint = 'Match by user name, or give this person another one; the next run decides.'
      await reads.accountsNow([user.key], signal)
      return { holds: false, because: fail.conflict(taken, { hint }) }
    },
  })
}

export const updateAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  refuseOwnAccount(id, session)
  const body = bodyOf(order.after ?? {})
  if (body.name !== undefined) reads.forgetName(id)
  return carryOut(order, {
    act: 'Changing the account',
    send: () => sessions.client.updateUser(id, body, signal),
    look: async () => {
      const account = (await reads.accountsNow([id], signal)).get(id)?.account
      if (account === undefined) return { gone: `Jira has no account ${id} any more` }
      const now = { name: account.userName, emailAddress: account.email, displayName: account.displayName }
      return { holds: Object.entries(body).every(([field, value]) => now[field as keyof typeof now] === value) }
    },
  })
}

export const deactivate: Write = async (order, context, writing) => {
  refuseOwnAccount(required(order.accountId, 'account', order), writing.session)
  const applied = await setActive(order, context, writing, false)
  await endSessions(order, context, writing)
  return applied
}

export const activate: Write = (order, context, writing) => setActive(order, context, writing, true)

/** Looked at afterwards: old versions answer well and do nothing. */
async function setActive(
  order: Order,
  { signal }: ApplyContext,
  { sessions, reads, carryOut }: Writing,
  active: boolean,
) {
  const id = required(order.accountId, 'account', order)
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw fail.gone(`Jira has no account ${id} any more.`)
  return carryOut(order, {
    act: active ? 'Reactivating the account' : 'Deactivating the account',
    send: () => sessions.client.updateUser(id, { name, active }, signal),
    isDoubted: true,
    look: async () => {
      const now = (await reads.accountsNow([id], signal)).get(id)?.account
      if (now === undefined) return { gone: `Jira has no account ${id} any more` }
      return { holds: (now.state === 'active') === active }
    },
  })
}

/** Whoever is signed in stays so until the session ends; that it could not be ended does not undo the deactivation. */
async function endSessions(order: Order, { signal }: ApplyContext, { sessions, reads }: Writing): Promise<void> {
  const name = await reads.nameOf(required(order.accountId, 'account', order), signal)
  if (name === undefined) return
  const answer = await sessions.client.endSessions(name, signal)
  if (answer.status >= 300 && answer.status !== 404) {
    sessions.server.log('sessions of a deactivated account were not ended', { status: answer.status })
  }
}

/** Refused by Jira while the person reported or is assigned to something: deactivate instead. */
export const deleteAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  refuseOwnAccount(id, session)
  return carryOut(order, {
    act: 'Deleting the account',
    send: () => sessions.client.deleteUser(id, signal),
    look: async () => ({ holds: !(await reads.accountsNow([id], signal)).has(id) }),
  })
}
