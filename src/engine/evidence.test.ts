import { describe, expect, it } from 'vitest'
import { directory, directoryTarget, type Somebody } from '../../test/doubles/directory-target.ts'
import { change } from '../../test/support/plans.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import { gather, isWholeReadCheaper, sweep, withIds } from './evidence.ts'
import { sightingOf, type Written } from './sighting.ts'

const jira = { product: 'jira', role: 'user' }
const signal = new AbortController().signal

function written(seq: number, part: Partial<Written>): Written {
  return {
    ...change(seq, part),
    accountId: part.accountId ?? 'ann',
    ...(part.groupId ? { groupId: part.groupId } : {}),
  }
}

function held() {
  const person = (name: string, groups: readonly string[]): Somebody => ({
    email: `${name}@x.test`,
    state: 'active',
    groups: new Set(groups),
    access: [jira],
    custom: {},
  })
  return directory({
    people: new Map([
      ['ann', person('ann', ['G1'])],
      ['bob', person('bob', [])],
    ]),
    groups: new Map([['G1', { name: 'dev', grants: [] }]]),
  })
}

it.each([
  // One call covers ten accounts at most, one page a hundred: a hundredth of the accounts is worth a tenth of the pages.
  ['users', 100, 1_000, false],
  ['users', 112, 1_000, true],
  ['users', 11, 100, false],
  ['users', 12, 100, true],
  ['users', 1_000, Number.POSITIVE_INFINITY, false],
  ['groups', 1_000, 0, false],
] as const)(
  'memberships with %s: a look at %i of %i accounts reads everybody: %s',
  (with_, accounts, all, expected) => {
    expect(isWholeReadCheaper({ membershipsComeWith: with_ }, accounts, all)).toBe(expected)
  },
)

it('what the same plan made is found behind references, and what it did not make is left open', async () => {
  const made = [
    change(1, { kind: 'account.create', createdId: 'A-new' }),
    change(2, { kind: 'group.create', createdId: 'G-new' }),
  ]
  const asked: unknown[] = []
  const plans = {
    bySeq: async (_plan: string, seqs: readonly number[]) => {
      asked.push([...seqs])
      return made.filter(({ seq }) => seqs.includes(seq))
    },
  }
  const of = async (part: Partial<ChangeRecord>) => {
    const { account: _, group: __, ...bare } = change(9, part)
    const [found] = await withIds(plans, 'plan', [{ ...bare, ...part }])
    return [found?.accountId, found?.groupId]
  }
  const reference = { account: { createdBy: 1 }, group: { createdBy: 2 } }
  expect(await of({ kind: 'membership.add', ...reference })).toEqual(['A-new', 'G-new'])
  expect(asked).toEqual([[1, 2]])
  expect(await of({ kind: 'membership.add', account: { id: 'A1' }, group: { createdBy: 7 } })).toEqual([
    'A1',
    undefined,
  ])
  expect(await of({ kind: 'account.create', createdId: 'A9', ...reference })).toEqual(['A9', 'G-new'])
  expect(await of({ kind: 'group.create', createdId: 'G9', ...reference })).toEqual(['A-new', 'G9'])
})

describe('evidence', () => {
  it('is one look for all accounts, and one beside it that asks for access', async () => {
    const site = held()
    const add = written(1, { kind: 'membership.add', groupId: 'G1' })
    const grant = written(2, { kind: 'access.grant', access: jira, accountId: 'bob' })
    const evidence = await gather(directoryTarget(site), [add, grant], undefined, signal)
    expect([sightingOf(add, evidence), sightingOf(grant, evidence)]).toEqual(['so', 'so'])
    expect(site.reads).toEqual(['accountsNow 1', 'accountsNow 1'])
  })

  it('of a read of everybody is enough, but for what such a read may lack', async () => {
    const site = held()
    const target = directoryTarget(site)
    const add = written(1, { kind: 'membership.add', groupId: 'G1' })
    const grant = written(2, { kind: 'access.grant', access: jira, accountId: 'bob' })
    const listed = await sweep(target, new Set(['ann', 'bob']), signal)
    expect([...listed.keys()]).toEqual(['ann', 'bob'])
    expect(listed.get('ann')?.groupIds).toEqual(new Set(['G1']))
    const evidence = await gather(target, [add, grant], listed, signal)
    expect([sightingOf(add, evidence), sightingOf(grant, evidence)]).toEqual(['so', 'so'])
    expect(site.reads).toEqual(['users', 'accountsNow 0', 'accountsNow 1'])
  })

  it('about groups and leads is looked for by their names and ids', async () => {
    const site = held()
    const lead = { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', to: { id: 'bob', label: 'bob' } } as const
    site.leads.set('project:1', { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', lead: 'bob' })
    const { accountId: _, ...creation } = written(1, { kind: 'group.create', groupId: 'G1', groupLabel: 'Dev' })
    const handover = written(2, { kind: 'lead.handover', lead })
    const evidence = await gather(directoryTarget(site), [creation, handover], undefined, signal)
    expect([sightingOf(creation, evidence), sightingOf(handover, evidence)]).toEqual(['so', 'so'])
    expect(site.reads).toEqual(['accountsNow 0', 'accountsNow 0'])
  })
})
