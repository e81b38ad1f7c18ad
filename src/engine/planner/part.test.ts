import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tries } from '../../../test/support/tries.ts'
import { applied, day, inputOf, lines, openGuards, type World, world } from '../../../test/support/world.ts'
import type { Change, TargetRef } from '../../domain/change.ts'
import type { Memory } from '../../domain/memory.ts'
import type { PlanDraft, PlanInput } from './input.ts'
import { onlyAccounts, onlyPeople } from './part.ts'
import { makePlan } from './planner.ts'

const names = ['ann', 'bob', 'cid', 'dan', 'eve']
const subset = (values: readonly string[]) => fc.subarray([...values])

/** Small companies with everything that makes one person depend on others: rivals, nesting, other connections, leaving. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    people: fc.dictionary(
      fc.constantFrom(...names),
      fc.record({ active: fc.boolean(), mail: fc.constantFrom(undefined, 'ann@x.test', 'bob@x.test', 'new@x.test') }),
    ),
    members: fc.dictionary(fc.constantFrom('dev', 'ops', 'hr'), subset([...names, '@ops', '@hr'])),
    accounts: fc.dictionary(
      fc.constantFrom(...names, 'zoe'),
      fc.record({ state: fc.constantFrom('active' as const, 'suspended' as const) }),
    ),
    target: fc.dictionary(fc.constantFrom('DEV', 'OPS', 'JIRA-ADMINISTRATORS', 'EXTRA'), subset([...names, 'zoe'])),
    linked: subset(names),
    granted: subset(names),
    grantedInExtra: subset(names),
    grantedElsewhere: subset(names),
    deactivated: subset(names),
    departed: subset(names),
    hidden: subset(names),
    ownership: fc.constantFrom('add-only', 'own', 'mapped', 'all'),
    scope: fc.constantFrom({}, { include: [{ memberOf: ['hr'] }] }),
    never: subset(names),
    defaults: fc.constantFrom([], ['ops'], ['welcome']),
    usersComplete: fc.boolean(),
    stages: fc.constantFrom(
      [{ after: '0d', action: 'deactivate' }],
      [{ after: '0d', action: 'remove-managed-groups' }],
      [
        { after: '0d', action: 'remove-all-groups' },
        { after: '2d', action: 'deactivate' },
      ],
      [{ after: '1d', action: 'deactivate' }],
    ),
  })
  .map((raw) => {
    const accounts = raw.accounts as World['accounts']
    const there = (list: readonly string[]) => list.filter((name) => name in accounts)
    const grants: World['grants'] = {}
    const grant = (key: string, connection: string) => {
      grants[key] = [...(grants[key] ?? []), { connection, rule: 'groups.byName' }]
    }
    for (const name of raw.granted) grant(`DEV/${name}`, 'staff')
    for (const name of raw.grantedInExtra) grant(`EXTRA/${name}`, 'staff')
    for (const name of raw.grantedElsewhere) grant(`DEV/${name}`, 'partners')
    return world({
      people: raw.people as World['people'],
      groups: Object.fromEntries(Object.entries(raw.members).map(([key, members]) => [key, { members }])),
      accounts,
      targetGroups: Object.fromEntries(
        Object.entries(raw.target).map(([id, members]) => [id, { name: id.toLowerCase(), members: there(members) }]),
      ),
      links: Object.fromEntries(there(raw.linked).map((name) => [name, name])),
      grants,
      deactivations: Object.fromEntries(
        there(raw.deactivated).map((name) => [
          name,
          { accountId: name, connection: 'staff', how: 'suspended' as const, since: 0 },
        ]),
      ),
      departures: raw.departed.map((sourceKey) => ({
        sourceKey,
        signal: 'left-source' as const,
        firstProvenAt: Date.UTC(2026, 2, 1) - 2 * day,
      })),
      membershipsUnknown: there(raw.hidden),
      usersComplete: raw.usersComplete,
      rules: {
        users: { onDisabled: raw.stages, onLeft: raw.stages, scope: raw.scope },
        groups: { ownership: raw.ownership, defaultsForAll: raw.defaults },
        guards: { ...openGuards, neverTouch: raw.never.map((name) => `${name}@x.test`) },
      },
    })
  })

/** What a look at these people alone would bring: them, whoever could be in their way, and the accounts of all of these. */
function partOf(input: PlanInput, people: readonly string[]): PlanInput {
  const wanted = new Set(people)
  const links = input.memory.links.filter(({ source }) => source === input.connection.source)
  const linkedKeys = new Set(links.map(({ sourceKey }) => sourceKey))
  const addresses = new Set(
    input.source.users.flatMap(({ key, attributes }) => (wanted.has(key) ? [String(attributes.mail)] : [])),
  )
  const accountIds = new Set([
    ...links.flatMap(({ sourceKey, accountId }) => (wanted.has(sourceKey) ? [accountId] : [])),
    ...input.target.accounts.flatMap(({ id, email }) => (addresses.has(email ?? '') ? [id] : [])),
  ])
  const keys = new Set([
    ...people,
    ...input.source.users.flatMap(({ key }) => (linkedKeys.has(key) ? [] : [key])),
    ...links.flatMap(({ sourceKey, accountId }) => (accountIds.has(accountId) ? [sourceKey] : [])),
  ])
  const groupSizes = new Map(input.target.groups.map(({ id, accounts }) => [id, accounts.length]))
  return {
    ...input,
    part: { people: wanted, groups: new Set(), groupSizes },
    source: onlyPeople(input.source, keys),
    target: onlyAccounts(input.target, accountIds),
    memory: onlyAbout(input, keys, accountIds),
  }
}

/** What is remembered about these people and accounts, with the totals of everybody: as the store reads it for a part. */
function onlyAbout(
  { memory, connection }: PlanInput,
  keys: ReadonlySet<string>,
  accountIds: ReadonlySet<string>,
): Memory {
  const theirs = <Row extends { readonly accountIds: readonly string[] }>(rows: readonly Row[]) =>
    rows.flatMap((row) => {
      const kept = row.accountIds.filter((id) => accountIds.has(id))
      return kept.length === 0 ? [] : [{ ...row, accountIds: kept }]
    })
  const isTheirs = ({ accountId }: { readonly accountId: string }) => accountIds.has(accountId)
  const ours = memory.grants.filter((grant) => grant.connection === connection.key)
  return {
    ...memory,
    links: memory.links.filter(({ sourceKey, accountId }) => keys.has(sourceKey) || accountIds.has(accountId)),
    grants: theirs(memory.grants),
    accountGrants: theirs(memory.accountGrants),
    taken: theirs(memory.taken),
    access: theirs(memory.access),
    custom: memory.custom.filter(isTheirs),
    deactivations: memory.deactivations.filter(isTheirs),
    departures: memory.departures.filter(({ sourceKey }) => keys.has(sourceKey)),
    totals: {
      links: memory.links.filter(({ source }) => source === connection.source).length,
      grants: ours.reduce((sum, grant) => sum + grant.accountIds.length, 0),
      groupsByRule: new Map(
        [...Map.groupBy(ours, ({ rule }) => rule)].map(([rule, rows]) => [rule, rows.map(({ groupId }) => groupId)]),
      ),
    },
  }
}

/** Of a plan what it does to the accounts of these people, but for groups that only a whole run takes over. */
function about(
  plan: Pick<PlanDraft, 'changes'>,
  input: PlanInput,
  people: readonly string[],
  whole: PlanDraft,
): string[] {
  const theirs = new Set(
    input.memory.links.flatMap(({ sourceKey, accountId }) => (people.includes(sourceKey) ? [accountId] : [])),
  )
  const takenOver = new Set(
    whole.changes.flatMap(({ kind, groupLabel }) => (kind === 'group.adopt' ? [groupLabel ?? ''] : [])),
  )
  const all = lines(plan)
  const isTheirs = (ref: TargetRef | undefined) =>
    ref !== undefined &&
    ('id' in ref ? theirs.has(ref.id) : people.includes(plan.changes[ref.createdBy - 1]?.person?.key ?? ''))
  const concerns = ({ kind, person, account, groupLabel }: Change) =>
    !kind.startsWith('group.') &&
    !takenOver.has(groupLabel ?? '') &&
    (people.includes(person?.key ?? '') || isTheirs(account))
  return plan.changes
    .flatMap((change, index) =>
      concerns(change)
        ? [`${unheld(all[index]!)} (${change.reason}, ${change.rule}) ${JSON.stringify([change.before, change.after])}`]
        : [],
    )
    .sort()
}

/** Whether an administrator is the last one depends on who else leaves, so it is told apart. */
function unheld(line: string): string {
  return line.replace(' [held: guard:last-administrator]', '')
}

const runs = tries(600)
const dirty = fc.subarray(names, { minLength: 1 })

describe('a plan for some people', () => {
  it('is what a plan for everybody has for them', () => {
    fc.assert(
      fc.property(worlds, dirty, (w, people) => {
        const input = inputOf(w)
        const whole = makePlan(input)
        const part = makePlan(partOf(input, people))
        expect(about(part, input, people, whole)).toEqual(about(whole, input, people, whole))
        const theirs = (keys: readonly { readonly sourceKey: string }[]) =>
          keys.filter(({ sourceKey }) => people.includes(sourceKey))
        expect(theirs(part.departures)).toEqual(theirs(whole.departures))
        expect(part.departures).toEqual(theirs(part.departures))
        expect(part.returned).toEqual(whole.returned.filter((key) => people.includes(key)))
      }),
      runs,
    )
  })

  it('does nothing to anybody else', () => {
    fc.assert(
      fc.property(worlds, dirty, (w, people) => {
        const input = inputOf(w)
        const part = makePlan(partOf(input, people))
        const mine = about(part, input, people, { ...part, changes: [] })
        const ofAccounts = part.changes.filter(({ kind }) => !kind.startsWith('group.'))
        // Who is not linked yet is known by the person the change names.
        expect(ofAccounts.length).toBe(mine.length)
      }),
      runs,
    )
  })

  it('leaves nothing for them to a plan for everybody that follows', () => {
    fc.assert(
      fc.property(worlds, dirty, (w, people) => {
        const input = inputOf(w)
        const part = makePlan(partOf(input, people))
        const others = w.departures.filter(({ sourceKey }) => !people.includes(sourceKey))
        const after = applied(w, { ...part, departures: [...others, ...part.departures] })
        const next = makePlan(inputOf(after))
        const heldBack = new Set(part.changes.flatMap(({ state, account }) => (state === 'ready' ? [] : [account])))
        if (heldBack.size > 0) return
        const left = about(next, inputOf(after), people, makePlan(input)).filter((line) => !line.includes('[held'))
        expect(left).toEqual([])
      }),
      runs,
    )
  })

  const admins = (others: readonly string[]) => {
    const input = inputOf(
      world({
        people: { ann: { active: false }, bob: {} },
        accounts: { ann: {}, bob: {} },
        links: { ann: 'ann', bob: 'bob' },
        targetGroups: { ADM: { name: 'site-admins', members: ['ann', 'bob'] } },
      }),
    )
    const seen = new Set(['ann', ...others])
    const memory = onlyAbout(input, seen, seen)
    return lines(makePlan({ ...partOf(input, ['ann']), target: onlyAccounts(input.target, seen), memory }))
  }

  it('holds the leaving of an administrator unless another one was seen', () => {
    expect(admins(['bob'])).toEqual(['account.deactivate ann'])
    expect(admins([])).toEqual(['account.deactivate ann [held: guard:last-administrator]'])
  })

  it('measures groups and the source by their whole size', () => {
    const people = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`p${index}`, {}]))
    const ids = Object.keys(people)
    const w = world({
      people,
      accounts: people,
      links: Object.fromEntries(ids.map((id) => [id, id])),
      groups: { dev: { members: [] } },
      targetGroups: { DEV: { name: 'dev', members: ids } },
      groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
      grants: Object.fromEntries(ids.map((id) => [`DEV/${id}`, [{ connection: 'staff', rule: 'groups.byName' }]])),
      rules: { guards: {} },
    })
    const input = inputOf(w)
    const two = partOf(input, ['p1', 'p2'])
    expect(lines(makePlan(two))).toEqual(['membership.remove p1 DEV', 'membership.remove p2 DEV'])
    const all = { ...two, part: { ...two.part!, groupSizes: new Map([['DEV', 2]]) } }
    expect(lines(makePlan(all))[0]).toContain('guard:groups-emptied')
    const shrunk = { ...two, part: { ...two.part!, sourcePeople: { all: 4, active: 4 } } }
    expect(lines(makePlan(shrunk))[0]).toContain('guard:source-shrunk')
  })

  it('takes the shares of its limits of everybody, not of the few it knows', () => {
    const people = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, { active: index !== 1 }]))
    const ids = Object.keys(people)
    const input = inputOf(
      world({
        people,
        accounts: Object.fromEntries(ids.map((id) => [id, {}])),
        links: Object.fromEntries(ids.map((id) => [id, id])),
        targetGroups: { DEV: { name: 'dev', members: ids } },
        grants: Object.fromEntries(ids.map((id) => [`DEV/${id}`, [{ connection: 'staff', rule: 'groups.byName' }]])),
        rules: {
          users: { onDisabled: [{ after: '0d', action: 'deactivate' }] },
          guards: { deactivations: { floor: 0, percent: 10, cap: 100 } },
        },
      }),
    )
    const part = partOf(input, ['p1'])
    expect(lines(makePlan(part))).toContain('account.deactivate p1')
    const { totals, ...few } = part.memory
    expect(totals).toMatchObject({ links: 20, grants: 20 })
    expect(lines(makePlan({ ...part, memory: few })).join()).toContain('guard:deactivations')
  })

  it('leaves taking over an existing group to a plan for everybody and says so', () => {
    const input = inputOf(
      world({
        people: { ann: {} },
        accounts: { ann: {} },
        links: { ann: 'ann' },
        groups: { dev: { members: ['ann'] }, ops: { members: ['ann'] } },
        targetGroups: { DEV: { name: 'dev', members: ['zoe'] } },
      }),
    )
    const plan = makePlan(partOf(input, ['ann']))
    expect(lines(plan)).toEqual(['group.create new:ops', 'membership.add ann new:ops'])
    expect(plan.leftOut).toEqual(['The group "dev" exists already; a whole run of staff takes it over.'])
  })
})
