import { asProvisioningError, fail } from '../../../domain/errors.ts'
import type { Attributes } from '../../../domain/identity.ts'
import type { Applied, ApplyContext, Order } from '../../../ports/target.ts'
import { operationAt, valueAt, withValueAt } from '../../../scim/client/place.ts'
import type { PatchOperation } from '../../../scim/client/request.ts'
import { emailOf, isActive, type ToldResource, textAt, toldResource } from '../../../scim/client/resource.ts'
import type { JsonObject } from '../../../scim/json.ts'
import { userSchema } from '../../../scim/schema/core.ts'
import { foldText } from '../../../scim/text.ts'
import type { PlacedAttribute } from './dialect.ts'
import { applied, holds, required, type Writing } from './writing.ts'

type Write = (order: Order, context: ApplyContext, writing: Writing) => Promise<Applied>

/** One creation, found again if it was there already: by user name, then by the id of the source (scim.md 8). */
export const createAccount: Write = async (order, { signal }, writing) => {
  const { server } = writing.directory
  const act = 'Creating the account'
  const body = newUser(order, writing)
  const userName = String(body.userName)
  const find = async () => {
    const byName = await writing.directory.usersWith('userName', userName, signal)
    if (byName.length > 0 || order.sourceKey === undefined) return byName[0]
    return (await writing.directory.usersWith('externalId', order.sourceKey, signal))[0]
  }
  try {
    const answer = await server.send({ operation: 'create one of Users', method: 'POST', path: '/Users', body }, signal)
    if (answer.status < 300) {
      const created = toldResource(answer.json)?.id ?? (await find())?.id
      if (created === undefined)
        throw fail.incompleteRead(`${act} was answered without an id.`, { mayHaveApplied: true })
      writing.directory.known.add(created)
      return applied(order, created)
    }
    if (answer.status === 409) {
      const found = await find()
      if (found !== undefined) return holds(order, answer.afterDoubt, found.id)
    }
    throw await writing.explained(answer, act, signal)
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (!error.mayHaveApplied || error.code === 'cancelled') throw error
    // Nobody knows whether it arrived: look before anybody sends it again.
    const found = await find().catch(() => undefined)
    if (found === undefined) throw error
    return applied(order, found.id)
  }
}

function newUser({ after = {}, seq, kind, sourceKey }: Order, { directory }: Writing): JsonObject {
  const { attributes, userNameIsEmail } = directory.dialect
  const name = userNameIsEmail ? after.email : (after.userName ?? after.email)
  const userName = required(typeof name === 'string' ? name : undefined, 'user name', { seq, kind })
  const start: JsonObject = {
    schemas: [userSchema],
    userName,
    ...(sourceKey === undefined ? {} : { externalId: sourceKey }),
    active: true,
  }
  return attributes.reduce((document, { name: attribute, place }) => {
    const value = after[attribute]
    if (attribute === 'userName' || typeof value !== 'string' || value === '') return document
    return withValueAt(document, place, value)
  }, start)
}

/** Writes the attributes that differ, in one request. */
export const updateAccount: Write = (order, { signal }, writing) => {
  const values = new Map(Object.entries(order.after ?? {}))
  return changed(order, signal, writing, 'Changing the account', (resource) =>
    changesOf(resource, values, writing).map(({ place, value }) => ({ place, value })),
  )
}

interface PlacedValue {
  readonly place: PlacedAttribute['place']
  readonly value: string | null
}

function changesOf(
  resource: ToldResource,
  values: ReadonlyMap<string, Attributes[string]>,
  { directory }: Writing,
): readonly PlacedValue[] {
  const { attributes, userNameIsEmail } = directory.dialect
  const changes: PlacedValue[] = []
  for (const { name, place } of attributes) {
    if (!values.has(name)) continue
    const given = values.get(name)
    const value = typeof given === 'string' && given !== '' ? given : null
    if ((valueAt(resource.document, place) ?? null) !== value) changes.push({ place, value })
  }
  const email = values.get('email')
  const before = emailOf(resource)
  const followed = foldText(textAt(resource, 'userName') ?? '') === foldText(before ?? '')
  if (userNameIsEmail && typeof email === 'string' && followed && email !== before) {
    changes.push({ place: { attribute: 'userName' }, value: email })
  }
  return changes
}

export const deactivate: Write = (order, context, writing) => switched(order, context, writing, false)
export const activate: Write = (order, context, writing) => switched(order, context, writing, true)

async function switched(order: Order, { signal }: ApplyContext, writing: Writing, active: boolean): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const act = active ? 'Activating the account' : 'Deactivating the account'
  const answer = await writing.change('Users', id, act, signal, async (resource) => {
    if (isActive(resource) === active) return undefined
    const operation: PatchOperation = { op: 'replace', path: 'active', value: active }
    const patched = await writing.patch('Users', resource, [operation], signal)
    return patched ?? (await writing.put('Users', resource, { ...resource.document, active }, signal))
  })
  return answer === undefined ? holds(order) : applied(order)
}

async function changed(
  order: Order,
  signal: AbortSignal,
  writing: Writing,
  act: string,
  changesAt: (resource: ToldResource) => readonly PlacedValue[],
): Promise<Applied> {
  const id = required(order.accountId, 'account', order)
  const answer = await writing.change('Users', id, act, signal, async (resource) => {
    const changes = changesAt(resource)
    if (changes.length === 0) return undefined
    const operations = changes.map(({ place, value }) => operationAt(resource.document, place, value))
    const patched = await writing.patch('Users', resource, operations, signal)
    if (patched !== undefined) return patched
    const document = changes.reduce((last, { place, value }) => withValueAt(last, place, value), resource.document)
    return writing.put('Users', resource, document, signal)
  })
  return answer === undefined ? holds(order) : applied(order)
}

/** For good. Who is not there any more is deleted. */
export const deleteAccount: Write = async (order, { signal }, writing) => {
  const id = required(order.accountId, 'account', order)
  const path = `/Users/${encodeURIComponent(id)}`
  const answer = await writing.directory.server.send(
    { operation: 'delete one of Users', method: 'DELETE', path },
    signal,
  )
  if (answer.status < 300) return applied(order)
  if (answer.status === 404 || answer.status === 410) return holds(order, answer.afterDoubt)
  throw await writing.explained(answer, 'Deleting the account', signal)
}
