import type { OpenedSource, SourceHarness } from '../../src/connectors/kit/source-conformance.ts'
import type { SourceKind } from '../../src/ports/catalog.ts'
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'
import { contextOn } from './scim-target.ts'

/** A small company that every double of a directory serves in its own vendor's shape. */
export interface Company {
  readonly people: { readonly id: string; readonly login: string; readonly isActive: boolean }[]
  readonly groups: {
    readonly id: string
    readonly name: string
    readonly people: string[]
    readonly groups: string[]
  }[]
}

/** `size` people u1 …, u9 inactive; g1 with two of them, g2 with one and with g1 inside where groups nest, g3 empty. */
export function company(size = 25, nests = true): Company {
  const people = Array.from({ length: size }, (_, at) => ({
    id: `u${at + 1}`,
    login: `person${at + 1}`,
    isActive: at !== 8,
  }))
  const groups = [
    { id: 'g1', name: 'team one', people: ['u1', 'u2'], groups: [] },
    { id: 'g2', name: 'team two', people: ['u3'], groups: nests ? ['g1'] : [] },
    { id: 'g3', name: 'team three', people: [], groups: [] },
  ]
  return { people, groups }
}

/** What a read of such a company must tell. */
export function knownOf({ people, groups }: Company): SourceHarness['known'] {
  return {
    users: people.map(({ id }) => id),
    groups: groups.map(({ id }) => id),
    members: Object.fromEntries(
      groups.map((each) => [
        each.id,
        [...each.people.map((id) => `user:${id}`), ...each.groups.map((id) => `group:${id}`)],
      ]),
    ),
  }
}

/** A server that serves a company in one vendor's way. */
export interface DirectoryDouble {
  readonly url: string
  readonly company: Company
  close(): Promise<void>
}

export interface OpenedDouble extends OpenedSource {
  readonly double: DirectoryDouble
  readonly proxy: FaultyProxy
  readonly clock: QuickClock
  readonly log: readonly string[]
  state(): Promise<unknown>
}

/** A source on a double behind a proxy with these faults. */
export async function openOn(
  kind: SourceKind,
  start: () => Promise<DirectoryDouble>,
  settings: (url: string) => Record<string, unknown>,
  faults: readonly Fault[] = [],
): Promise<OpenedDouble> {
  const clock = quickClock()
  const log: string[] = []
  const double = await start()
  const proxy = await startFaultyProxy(double.url, clock.now)
  for (const fault of faults) proxy.add(fault)
  const source = kind.connect(kind.config.parse(settings(proxy.baseUrl)), contextOn(clock, log))
  return {
    source,
    double,
    proxy,
    clock,
    log,
    state: async () => JSON.stringify(double.company),
    close: async () => {
      await source.close()
      await proxy.close()
      await double.close()
    },
  }
}

interface Places {
  /** The second page of people, the list of groups, the members of g2, as the proxy sees them. */
  readonly laterPeople: RegExp
  readonly groups: RegExp
  readonly members: RegExp
  /** An answer to a list with nobody in it, which says that there is more; absent where a list cannot be so. */
  readonly emptied: (body: Record<string, unknown>) => unknown
}

/** The ways in which every directory can fail while it is read. */
export function brokenWays(
  open: (faults: readonly Fault[]) => Promise<OpenedSource>,
  { laterPeople, groups, members, emptied }: Places,
): SourceHarness['broken'] {
  const way = (name: string, part: 'users' | 'groups' | 'members', fault: Fault) => ({
    name,
    part,
    open: () => open([fault]),
  })
  return [
    way('a page of people that is no JSON', 'users', { matches: laterPeople, kind: 'not-json' }),
    way('a page of people that is cut off', 'users', { matches: laterPeople, kind: 'cut-off' }),
    way('a page of people without anybody, before the end', 'users', {
      matches: laterPeople,
      kind: 'rewrite',
      rewrite: emptied,
    }),
    way('a server that is down half-way', 'users', { matches: laterPeople, kind: 'status', status: 503 }),
    way('a credential that is refused half-way', 'users', { matches: laterPeople, kind: 'status', status: 401 }),
    way('people who may not be seen', 'users', { matches: laterPeople, kind: 'status', status: 403 }),
    way('groups that are not there', 'groups', { matches: groups, kind: 'status', status: 404 }),
    way('members who may not be seen', 'members', { matches: members, kind: 'status', status: 403 }),
  ]
}
