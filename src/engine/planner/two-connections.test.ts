import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tries } from '../../../test/support/tries.ts'
import { applied, lines, openGuards, planOf, type World, world } from '../../../test/support/world.ts'

/** What one connection knows and wants. */
interface Side {
  readonly people: World['people']
  readonly groups: World['groups']
  readonly rules: World['rules']
  readonly links: World['links']
  readonly groupLinks: World['groupLinks']
  readonly departures: World['departures']
}

/** One directory and the two connections into it. */
interface Site {
  readonly shared: Pick<World, 'accounts' | 'targetGroups' | 'grants' | 'deactivations' | 'taken' | 'written'> & {
    readonly vouchers: Record<string, string[]>
  }
  readonly sides: Readonly<Record<Connection, Side>>
}

const sources = { staff: 'hr', partners: 'ldap' } as const
type Connection = keyof typeof sources
const otherOf = { staff: 'partners', partners: 'staff' } as const

/** The site as one of its connections sees it. */
function viewOf({ shared, sides }: Site, connection: Connection): World {
  const other = otherOf[connection]
  return world({
    ...structuredClone(shared),
    ...sides[connection],
    connection,
    source: sources[connection],
    others: { [other]: 0 },
    foreignLinks: Object.entries(sides[other].links).map(([sourceKey, accountId]) => ({
      source: sources[other],
      sourceKey,
      accountId,
      how: 'email',
      since: 0,
    })),
  })
}

/** One run of a connection: what nothing holds or blocks is applied. */
function run(site: Site, connection: Connection): Site {
  const before = viewOf(site, connection)
  const after = applied(before, planOf(before))
  const { accounts, targetGroups, grants, deactivations, taken, written, vouchers = {} } = after
  const { links, groupLinks, departures } = after
  return {
    shared: { accounts, targetGroups, grants, deactivations, taken, written, vouchers },
    sides: { ...site.sides, [connection]: { ...site.sides[connection], links, groupLinks, departures } },
  }
}

/** Both connections in turn, until neither finds anything to do. */
function settle(site: Site, order: readonly Connection[]): Site {
  let now = site
  for (let turn = 0; turn < 6; turn += 1) {
    for (const connection of order) now = run(now, connection)
    const open = order.flatMap((each) => lines(planOf(viewOf(now, each))).filter((line) => !line.includes('[')))
    if (open.length === 0) return now
  }
  throw new Error(`no rest: ${order.map((each) => lines(planOf(viewOf(now, each))).join('; ')).join(' | ')}`)
}

/**
 * What people have in the end, and who vouches for it. Of an account that works no more the memberships are left out: whether
 * it keeps them depends on who ended it last (D4), and nobody can use them.
 */
function endOf({ shared: { accounts, targetGroups, grants, vouchers } }: Site) {
  const sorted = <Value>(record: Record<string, Value>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  const works = (id: string) => (accounts[id]?.state ?? 'active') === 'active'
  return {
    accounts: sorted(accounts).map(([id]) => [id, works(id) ? 'works' : 'ended']),
    groups: sorted(targetGroups).map(([id, { members }]) => [id, members.filter(works).sort()]),
    grants: sorted(grants).flatMap(([key, list]) =>
      list.length === 0 || !works(key.split('/')[1]!) ? [] : [[key, list.map(({ connection }) => connection).sort()]],
    ),
    vouchers: sorted(vouchers).flatMap(([id, list]) => (list.length === 0 ? [] : [[id, [...list].sort()]])),
  }
}

const names = ['ann', 'bob', 'cid']
const subset = (values: readonly string[]) => fc.subarray([...values])
const stages = fc.constantFrom(
  [{ after: '0d', action: 'deactivate' }],
  [{ after: '0d', action: 'remove-managed-groups' }],
  [{ after: '1d', action: 'deactivate' }],
)

type Ownerships = readonly ('add-only' | 'own' | 'mapped' | 'all')[]

const sideOf = (ownerships: Ownerships, adopts: fc.Arbitrary<boolean>) =>
  fc.record({
    people: fc.dictionary(fc.constantFrom(...names), fc.record({ active: fc.boolean() })),
    dev: fc.option(subset(names), { nil: undefined }),
    ops: fc.option(subset(names), { nil: undefined }),
    /** Linked, and in the source no more, unless they are there. */
    left: subset(names),
    granted: subset(names),
    ownership: fc.constantFrom(...ownerships),
    adopts,
    stages,
  })

/** `leavers` = some who are linked may be disabled or gone. */
const sitesOf = (leavers: boolean, ...of: Parameters<typeof sideOf>): fc.Arbitrary<Site> =>
  fc
    .record({
      staff: sideOf(...of),
      partners: sideOf(...of),
      accounts: subset(names),
      byHand: fc.record({ DEV: subset([...names, 'zoe']), OPS: subset([...names, 'zoe']) }),
    })
    .map((raw) => {
      const present = new Set([...raw.accounts, 'zoe'])
      const there = (list: readonly string[]) => list.filter((name) => present.has(name))
      const vouchers: Record<string, string[]> = {}
      const grants: World['grants'] = {}
      const members = { DEV: new Set(there(raw.byHand.DEV)), OPS: new Set(there(raw.byHand.OPS)) }
      const side = (connection: Connection): Side => {
        const { people: all, dev, ops, left, granted, ownership: owns, adopts, stages: list } = raw[connection]
        const people = leavers ? all : Object.fromEntries(Object.keys(all).map((name) => [name, {}]))
        // Nobody vouches for somebody unseen: whoever is in a source and has an account was found by an earlier run.
        const linked = [...new Set([...Object.keys(people), ...(leavers ? left : [])])]
        for (const name of there(linked)) vouchers[name] = [...(vouchers[name] ?? []), connection]
        for (const name of there(granted)) {
          if (!linked.includes(name)) continue
          grants[`DEV/${name}`] = [...(grants[`DEV/${name}`] ?? []), { connection, rule: 'groups.byName' }]
          members.DEV.add(name)
        }
        return {
          people,
          groups: {
            ...(dev === undefined ? {} : { dev: { members: dev } }),
            ...(ops === undefined ? {} : { ops: { members: ops } }),
          },
          rules: {
            users: { onDisabled: list, onLeft: list },
            groups: { ownership: owns, adoptExisting: adopts },
            guards: openGuards,
          },
          links: Object.fromEntries(there(linked).map((name) => [name, name])),
          groupLinks: [{ source: sources[connection], groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
          departures: [],
        }
      }
      const sides = { staff: side('staff'), partners: side('partners') }
      return {
        shared: {
          accounts: Object.fromEntries([...present].map((name) => [name, {}])),
          targetGroups: {
            DEV: { name: 'dev', members: [...members.DEV] },
            OPS: { name: 'ops', members: [...members.OPS] },
          },
          grants,
          vouchers,
          deactivations: {},
          taken: [],
          written: {},
        },
        sides,
      }
    })

describe('two connections into one directory', () => {
  const orders = [
    ['staff', 'partners'],
    ['partners', 'staff'],
  ] as const

  it('commute: whichever runs first, people end up with the same, and the same vouch for it', () => {
    fc.assert(
      fc.property(sitesOf(true, ['own', 'mapped', 'all'], fc.constant(true)), (site) => {
        const [one, other] = orders.map((order) => endOf(settle(site, order)))
        expect(one).toEqual(other)
      }),
      tries(600),
    )
  })

  it('commute whatever they own and adopt, as long as nobody leaves', () => {
    fc.assert(
      fc.property(sitesOf(false, ['add-only', 'own', 'mapped', 'all'], fc.boolean()), (site) => {
        const [one, other] = orders.map((order) => endOf(settle(site, order)))
        expect(one?.groups).toEqual(other?.groups)
        expect(one?.accounts).toEqual(other?.accounts)
      }),
      tries(600),
    )
  })

  it('are tried on sites where both have a say, people are added by hand, and somebody leaves', () => {
    const seen = { shared: 0, mappedByHand: 0, leavers: 0, changed: 0 }
    for (const site of fc.sample(sitesOf(true, ['own', 'mapped', 'all'], fc.constant(true)), {
      numRuns: 300,
      seed: 7,
    })) {
      const { shared, sides } = site
      if (Object.values(shared.vouchers).some(({ length }) => length === 2)) seen.shared += 1
      const isMapped = (side: Side) => (side.rules.groups as { ownership: string }).ownership === 'mapped'
      const byHand = shared.targetGroups.DEV?.members.some((name) => shared.grants[`DEV/${name}`] === undefined)
      if (byHand === true && Object.values(sides).some(isMapped)) seen.mappedByHand += 1
      const runs = orders.flat().map((each) => planOf(viewOf(site, each)))
      if (runs.some(({ departures }) => departures.length > 0)) seen.leavers += 1
      if (runs.some(({ changes }) => changes.some(({ kind }) => kind === 'membership.remove'))) seen.changed += 1
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(40)
  })
})
