import type { Handlers } from '../contract/routes.ts'
import type { FindReport, FoundPerson } from '../contract/sources.ts'
import type { ConnectionConfig } from '../domain/connection.ts'
import { asProvisioningError, fail } from '../domain/errors.ts'
import { type AttributeValue, foldKey, type SourceUser } from '../domain/identity.ts'
import { type Mapped, mappingRule } from '../domain/mapping.ts'
import type { SourceSnapshot } from '../domain/snapshot.ts'
import { AttributeTally, type FoundRecord } from '../domain/source-record.ts'
import { collectSource } from '../engine/collect.ts'
import { foresee, type Outlook } from '../engine/outlook.ts'
import { groupPathsOf } from '../engine/planner/paths.ts'
import { isoTime } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import type { Source } from '../ports/source.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'
import { changeView } from './views.ts'

/** A search reads both sides once, which takes as long as a plan. */
const longestMs = 15 * 60_000
/** More people than this with one login are not a search result. */
const mostPeople = 10
const mostGroups = 2_000

type SourceActs = Pick<Handlers['sources'], 'find' | 'groups' | 'attributes'>

/** What can be asked of a source beside what every end can do. */
export function sourceUseCases(useCase: UseCase): SourceActs {
  return {
    async find({ principal, signal: asked }, { params: { key }, query: { login, connection, depth } }) {
      const object = await useCase.object('source', key)
      const { open } = await useCase.source(object)
      const connections = depth === 'plan' ? await connectionsOf(useCase, key, connection) : []
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      await useCase.audit(principal, 'source.find', `source:${key}`, { login })
      const own = await closing(open(), (source) => source.find?.(login, signal))
      if (depth === 'record' && own !== undefined) return { source: key, login, records: views(own), people: [] }
      return closing(open(), async (source) => {
        const snapshot = await read(useCase, source, signal)
        const records = own ?? search(snapshot, source, login)
        const positions = positionsOf(snapshot, records)
        const people: FoundPerson[] = []
        for (const position of positions) {
          const person = personView(snapshot, position, source)
          if (depth !== 'record') person.groups = groupViews(snapshot, position)
          for (const each of connections) {
            person.connections.push(await lookAhead(useCase, each, source, snapshot, position, signal))
          }
          people.push(person)
        }
        const unproven = snapshot.unproven.map(({ message }) => message)
        const summary = { people: snapshot.users.length, groups: snapshot.groups.length, unproven }
        return { source: key, login, records: views(records), people, read: summary }
      })
    },

    async groups({ signal: asked }, { params: { key } }) {
      const { open } = await useCase.source(await useCase.object('source', key))
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const groups = await closing(open(), async (source) => {
        const all: { key: string; name: string }[] = []
        for await (const { items } of source.groups(signal)) all.push(...items.map(({ key, name }) => ({ key, name })))
        return all
      })
      const byName = groups.toSorted((left, right) => (left.name < right.name ? -1 : 1))
      return { source: key, total: groups.length, groups: byName.slice(0, mostGroups) }
    },

    async attributes({ signal: asked }, { params: { key } }) {
      const { open } = await useCase.source(await useCase.object('source', key))
      const signal = AbortSignal.any([asked, AbortSignal.timeout(longestMs)])
      const { people, isEverybody, attributes } = await closing(
        open(),
        (source) => source.describe?.(signal) ?? describe(source, signal),
      )
      const views = attributes.map(({ samples, ...rest }) => ({ ...rest, samples: [...samples] }))
      return { source: key, people, isEverybody, attributes: views }
    },
  }
}

export async function closing<Result>(
  source: Source,
  work: (source: Source) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work(source)
  } finally {
    await source.close()
  }
}

function read({ clock }: UseCase, source: Source, signal: AbortSignal): Promise<SourceSnapshot> {
  const now = () => clock.now()
  return collectSource(source, newId(now()), now, signal, () => undefined)
}

/** For sources that cannot be asked for one person: whoever has this login, address or key in a read. */
function search(snapshot: SourceSnapshot, source: Source, login: string): readonly FoundRecord[] {
  const wanted = foldKey(login)
  const values = mapperOf(source)
  const found = snapshot.users.filter((user) => {
    const mapped = values(user)
    const names = [user.key, mapped.get('userName'), mapped.get('email')]
    return names.some((name) => typeof name === 'string' && foldKey(name) === wanted)
  })
  return found.slice(0, mostPeople).map(recordOf)
}

function recordOf({ key, attributes }: SourceUser): FoundRecord {
  const values = (value: SourceUser['attributes'][string]) =>
    value === null ? [] : typeof value === 'string' ? [value] : [...value]
  const listed = Object.entries(attributes).map(([name, value]) => ({ name, values: values(value) }))
  return { key, name: key, attributes: listed.filter(({ values: each }) => each.length > 0), notes: [] }
}

function positionsOf(snapshot: SourceSnapshot, records: readonly FoundRecord[]): readonly number[] {
  const keys = new Set(records.flatMap(({ key }) => key ?? []))
  const positions: number[] = []
  snapshot.users.forEach(({ key }, position) => {
    if (keys.has(key)) positions.push(position)
  })
  return positions
}

/** Default mapping of the source alone: what a connection without rules of its own would see. */
function mapperOf(source: Source): (user: SourceUser) => ReadonlyMap<string, Mapped> {
  const rules = Object.entries(source.defaultMapping).map(([name, rule]) => [name, mappingRule(rule)] as const)
  return ({ attributes }) => new Map(rules.map(([name, map]) => [name, map(attributes)]))
}

function personView(snapshot: SourceSnapshot, position: number, source: Source): FoundPerson {
  const user = snapshot.users[position]!
  const { key, active, attributes } = user
  const mapped = mappedBy(source, user)
  return { key, active, attributes: attributeValues(attributes), mapped, groups: [], connections: [] }
}

/** One person as a connection without rules of its own would see them. */
export function mappedBy(source: Source, user: SourceUser): Record<string, string | null> {
  return known(mapperOf(source)(user))
}

/** Attributes as the API tells them. */
export function attributeValues(attributes: SourceUser['attributes']): FoundPerson['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, isList(value) ? [...value] : value] as const),
  )
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value)
}

function groupViews(snapshot: SourceSnapshot, position: number): FoundPerson['groups'] {
  const nameOf = (group: number) => snapshot.groups[group]!.name
  return groupPathsOf(snapshot, position).map(({ group, path }) => ({
    key: snapshot.groups[group]!.key,
    name: nameOf(group),
    path: path.map(nameOf),
    complete: path.every((each) => snapshot.groups[each]!.membersComplete),
  }))
}

/** Unknown values are left out, so that "empty" and "unknown" stay two things. */
function known(mapped: ReadonlyMap<string, Mapped>): Record<string, string | null> {
  const all: Record<string, string | null> = {}
  for (const [name, value] of mapped) if (value !== undefined) all[name] = value
  return all
}

async function connectionsOf(useCase: UseCase, source: string, only: string | undefined): Promise<ConfigObject[]> {
  const all = (await useCase.objects('connection')).filter(({ document }) => document.source === source)
  if (only === undefined) return all
  const chosen = all.filter(({ key }) => key === only)
  if (chosen.length > 0) return chosen
  throw fail.notFound(`There is no connection "${only}" from the source "${source}".`, {
    hint: 'List them: muster connections list',
  })
}

/** What one connection would do. A target that cannot be read is said, and the other connections are still looked at. */
async function lookAhead(
  useCase: UseCase,
  { key, document }: ConfigObject,
  source: Source,
  sourceSnapshot: SourceSnapshot,
  position: number,
  signal: AbortSignal,
): Promise<FoundPerson['connections'][number]> {
  const { store, clock } = useCase
  const named = { connection: key, target: String(document.target) }
  try {
    const open = await createConnections(useCase).open(key)
    const target = open.openTarget()
    try {
      const outlook = await foresee({ store, clock, open, source, target, sourceSnapshot, position, signal })
      return { ...named, mode: open.connection.mode, outlook: outlookView(outlook, open.connection) }
    } finally {
      await target.close()
    }
  } catch (thrown) {
    const { code, message, hint } = asProvisioningError(thrown)
    if (code === 'bug' || signal.aborted) throw thrown
    return { ...named, error: { message, hint } }
  }
}

function outlookView({ mapped, custom, changes, workItems, departure, ...rest }: Outlook, { users }: ConnectionConfig) {
  return {
    ...rest,
    accounts: [...rest.accounts],
    unproven: [...rest.unproven],
    mapped: known(mapped),
    custom: Object.entries(known(custom)).map(([id, value]) => ({
      id,
      name: users.customAttributes[id]?.name ?? id,
      value,
    })),
    changes: changes.map(changeView),
    workItems: workItems.map(({ reason, message, candidates }) => ({
      reason,
      message,
      ...(candidates === undefined ? {} : { candidates: [...candidates] }),
    })),
    ...(departure === undefined
      ? {}
      : { departure: { signal: departure.signal, provenSince: isoTime(departure.firstProvenAt) } }),
  }
}

function views(records: readonly FoundRecord[]): FindReport['records'] {
  return records.map(({ attributes, notes, ...rest }) => ({
    ...rest,
    attributes: attributes.map(({ name, values }) => ({ name, values: [...values] })),
    notes: [...notes],
  }))
}

/** For sources that do not describe themselves: everybody in a read. */
async function describe(source: Source, signal: AbortSignal) {
  const tally = new AttributeTally()
  for await (const { items } of source.users(signal)) {
    for (const user of items) tally.add(recordOf(user).attributes.map(({ name, values }) => [name, values] as const))
  }
  return tally.describe(true)
}
