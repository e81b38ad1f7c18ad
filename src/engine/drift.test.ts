import { describe, expect, it } from 'vitest'
import { inputOf, type World, world } from '../../test/support/world.ts'
import { type DriftInput, findDrift } from './drift.ts'

const noon = Date.UTC(2026, 2, 1, 12)

/** A settled world: ann and bob are in dev by our grants; ann's address was written by us. */
const settled: Partial<World> = {
  people: { ann: {}, bob: {} },
  groups: { dev: { members: ['ann', 'bob'] } },
  accounts: { 'A-ann': { email: 'ann@x.test' }, 'A-bob': { email: 'bob@x.test' }, zoe: {} },
  targetGroups: { DEV: { name: 'dev', members: ['A-ann', 'A-bob'] }, OPS: { name: 'ops', members: ['zoe'] } },
  links: { ann: 'A-ann', bob: 'A-bob' },
  groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV', sourceName: 'dev', name: 'dev' }],
  grants: {
    'DEV/A-ann': [{ connection: 'staff', rule: 'groups.byName' }],
    'DEV/A-bob': [{ connection: 'staff', rule: 'groups.byName' }],
  },
  written: { 'email/A-ann': { connection: 'staff', value: 'ann@x.test' } },
}

interface Since {
  readonly seen?: DriftInput['seen']
  readonly linkedSince?: DriftInput['linkedSince']
}

/** Each difference as `kind who/where now<left`. */
function driftOf(part: Partial<World>, { seen = [], linkedSince = new Map([['DEV', noon]]) }: Since = {}) {
  const input = inputOf(world({ ...settled, ...part }))
  return findDrift({ ...input, seen, linkedSince }).map((each) => {
    const what = [each.account?.id, each.group?.id, each.attribute].filter((part) => part !== undefined).join('/')
    const values = each.now === undefined ? '' : ` ${each.now}${each.left === undefined ? '' : `<${each.left}`}`
    return `${each.kind} ${what}${values}${each.seenByRun === undefined ? '' : ` run ${each.seenByRun}`}`
  })
}

const dev = (members: string[], more: object = {}) => ({ DEV: { name: 'dev', members, ...more } })
const accounts = (ann: object, bob: object = { email: 'bob@x.test' }) => ({
  'A-ann': { email: 'ann@x.test', ...ann },
  'A-bob': bob,
  zoe: {},
})

describe('what drifted', () => {
  it.each<{ name: string; world: Partial<World>; drift: string[]; since?: Since }>([
    { name: 'nothing, where all is as it was left', world: {}, drift: [] },
    {
      name: 'a membership somebody took',
      world: { targetGroups: dev(['A-bob']) },
      drift: ['membership-removed A-ann/DEV'],
    },
    {
      name: 'no membership where the group was not read completely',
      world: { targetGroups: dev([], { complete: false }) },
      drift: [],
    },
    {
      name: 'no membership of an account that does not show its groups',
      world: { targetGroups: dev(['A-bob']), membershipsUnknown: ['A-ann'] },
      drift: [],
    },
    {
      name: 'no membership that we gave a moment ago',
      world: { targetGroups: dev(['A-bob']), settling: ['add:DEV:A-ann'] },
      drift: [],
    },
    {
      name: 'a member nobody here vouches for',
      world: { targetGroups: dev(['A-ann', 'A-bob', 'zoe']) },
      drift: ['membership-foreign zoe/DEV'],
    },
    {
      name: 'the same, with the run that saw it first',
      world: { targetGroups: dev(['A-ann', 'A-bob', 'zoe']) },
      since: { seen: [{ groupId: 'DEV', accountId: 'zoe', since: noon + 1, run: 4 }] },
      drift: ['membership-foreign zoe/DEV run 4'],
    },
    {
      name: 'no value that the target does not show',
      world: { written: { 'title/A-ann': { connection: 'staff', value: 'Lead' } } },
      drift: [],
    },
    {
      name: 'a group once, however many groups of the source fill it',
      world: {
        targetGroups: { DEV: { name: 'developers', members: ['A-ann', 'A-bob'] } },
        groupLinks: ['dev', 'it'].map((groupKey) => ({ ...settled.groupLinks![0]!, groupKey })),
      },
      drift: ['group-renamed DEV developers<dev'],
    },
    {
      name: 'nobody who was in the group before it was linked',
      world: { targetGroups: dev(['A-ann', 'A-bob', 'zoe']) },
      since: { seen: [{ groupId: 'DEV', accountId: 'zoe', since: noon - 1, run: 1 }] },
      drift: [],
    },
    {
      name: 'nobody whom another connection put there',
      world: {
        targetGroups: dev(['A-ann', 'A-bob', 'zoe']),
        grants: { ...settled.grants, 'DEV/zoe': [{ connection: 'partners', rule: 'groups.byName' }] },
      },
      drift: [],
    },
    {
      name: 'nobody in a group that we do not fill, and no app in one that we do',
      world: {
        accounts: { ...accounts({}), bot: { kind: 'app' } },
        targetGroups: { ...dev(['A-ann', 'A-bob', 'bot']), OPS: { name: 'ops', members: ['zoe', 'A-ann'] } },
      },
      drift: [],
    },
    {
      name: 'an account that somebody suspended',
      world: { accounts: accounts({ state: 'suspended' }) },
      drift: ['account-suspended A-ann suspended<active'],
    },
    {
      name: 'no account that we suspended, and one that somebody activated again',
      world: {
        accounts: accounts({ state: 'suspended' }),
        deactivations: {
          'A-ann': { accountId: 'A-ann', connection: 'staff', how: 'suspended', since: 0 },
          'A-bob': { accountId: 'A-bob', connection: 'staff', how: 'suspended', since: 0 },
        },
      },
      drift: ['account-reactivated A-bob active<suspended'],
    },
    {
      name: 'an account that is gone, by a complete read only',
      world: { accounts: { 'A-bob': {}, zoe: {} }, targetGroups: dev(['A-bob']) },
      drift: ['account-gone A-ann'],
    },
    {
      name: 'no account and no group that an incomplete read leaves out',
      world: {
        accounts: { 'A-bob': {}, zoe: {} },
        targetGroups: {},
        accountsComplete: false,
        targetGroupsComplete: false,
      },
      drift: [],
    },
    { name: 'a group that is gone', world: { targetGroups: {} }, drift: ['group-gone DEV'] },
    {
      name: 'a group with another name',
      world: { targetGroups: { DEV: { name: 'developers', members: ['A-ann', 'A-bob'] } } },
      drift: ['group-renamed DEV developers<dev'],
    },
    {
      name: 'a value that we wrote, and not one that only differs in letter case or is hidden',
      world: {
        accounts: accounts({ email: 'ann@elsewhere.test' }),
        written: {
          'email/A-ann': { connection: 'staff', value: 'ann@x.test' },
          'email/A-bob': { connection: 'staff', value: 'BOB@x.test' },
          'email/zoe': { connection: 'staff', value: 'zoe@x.test' },
        },
      },
      drift: ['value-changed A-ann/email ann@elsewhere.test'],
    },
    {
      name: 'no value that another connection wrote',
      world: {
        accounts: accounts({ email: 'ann@elsewhere.test' }),
        written: { 'email/A-ann': { connection: 'partners', value: 'ann@x.test' } },
      },
      drift: [],
    },
  ])('$name', ({ world: part, drift, since }) => {
    expect(driftOf(part, since)).toEqual(drift)
  })
})
