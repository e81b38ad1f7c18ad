import { foldKey } from '../../../domain/identity.ts'
import { type AttributesDescription, AttributeTally, type FoundRecord } from '../../../domain/source-record.ts'
import { equals } from '../../../scim/client/request.ts'
import { emailOf, isActive, type ToldResource, textAt } from '../../../scim/client/resource.ts'
import { FilterRefused, type Kind } from '../../kit/scim/server.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { attributesOf, type Reading } from './reading.ts'

/** More than one is odd already; more than these are no answer. */
const most = 10
/** So many people show what there is. */
const lookedAt = 500

/** Everybody with this user name, address, id or external id, also those whom the filter leaves out. */
export async function findPeople(
  reading: Reading,
  login: string,
  signal: AbortSignal,
): Promise<readonly FoundRecord[]> {
  const found = new Map<string, ToldResource>()
  const byId = await reading.server.get('Users', login, signal)
  if (byId !== undefined) found.set(byId.id, byId)
  for (const attribute of ['userName', 'emails.value', 'externalId']) {
    for (const each of await withValue(reading, attribute, login, signal)) found.set(each.id, each)
  }
  const people = [...found.values()].slice(0, most)
  return Promise.all(people.map((each) => recordOf(reading, each, people.length, signal)))
}

async function withValue(
  reading: Reading,
  attribute: string,
  value: string,
  signal: AbortSignal,
): Promise<readonly ToldResource[]> {
  try {
    // As written and in small letters: some servers compare letter by letter.
    for (const spelled of new Set([value, value.toLowerCase()])) {
      const filter = equals(attribute, spelled)
      const { resources } = await reading.server.list('Users', { filter, count: most }, signal)
      const named = resources.filter((each) => isNamed(each, value))
      if (named.length > 0) return named
    }
    return []
  } catch (thrown) {
    if (!(thrown instanceof FilterRefused)) throw thrown
    if (attribute !== 'userName') return []
    const all: ToldResource[] = []
    for await (const { items } of reading.resources('Users', reading.config.userFilter, signal)) all.push(...items)
    return all.filter((each) => isNamed(each, value))
  }
}

function isNamed(resource: ToldResource, name: string): boolean {
  const names = [resource.id, textAt(resource, 'userName'), emailOf(resource), textAt(resource, 'externalId')]
  const { emails } = resource.document
  const all = Array.isArray(emails) ? emails.map((each: { value?: unknown }) => String(each?.value ?? '')) : []
  return [...names, ...all].some((each) => each !== undefined && foldKey(each) === foldKey(name))
}

async function recordOf(
  reading: Reading,
  resource: ToldResource,
  found: number,
  signal: AbortSignal,
): Promise<FoundRecord> {
  const isRead = await matches(reading, 'Users', resource.id, signal)
  const { userFilter } = reading.config
  const attributes = Object.entries(attributesOf(resource)).map(([name, value]) => ({
    name,
    values: Array.isArray(value) ? value : [String(value)],
  }))
  return {
    name: `Users/${resource.id}`,
    attributes,
    notes: [
      ...(found > 1 ? [`${found} people have this name; which one is meant cannot be told from it.`] : []),
      ...(isActive(resource) ? [] : ['Inactive: the server says active is false.']),
      ...(isRead === false ? [`Not read: it does not match the filter for people, ${userFilter}.`] : []),
      ...(isRead === undefined
        ? [`Whether it matches the filter for people, ${userFilter}, the server does not tell.`]
        : []),
    ],
    ...(isRead === false ? {} : { key: resource.id }),
  }
}

/** Does a read tell this one? Undefined where the server has no filters for that. */
async function matches(reading: Reading, kind: Kind, id: string, signal: AbortSignal): Promise<boolean | undefined> {
  const { userFilter, groupFilter } = reading.config
  const own = kind === 'Users' ? userFilter : groupFilter
  if (own === undefined) return true
  try {
    const filter = `(${own}) and ${equals('id', id)}`
    const { resources } = await reading.server.list(kind, { filter, count: 2 }, signal)
    return resources.some((each) => each.id === id)
  } catch (thrown) {
    if (thrown instanceof FilterRefused) return undefined
    throw thrown
  }
}

/** Of keys that a read did not tell, those that are there and match all the same: then the list was not whole. */
export async function overlookedKeys(
  reading: Reading,
  kind: Kind,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const there = await forEachOf(keys, reading.config.requestsAtOnce, async (key) => {
    const resource = await reading.server.get(kind, key, signal)
    return resource !== undefined && (await matches(reading, kind, key, signal)) === true
  })
  return keys.filter((_, at) => there[at])
}

/** Every attribute that people have, from the first few hundred of them. */
export async function describePeople(reading: Reading, signal: AbortSignal): Promise<AttributesDescription> {
  const tally = new AttributeTally()
  let people = 0
  for await (const { items } of reading.resources('Users', reading.config.userFilter, signal)) {
    for (const each of items) {
      tally.add(
        Object.entries(attributesOf(each)).map(([name, value]) => [
          name,
          Array.isArray(value) ? value : [String(value)],
        ]),
      )
    }
    people += items.length
    if (people >= lookedAt) return tally.describe(false)
  }
  return tally.describe(true)
}
