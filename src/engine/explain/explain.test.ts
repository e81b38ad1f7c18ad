import { describe, expect, it } from 'vitest'
import { day, inputOf, type World, world } from '../../../test/support/world.ts'
import { explain } from './explain.ts'

const granted = [{ connection: 'staff', rule: 'groups.byName' }]

/** Two people in one group, everything known and granted; a stranger who was put there by hand. */
const settled = (part: Partial<World> = {}): World =>
  world({
    people: { ann: {}, bob: {} },
    groups: { dev: { members: ['ann', 'bob'] } },
    accounts: { ann: {}, bob: {}, eve: {} },
    targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob', 'eve'] } },
    links: { ann: 'ann', bob: 'bob' },
    groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
    grants: { 'DEV/ann': granted, 'DEV/bob': granted },
    ...part,
  })

/** Asks about a person of the source, or an account that is nobody's there. */
function ask(w: World, who: string, group?: string) {
  const input = inputOf(w)
  const user = input.source.users.findIndex(({ key }) => key === who)
  const link = input.memory.links.find(({ sourceKey }) => sourceKey === who)?.accountId ?? who
  const account = input.target.accounts.findIndex(({ id }) => id === link)
  const isKnown = user >= 0 || input.memory.links.some(({ sourceKey }) => sourceKey === who)
  return explain(input, { user, account, sourceKey: isKnown ? who : undefined }, group)
}

const told = (w: World, who: string, group: string) => {
  const [answer] = ask(w, who, group).memberships
  return answer === undefined ? undefined : [answer.verdict, answer.reason, answer.rule]
}
const standing = (w: World, who: string) => ask(w, who).standstill?.reason

describe('why somebody is in a group', () => {
  it('names the source group, the way through nested groups, the rule and who vouches', () => {
    const nested = settled({
      groups: { all: { members: ['@dev', 'bob'] }, dev: { members: ['ann'] } },
      targetGroups: {},
      groupLinks: [],
      grants: {},
    })
    expect(ask(nested, 'ann', 'all').memberships).toMatchObject([
      { verdict: 'add', reason: 'member-at-source', rule: 'groups.byName', path: ['dev', 'all'], isMember: false },
    ])
    expect(ask(settled(), 'ann', 'DEV').memberships).toMatchObject([
      {
        verdict: 'stays',
        isMember: true,
        reason: 'member-at-source',
        rule: 'groups.byName',
        path: ['dev'],
        grants: granted,
      },
    ])
  })

  it('tells a default group, and one that a person will be put into with the account', () => {
    const rules = { groups: { defaultsForAll: ['everybody'] } }
    expect(told(settled({ rules }), 'ann', 'everybody')).toEqual(['add', 'default-for-all', 'groups.defaultsForAll'])
    const joiner = settled({
      people: { ann: {}, bob: {}, cid: {} },
      groups: { dev: { members: ['ann', 'bob', 'cid'] } },
    })
    expect(ask(joiner, 'cid').changes.map(({ kind }) => kind)).toEqual(['account.create', 'membership.add'])
    expect(told(joiner, 'cid', 'dev')).toEqual(['add', 'member-at-source', 'groups.byName'])
  })
})

describe('why somebody is not taken out', () => {
  const gone = { groups: { dev: { members: ['bob'] } } }

  it('is taken out when the source says so and nothing keeps them', () => {
    expect(told(settled(gone), 'ann', 'dev')).toEqual(['remove', 'no-longer-member', 'groups.ownership.own'])
  })

  it('keeps what nobody of ours gave, and says which ownership says so', () => {
    expect(told(settled(), 'eve', 'dev')).toEqual(['stays', 'membership-foreign', 'groups.ownership.own'])
    const mapped = settled({ rules: { groups: { ownership: 'mapped' } } })
    expect(told(mapped, 'eve', 'dev')).toEqual(['remove', 'not-received', 'groups.ownership.mapped'])
  })

  it.each([
    ['add-only', { rules: { groups: { ownership: 'add-only' } } }],
    ['group-protected', { rules: { groups: { protected: ['dev'] } } }],
    ['untouchable', { rules: { guards: { neverTouch: ['ann'] } } }],
    ['source-unproven', { groups: { dev: { members: ['bob'], complete: false } } }],
    ['target-unproven', { targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob'], complete: false } } }],
    ['settling', { settling: ['remove:DEV:ann'] }],
  ] as const)('says %s', (reason, part) => {
    const w = settled({ ...gone, ...part } as Partial<World>)
    const answer = told(w, 'ann', 'dev')
    expect(answer?.slice(0, 2)).toEqual(['stays', reason])
  })

  it('says that another connection grants the same', () => {
    const grants = { 'DEV/ann': [{ connection: 'partners', rule: 'groups.byName' }], 'DEV/bob': granted }
    expect(told(settled({ ...gone, grants, rules: { groups: { ownership: 'mapped' } } }), 'ann', 'dev')?.[1]).toBe(
      'granted-elsewhere',
    )
  })

  it('says for a group that nothing fills that it is left alone', () => {
    const targetGroups = { DEV: { name: 'dev', members: ['ann', 'bob'] }, OLD: { name: 'old', members: ['ann'] } }
    expect(told(settled({ targetGroups }), 'ann', 'old')).toEqual(['stays', 'group-unfilled', undefined])
  })
})

describe('why somebody is not put in', () => {
  it('names the source groups that fill the group and do not hold the person', () => {
    const w = settled({
      people: { ann: {}, bob: {}, cid: {} },
      accounts: { ann: {}, bob: {}, cid: {} },
      links: { ann: 'ann', bob: 'bob', cid: 'cid' },
    })
    expect(ask(w, 'cid', 'dev').memberships).toMatchObject([
      { verdict: 'stays', reason: 'not-received', isMember: false, filledBy: [{ name: 'dev', rule: 'groups.byName' }] },
    ])
  })

  it('has no answer for a group that is nowhere', () => {
    expect(ask(settled(), 'ann', 'nowhere').memberships).toEqual([])
  })
})

describe('why nothing happens to a person', () => {
  const scope = { include: [{ attribute: 'department', in: ['rnd'] }], exclude: [{ memberOf: ['dev'] }] }

  it('says which condition of the scope leaves them out', () => {
    const people = { ann: { department: 'sales' }, bob: { department: 'rnd' } }
    const w = settled({ people, rules: { users: { scope } }, links: {}, accounts: {} })
    expect(ask(w, 'ann')).toMatchObject({
      scope: { is: 'out', rule: 'users.scope.include' },
      standstill: { reason: 'out-of-scope' },
    })
    expect(ask(w, 'bob')).toMatchObject({ scope: { is: 'out', rule: 'users.scope.exclude[0]' } })
    const unknown = settled({
      people: { ann: {}, bob: {} },
      rules: { users: { scope: { ...scope, exclude: [] } } },
    })
    expect(ask(unknown, 'ann')).toMatchObject({
      scope: { is: 'unknown', rule: 'users.scope.include[0]' },
      standstill: { reason: 'scope-unknown' },
    })
  })

  it('says until when a leaver is left alone, and freezes their groups meanwhile', () => {
    const now = Date.UTC(2026, 2, 1)
    const departures = [{ sourceKey: 'ann', signal: 'left-source' as const, firstProvenAt: now - 2 * day }]
    const rules = { users: { onLeft: [{ after: '7d', action: 'deactivate' }] } }
    const w = settled({ people: { bob: {} }, groups: { dev: { members: ['bob'] } }, departures, rules })
    expect(ask(w, 'ann')).toMatchObject({
      standstill: { reason: 'stage-not-due', rule: 'users.onLeft[0]', dueAt: now + 5 * day },
      departure: { signal: 'left-source', firstProvenAt: now - 2 * day },
      changes: [],
    })
    expect(told(w, 'ann', 'dev')).toEqual(['stays', 'frozen', undefined])
    expect(standing({ ...w, now: now + 8 * day }, 'ann')).toBe('stages-done')
  })

  it.each([
    ['creation-off', { people: { ann: {}, cid: {} }, rules: { users: { create: false } } }],
    ['settling', { settling: ['create:cid'] }],
    ['inactive-without-account', { people: { cid: { active: false } } }],
    ['waits-for-decision', { accounts: { cid: {}, other: { email: 'cid@x.test' } } }],
    ['account-unseen', { links: { cid: 'nobody' }, accountsComplete: false }],
    ['untouchable', { links: { cid: 'cid' }, accounts: { cid: {} }, rules: { guards: { neverTouch: ['cid'] } } }],
    ['not-a-person', { links: { cid: 'cid' }, accounts: { cid: { kind: 'app' } } }],
    [
      'reactivation-off',
      {
        links: { cid: 'cid' },
        accounts: { cid: { state: 'suspended' } },
        rules: { users: { activate: false } },
        deactivations: { cid: { accountId: 'cid', connection: 'staff', how: 'suspended', since: 0 } },
      },
    ],
    ['as-wanted', { links: { cid: 'cid' }, accounts: { cid: {} } }],
  ] as const)('says %s', (reason, part) => {
    const w = settled({
      people: { cid: {} },
      accounts: {},
      links: {},
      groupLinks: [],
      grants: {},
      targetGroups: {},
      groups: {},
      ...(part as Partial<World>),
    })
    expect(standing(w, 'cid')).toBe(reason)
  })

  it('keeps an account for which another connection vouches', () => {
    const w = settled({
      people: { bob: {} },
      groups: { dev: { members: ['bob'] } },
      rules: { users: { onLeft: [{ after: '0d', action: 'deactivate' }] } },
      vouchers: { ann: ['staff', 'partners'] },
    })
    expect(standing(w, 'ann')).toBe('vouched-elsewhere')
  })
})

describe('why an attribute is not written', () => {
  const attributes = (part: Partial<World>) =>
    Object.fromEntries(ask(settled(part), 'ann').attributes.map(({ name, reason }) => [name, reason]))

  it('tells same, different, unknown, hidden, foreign and what a higher connection decides', () => {
    expect(
      attributes({
        people: { ann: { name: 'Ann', title: null, office: 'Bern' } },
        accounts: { ann: { displayName: 'ann', attributes: { title: 'Boss', office: 'Bern' } } },
      }),
    ).toEqual({
      email: 'only-at-creation',
      displayName: 'attribute-differs',
      title: 'value-foreign',
      office: 'as-wanted',
    })
    expect(attributes({ people: { ann: { title: 'x' } }, accounts: { ann: {} } })).toMatchObject({
      displayName: 'value-unknown',
      title: 'value-hidden',
    })
    const above = { others: { partners: 10 }, deliveries: { partners: { title: ['ann'] } } }
    expect(
      attributes({ people: { ann: { title: 'x' } }, accounts: { ann: { attributes: { title: 'y' } } }, ...above }),
    ).toMatchObject({ title: 'decided-above' })
    expect(attributes({ rules: { users: { update: false } } })).toMatchObject({ title: 'update-off' })
  })
})
