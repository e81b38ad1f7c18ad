import { asProvisioningError, fail } from '../../../domain/errors.ts'
import { type Attributes, firstValue, foldKey } from '../../../domain/identity.ts'
import { type LocalGroup, type LocalPerson, mailKey } from '../../../domain/local.ts'
import { newId } from '../../../platform/ids.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { Applied, Order } from '../../../ports/target.ts'
import { applied, required } from '../../kit/verdicts.ts'
import type { Directory } from './directory.ts'
import { takenNames, withAttributes, withCustom } from './translate.ts'

/** Carries out one order. Whatever is protected is not touched, and looked at in the moment of the write. */
export type Write = (order: Order, directory: Directory, signal: AbortSignal) => Promise<Applied>

const alreadyTrue = (order: Order, createdId?: string): Applied => ({
  seq: order.seq,
  outcome: 'alreadyTrue',
  ...(createdId === undefined ? {} : { createdId }),
})

export const createAccount: Write = async (order, directory, signal) => {
  const after = order.after ?? {}
  const mail = required(firstValue(after.email), 'address', order)
  const userName = firstValue(after.userName) ?? mail
  const [present] = await directory.ask('local.person.find', signal, (store, key) =>
    store.findPeople(key, { userNames: [userName] }),
  )
  if (present !== undefined) {
    if (mailKey(present) === foldKey(mail)) return alreadyTrue(order, present.key)
    throw fail.conflict(`The built-in directory has a person ${userName} already, with another address.`, {
      hint: 'Match by user name, or give this person another one; the next run decides.',
    })
  }
  const key = newId()
  const bare: LocalPerson = { key, userName, active: true, attributes: {} }
  const person = { ...(withAttributes(bare, after) ?? bare), ...(order.sourceKey ? { origin: order.sourceKey } : {}) }
  await written(directory, signal, 'person.create', (store, source) => store.savePerson(source, person))
  return applied(order, key)
}

export const updateAccount: Write = (order, directory, signal) =>
  changed(order, directory, signal, (person) => withAttributes(person, order.after ?? {}))

export const deactivate: Write = (order, directory, signal) => switched(order, directory, signal, false)
export const activate: Write = (order, directory, signal) => switched(order, directory, signal, true)

function switched(order: Order, directory: Directory, signal: AbortSignal, active: boolean): Promise<Applied> {
  return changed(order, directory, signal, (person) => (person.active === active ? undefined : { ...person, active }))
}

/** Attributes that people entered under such a name are theirs: they are not overwritten. */
export const updateCustom: Write = (order, directory, signal) => {
  const after: Attributes = order.after ?? {}
  const names = Object.keys(after).filter((name) => after[name] !== null)
  const taken = names.find((name) => takenNames.has(name))
  if (taken !== undefined) {
    throw fail.rejected(`The built-in directory has a place of its own for ${taken}.`, {
      hint: 'Give the custom attribute another id, or map this one in users.mapping.',
    })
  }
  return changed(order, directory, signal, (person) => {
    const foreign = names.find((name) => person.attributes[name] !== undefined && !person.kept?.includes(name))
    if (foreign === undefined) return withCustom(person, after)
    throw fail.conflict(
      `${person.userName} has an attribute ${foreign} that somebody entered in the built-in directory.`,
      {
        hint: 'Take it away there, or give the custom attribute another id.',
      },
    )
  })
}

export const deleteAccount: Write = async (order, directory, signal) => {
  const id = required(order.accountId, 'account', order)
  const person = await personOf(id, directory, signal)
  if (person === undefined) return alreadyTrue(order)
  refuseProtected(person, person.userName)
  await written(directory, signal, 'person.delete', (store, source) => store.removePerson(source, id))
  return applied(order)
}

export const createGroup: Write = async (order, directory, signal) => {
  const name = required(firstValue(order.after?.name), 'name', order)
  const [present] = await directory.ask('local.group.find', signal, (store, source) =>
    store.findGroups(source, { names: [name] }),
  )
  if (present !== undefined) return alreadyTrue(order, present.key)
  const key = newId()
  await written(directory, signal, 'group.create', (store, source) => store.saveGroup(source, { key, name }))
  return applied(order, key)
}

export const addMember: Write = async (order, directory, signal) => {
  const { groupId, accountId } = await membership(order, directory, signal)
  const member = { kind: 'user', key: accountId } as const
  const isNew = await written(directory, signal, 'member.add', (store, key) => store.addMember(key, groupId, member))
  return isNew ? applied(order) : alreadyTrue(order)
}

export const removeMember: Write = async (order, directory, signal) => {
  const { groupId, accountId } = await membership(order, directory, signal)
  const member = { kind: 'user', key: accountId } as const
  const was = await written(directory, signal, 'member.remove', (store, key) =>
    store.removeMember(key, groupId, member),
  )
  return was ? applied(order) : alreadyTrue(order)
}

/** Both ends of a membership, which exist and are not protected. */
async function membership(order: Order, directory: Directory, signal: AbortSignal) {
  const accountId = required(order.accountId, 'account', order)
  const groupId = required(order.groupId, 'group', order)
  const [group] = await directory.ask('local.group.find', signal, (store, source) =>
    store.findGroups(source, { keys: [groupId] }),
  )
  if (group === undefined) throw fail.gone(`The built-in directory has no group ${groupId} any more.`)
  refuseProtected(group, group.name)
  const person = await personOf(accountId, directory, signal)
  if (person === undefined) throw gone(accountId)
  refuseProtected(person, person.userName)
  return { accountId, groupId }
}

async function changed(
  order: Order,
  directory: Directory,
  signal: AbortSignal,
  change: (person: LocalPerson) => LocalPerson | undefined,
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const outcome = await written(directory, signal, 'person.change', (store, source) =>
    store.changePerson(source, id, (person) => {
      refuseProtected(person, person.userName)
      return change(person)
    }),
  )
  if (outcome === 'absent') throw gone(id)
  return outcome === 'same' ? alreadyTrue(order) : applied(order)
}

function personOf(id: string, directory: Directory, signal: AbortSignal): Promise<LocalPerson | undefined> {
  return directory.ask('local.person.find', signal, (store, source) => store.person(source, id))
}

function refuseProtected({ protected: isProtected }: LocalPerson | LocalGroup, name: string): void {
  if (isProtected !== true) return
  throw fail.notWritable(`${name} is protected in the built-in directory: connections leave it as it is.`, {
    hint: 'Take the protection away there if a connection is to keep it.',
  })
}

function gone(id: string) {
  return fail.gone(`The built-in directory has no person ${id} any more.`)
}

/** What the directory itself refuses is about this one object, and no mistake in the settings. */
async function written<Answer>(
  directory: Directory,
  signal: AbortSignal,
  name: string,
  work: (store: LocalDirectory, source: string) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await directory.ask(`local.${name}`, signal, work)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (error.code !== 'config-invalid') throw error
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    throw fail.rejected(error.message, { ...hint, cause: error })
  }
}
