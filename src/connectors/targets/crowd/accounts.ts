import type { WritableAttribute } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { type Attributes, firstValue, foldKey } from '../../../domain/identity.ts'
import type { Applied, Order } from '../../../ports/target.ts'
import { idOf } from '../../kit/crowd/reader.ts'
import { type CrowdUser, user as userSchema } from '../../kit/crowd/schemas.ts'
import { unknownPassword } from '../../kit/data-center/password.ts'
import { required } from '../../kit/verdicts.ts'
import type { Write, Writing } from './writing.ts'

/** Accounts of the first directory of the application that lets it create them; the directory cannot be chosen (CWD-3050). */

export const writableAttributes: readonly WritableAttribute[] = [
  {
    name: 'userName',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Name by which the person signs in to every application of Crowd; changing it renames the account.',
  },
  {
    name: 'email',
    required: true,
    when: 'always',
    maxLength: 255,
    seen: 'Address of the account, in every application.',
  },
  { name: 'displayName', required: false, when: 'always', maxLength: 255, seen: 'Full name, in every application.' },
  { name: 'givenName', required: false, when: 'always', maxLength: 255, seen: 'First name, in Crowd.' },
  { name: 'familyName', required: false, when: 'always', maxLength: 255, seen: 'Last name, in Crowd.' },
]

/** Target attribute -> field of Crowd. */
const fields = {
  email: 'email',
  displayName: 'display-name',
  givenName: 'first-name',
  familyName: 'last-name',
} as const

function fieldsOf(after: Attributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = after[name]
      return value === undefined ? [] : [[field, firstValue(value) ?? '']]
    }),
  )
}

/** Crowd insists on a password: one that nobody knows. "Exists" is 400 here, like everything that is wrong. */
export const createAccount: Write = async (order, { signal }, { client, reads, carryOut }) => {
  const after = order.after ?? {}
  const email = required(firstValue(after.email), 'address', order)
  const name = firstValue(after.userName) ?? email
  const displayName = firstValue(after.displayName) ?? name
  const body = {
    'first-name': displayName.split(' ')[0] ?? '',
    'last-name': displayName.split(' ').slice(1).join(' ') || displayName,
    'display-name': displayName,
    ...fieldsOf(after),
    name,
    active: true,
  }
  return carryOut(order, {
    act: `Creating the account ${name}`,
    send: () => client.createUser(body, unknownPassword(), signal),
    createdId: ({ json }) => {
      const made = userSchema.safeParse(json).data
      return made?.key ? reads.noteMade(made) : undefined
    },
    look: async () => {
      const user = await client.user({ username: name }, signal)
      if (user === undefined) return { holds: false }
      if (foldKey(user.email ?? '') === foldKey(email)) return { holds: true, createdId: idOf(user) }
      const taken = `Crowd has an account ${name} already, with another address.`
      const hint = 'Match by user name, or give this person another one; the next run decides.'
      return { holds: false, because: fail.conflict(taken, { hint }) }
    },
  })
}

/** The name first, by a call of its own; then everything else in one. */
export const updateAccount: Write = async (order, { signal }, writing) => {
  const id = required(order.accountId, 'account', order)
  const { client, reads, carryOut } = writing
  const wanted = firstValue(order.after?.userName)
  const name = await reads.nameOf(id, signal)
  if (name === undefined) throw gone(id)
  if (wanted !== undefined && foldKey(wanted) !== foldKey(name)) {
    const renamed = await carryOut(order, {
      act: `Renaming the account to ${wanted}`,
      send: () => client.rename(name, wanted, signal),
      look: async () => {
        const now = await reads.userNow(id, signal)
        return now === undefined ? { gone: `Crowd has no account ${id} any more` } : { holds: now.name === wanted }
      },
    })
    reads.forgetName(id)
    if (Object.keys(fieldsOf(order.after ?? {})).length === 0) return renamed
  }
  return written(order, id, fieldsOf(order.after ?? {}), writing, signal)
}

export const deactivate: Write = (order, { signal }, writing) =>
  written(order, required(order.accountId, 'account', order), { active: false }, writing, signal)
export const activate: Write = (order, { signal }, writing) =>
  written(order, required(order.accountId, 'account', order), { active: true }, writing, signal)

/** Crowd blanks what a PUT omits: the account is read, changed and written as a whole, with nobody of ours in between. */
async function written(
  order: Order,
  id: string,
  change: Readonly<Record<string, string | boolean>>,
  { client, reads, turns, carryOut }: Writing,
  signal: AbortSignal,
): Promise<Applied> {
  return turns.take(`account ${id}`, async () => {
    const user = await reads.userNow(id, signal)
    if (user === undefined) throw gone(id)
    if (isSo(user, change)) return { seq: order.seq, outcome: 'alreadyTrue' }
    return carryOut(order, {
      act:
        change.active === false
          ? 'Deactivating the account'
          : change.active
            ? 'Reactivating the account'
            : 'Changing the account',
      send: () => client.putUser(user.name, { ...wholeOf(user), ...change }, signal),
      look: async () => {
        const now = await reads.userNow(id, signal)
        return now === undefined ? { gone: `Crowd has no account ${id} any more` } : { holds: isSo(now, change) }
      },
    })
  })
}

function wholeOf(user: CrowdUser): Record<string, string | boolean> {
  return {
    name: user.name,
    active: user.active !== false,
    'first-name': user['first-name'] ?? '',
    'last-name': user['last-name'] ?? '',
    'display-name': user['display-name'] ?? '',
    email: user.email ?? '',
  }
}

function isSo(user: CrowdUser, change: Readonly<Record<string, string | boolean>>): boolean {
  const whole = wholeOf(user)
  return Object.entries(change).every(([field, value]) => whole[field] === value)
}

export const deleteAccount: Write = async (order, { signal }, { client, reads, carryOut }) => {
  const id = required(order.accountId, 'account', order)
  const name = (await reads.userNow(id, signal))?.name
  if (name === undefined) return { seq: order.seq, outcome: 'alreadyTrue' }
  return carryOut(order, {
    act: `Deleting the account ${name}`,
    send: () => client.deleteUser(name, signal),
    look: async () => ({ holds: (await reads.userNow(id, signal)) === undefined }),
  })
}

export function gone(id: string) {
  return fail.gone(`Crowd has no account ${id} any more.`)
}
