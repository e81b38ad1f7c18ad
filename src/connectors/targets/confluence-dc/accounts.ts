import type { WritableAttribute } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { firstValue, foldCase } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { unknownPassword } from '../../kit/data-center/password.ts'
import { required } from '../../kit/verdicts.ts'
import { settled } from '../../kit/waiting.ts'
import { created, submitted } from './schemas.ts'
import { gone, refuseOwnAccount, type Write, type Writing } from './writing.ts'

/** Accounts of Confluence's first writable directory; those of LDAP or Crowd are read-only here. */

export const writableAttributes: readonly WritableAttribute[] = [
  {
    name: 'userName',
    required: true,
    when: 'create',
    maxLength: 255,
    seen: 'Name by which the person signs in to Confluence, in small letters; it cannot be changed afterwards.',
  },
  {
    name: 'email',
    required: true,
    when: 'create',
    maxLength: 255,
    seen: 'Address of the account. Confluence does not tell addresses, so it is set once and not compared.',
  },
  {
    name: 'displayName',
    required: false,
    when: 'always',
    maxLength: 255,
    seen: 'Full name, everywhere in Confluence.',
  },
]

const forbiddenInNames = /[\\,+<>'"\s]/

/** With `users.notify` Confluence mails a link to set a password; else it gets one that nobody knows. */
export const createAccount: Write = async (order, { signal, notify }, { sessions, carryOut }) => {
  const email = required(firstValue(order.after?.email), 'address', order)
  const userName = foldCase(firstValue(order.after?.userName) ?? email)
  if (forbiddenInNames.test(userName) || userName === 'anonymous') {
    throw fail.rejected(`Confluence takes no user name ${userName}: blanks and \\ , + < > ' " are not allowed in it.`, {
      hint: 'Replace these characters in the mapping of userName.',
    })
  }
  const body = { userName, fullName: firstValue(order.after?.displayName) ?? userName, email }
  return carryOut(order, {
    act: `Creating the account ${userName}`,
    send: () => sessions.client.createUser(body, notify ? undefined : unknownPassword(), signal),
    createdId: ({ json }) => created.safeParse(json).data?.userKey,
    look: async () => {
      const person = await sessions.client.user({ username: userName }, signal)
      return person === undefined ? { holds: false } : { holds: true, createdId: person.userKey }
    },
  })
}

export const updateAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  refuseOwnAccount(id, session)
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw gone(id)
  const fullName = firstValue(order.after?.displayName)
  const email = firstValue(order.after?.email)
  const body = { ...(fullName === undefined ? {} : { fullName }), ...(email === undefined ? {} : { email }) }
  return carryOut(order, {
    act: 'Changing the account',
    send: () => sessions.client.updateUser(name, body, signal),
    look: async () => {
      const now = (await reads.accountsNow([id], signal)).get(id)?.account
      if (now === undefined) return { gone: `Confluence has no account ${id} any more` }
      return { holds: email === undefined && (fullName === undefined || now.displayName === fullName) }
    },
  })
}

export const deactivate: Write = async (order, context, writing) => {
  refuseOwnAccount(required(order.accountId, 'account', order), writing.session)
  return setEnabled(order, context, writing, false)
}
export const activate: Write = (order, context, writing) => setEnabled(order, context, writing, true)

async function setEnabled(
  order: Order,
  { signal }: ApplyContext,
  { sessions, reads, carryOut }: Writing,
  isEnabled: boolean,
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw gone(id)
  return carryOut(order, {
    act: isEnabled ? 'Reactivating the account' : 'Deactivating the account',
    send: () => sessions.client.setEnabled(name, isEnabled, signal),
    look: async () => {
      const now = (await reads.accountsNow([id], signal)).get(id)?.account
      if (now === undefined) return { gone: `Confluence has no account ${id} any more` }
      return { holds: (now.state === 'active') === isEnabled }
    },
  })
}

/** A long task: Confluence answers at once and deletes afterwards, which is waited for, up to a minute. */
export const deleteAccount: Write = async (order, { signal }, { sessions, session, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  refuseOwnAccount(id, session)
  const { client } = sessions
  const person = await client.user({ key: id }, signal)
  if (person === undefined) return { seq: order.seq, outcome: 'alreadyTrue' }
  const act = `Deleting the account ${person.username}`
  let taskId: string | undefined
  return carryOut(order, {
    act,
    isDoubted: true,
    send: async () => {
      const answer = await client.deleteUser(person.username, signal)
      taskId = submitted.safeParse(answer.json).data?.id
      return answer
    },
    look: async () => {
      const isOver = async () => {
        if (!(await reads.accountsNow([id], signal)).has(id)) return 'gone'
        const task = taskId === undefined ? undefined : await client.task(taskId, signal)
        return task?.successful === false && task.percentageComplete === 100 ? 'failed' : undefined
      }
      // Without a task there is nothing to wait for.
      const end = taskId === undefined ? await isOver() : await settled(client.server.clock, signal, isOver)
      if (end === 'gone') return { holds: true }
      if (end === 'failed') return { holds: false, because: fail.rejected(`${act} was given up by Confluence.`) }
      if (taskId === undefined) return { holds: false }
      const still = fail.unreachable(`${act} is still under way in Confluence.`, { mayHaveApplied: true })
      return { holds: false, because: still }
    },
  })
}
