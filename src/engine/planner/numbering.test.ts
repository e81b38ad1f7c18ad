import { describe, expect, it } from 'vitest'
import type { Change, DraftChange } from '../../domain/change.ts'
import { holdDependents, numberChanges } from './numbering.ts'

const draft = (kind: DraftChange['kind'], more: Partial<DraftChange> = {}): DraftChange => ({
  kind,
  reason: 'access-wanted',
  rule: 'groups.byName',
  state: 'ready',
  stateReasons: [],
  ...more,
})
const of = (account: string, group?: string) => ({
  account: { id: account },
  accountLabel: account,
  ...(group === undefined ? {} : { group: { id: group }, groupLabel: group }),
})
const told = (changes: readonly Change[]) =>
  changes.map(({ kind, account, group, person, access, rule }) =>
    [
      kind,
      account !== undefined && 'id' in account ? account.id : '',
      group !== undefined && 'id' in group ? group.id : '',
      person?.key ?? '',
      access?.role ?? '',
      rule,
    ]
      .filter((each) => each !== '' && each !== 'groups.byName')
      .join(' '),
  )

describe('the order of changes', () => {
  const drafts = [
    draft('membership.remove', of('a', 'g1')),
    draft('membership.add', of('b', 'g2')),
    draft('membership.add', of('a', 'g2')),
    draft('membership.add', of('c', 'g1')),
    draft('access.grant', { ...of('a'), access: { product: 'jira', role: 'user' } }),
    draft('access.grant', { ...of('a'), access: { product: 'jira', role: 'admin' } }),
    draft('account.update', { ...of('a'), person: { key: 'p2', label: '' } }),
    draft('account.update', { ...of('a'), person: { key: 'p1', label: '' } }),
    draft('group.adopt', { group: { id: 'g2' }, groupLabel: 'g2', rule: 'z' }),
    draft('group.adopt', { group: { id: 'g2' }, groupLabel: 'g2', rule: 'b' }),
    draft('account.activate', of('d')),
  ]

  it('is by kind, then group, account, person, role and rule, however they were found', () => {
    const forth = numberChanges(drafts)
    expect(forth.map(({ seq }) => seq)).toEqual(drafts.map((_, at) => at + 1))
    expect(told(numberChanges([...drafts].reverse()))).toEqual(told(forth))
    const at = (text: string) => told(forth).indexOf(text)
    expect(told(forth).filter((each) => each.startsWith('membership.add'))).toEqual([
      'membership.add c g1',
      'membership.add a g2',
      'membership.add b g2',
    ])
    expect(at('account.update a p1')).toBe(at('account.update a p2') - 1)
    expect(at('access.grant a admin')).toBe(at('access.grant a user') - 1)
    expect(at('group.adopt g2 b')).toBe(at('group.adopt g2 z') - 1)
  })

  it('puts a change that says so among those of another kind', () => {
    const early = draft('membership.remove', { ...of('z', 'g9'), among: 'access.grant' })
    const kinds = numberChanges([...drafts, early]).map(({ kind, account }) =>
      account !== undefined && 'id' in account && account.id === 'z' ? 'early' : kind,
    )
    expect(kinds.indexOf('early')).toBeGreaterThan(kinds.indexOf('group.adopt'))
    expect(kinds.indexOf('early')).toBeLessThan(kinds.indexOf('membership.remove'))
    expect(Object.keys(numberChanges([early])[0]!)).not.toContain('among')
  })

  it('takes groups from an account before it ends it, where it can, and from others last', () => {
    const ending = draft('account.deactivate', of('a'))
    const losing = draft('membership.remove', of('a', 'g1'))
    const other = draft('membership.remove', of('b', 'g1'))
    const kinds = (list: readonly DraftChange[]) => told(numberChanges(list)).map((each) => each.replace(' g1', ''))
    expect(kinds([ending, losing, other])).toEqual([
      'membership.remove a',
      'account.deactivate a',
      'membership.remove b',
    ])
    const blocked = { ...losing, state: 'blocked', stateReasons: ['not-writable'] } as const
    expect(kinds([blocked, ending])).toEqual(['account.deactivate a', 'membership.remove a'])
  })

  it('puts new accounts that receive the same side by side', () => {
    const made = (name: string) =>
      draft('account.create', { accountLabel: name, person: { key: name, label: name }, rule: 'users.create' })
    const [ann, bob, cid] = [made('ann'), made('bob'), made('cid')]
    const joins = (created: DraftChange, group: string) =>
      draft('membership.add', {
        account: { created },
        accountLabel: created.accountLabel ?? '',
        group: { id: group },
        groupLabel: group,
      })
    const changes = numberChanges([
      ann,
      bob,
      cid,
      joins(ann, 'g2'),
      joins(bob, 'g1'),
      joins(cid, 'g2'),
      joins(cid, 'g3'),
    ])
    expect(changes.slice(0, 3).map(({ person }) => person?.key)).toEqual(['bob', 'ann', 'cid'])
    const [first, second, third] = changes
    const seqs = (created: number) => changes.filter(({ needs }) => needs.includes(created)).map(({ seq }) => seq)
    expect(first?.joins).toEqual(seqs(1))
    expect(second?.joins).toEqual(seqs(2))
    expect(third?.joins).toEqual(seqs(3))
    expect(third?.joins).toHaveLength(2)
    const rider = changes.find(({ needs }) => needs.includes(2))
    expect(rider).toMatchObject({ account: { createdBy: 2 }, needs: [2] })
    // One that is blocked is not carried along.
    const blocked = { ...joins(bob, 'g1'), state: 'blocked', stateReasons: ['not-writable'] } as const
    expect(numberChanges([bob, blocked])[0]?.joins).toBeUndefined()
  })

  it('names what a change needs once each, in order', () => {
    const group = draft('group.create', { groupLabel: 'new', sourceGroup: { key: 'g', label: 'new' } })
    const account = draft('account.create', { accountLabel: 'ann', person: { key: 'ann', label: '' } })
    const wake = draft('account.activate', of('a'))
    const adds = [
      draft('membership.add', {
        account: { created: account },
        accountLabel: 'ann',
        group: { created: group },
        groupLabel: 'new',
      }),
      draft('membership.add', { ...of('a', 'g1'), waitsFor: [wake, wake] }),
    ]
    const changes = numberChanges([...adds, wake, account, group])
    const seqOf = (kind: Change['kind']) => changes.find((change) => change.kind === kind)!.seq
    const needs = changes.filter(({ kind }) => kind === 'membership.add').map((change) => change.needs)
    expect(needs).toContainEqual([seqOf('account.activate')])
    expect(needs).toContainEqual([seqOf('group.create'), seqOf('account.create')].toSorted((a, b) => a - b))
    expect(changes.find(({ kind }) => kind === 'group.create')?.needs).toEqual([])
    expect(JSON.stringify(changes)).not.toContain('waitsFor')
  })
})

describe('what is taken and given at once', () => {
  const clashing = (changes: readonly Change[]) =>
    told(changes.filter(({ state, stateReasons }) => state === 'blocked' && stateReasons.includes('delete-and-create')))

  const ofPerson = (key: string) => ({ person: { key, label: key }, accountLabel: key })
  const role = { access: { product: 'jira', role: 'user' } } as const
  const pairs: [string, DraftChange, DraftChange][] = [
    ['a membership', draft('membership.add', of('a', 'g')), draft('membership.remove', of('a', 'g'))],
    [
      'an account',
      draft('account.create', ofPerson('p')),
      draft('account.deactivate', { ...of('a'), ...ofPerson('p') }),
    ],
    [
      'an account that wakes',
      draft('account.activate', { ...of('a'), ...ofPerson('p') }),
      draft('account.delete', { ...of('a'), ...ofPerson('p') }),
    ],
    [
      'one that is switched on',
      draft('account.enable', { ...of('a'), ...ofPerson('p') }),
      draft('account.disable', { ...of('a'), ...ofPerson('p') }),
    ],
    ['a role', draft('access.grant', { ...of('a'), ...role }), draft('access.revoke', { ...of('a'), ...role })],
    [
      'a role of a group',
      draft('access.grant', { group: { id: 'g' }, groupLabel: 'g', ...role }),
      draft('access.revoke', { group: { id: 'g' }, groupLabel: 'g', ...role }),
    ],
  ]
  it.each(pairs)('%s is blocked on both sides, and nothing beside it', (_, gives, takes) => {
    const others = [
      draft('membership.add', of('x', 'g')),
      draft('membership.remove', of('y', 'g')),
      draft('account.deactivate', { ...of('z'), ...ofPerson('z') }),
      draft('access.grant', { ...of('x'), ...role }),
    ]
    const changes = numberChanges([...others, gives, takes])
    expect(clashing(changes).toSorted()).toEqual(clashing(numberChanges([takes, gives, ...others])).toSorted())
    expect(clashing(changes)).toHaveLength(2)
    expect(
      clashing(changes)
        .map((each) => each.split(' ')[0])
        .toSorted(),
    ).toEqual([gives.kind, takes.kind].toSorted())
  })

  it('is nothing where only one side is', () => {
    expect(
      clashing(numberChanges([draft('membership.add', of('a', 'g')), draft('membership.add', of('b', 'g'))])),
    ).toEqual([])
    expect(
      clashing(numberChanges([draft('membership.release', of('a', 'g')), draft('membership.add', of('a', 'g'))])),
    ).toEqual([])
  })
})

describe('a change that needs another', () => {
  const numbered = (list: readonly Partial<Change>[]): Change[] =>
    list.map(
      (more, at) =>
        ({ ...(draft('membership.add', of('a', 'g')) as object), seq: at + 1, needs: [], ...more }) as Change,
    )
  const states = (changes: readonly Change[]) =>
    changes.map(({ state, stateReasons }) => [state, ...stateReasons].join(' '))

  it('waits with it, also along a chain, and keeps what held it before', () => {
    const changes = numbered([
      { state: 'held', stateReasons: ['guard:creates'] },
      { needs: [1] },
      { needs: [2], state: 'held', stateReasons: ['guard:groups-emptied'] },
      { state: 'blocked', stateReasons: ['not-writable'] },
      { needs: [1, 4] },
      { needs: [1], state: 'blocked', stateReasons: ['seats'] },
      {},
      { needs: [7] },
    ])
    const held = holdDependents(changes)
    expect(states(held)).toEqual([
      'held guard:creates',
      'held waits-for',
      'held guard:groups-emptied waits-for',
      'blocked not-writable',
      'blocked waits-for',
      'blocked seats',
      'ready',
      'ready',
    ])
    // A second look finds nothing more to do, and makes nothing anew.
    holdDependents(held).forEach((change, at) => {
      expect(at === 4 || change === held[at]).toBe(true)
    })
    expect(states(holdDependents(held))).toEqual(states(held))
  })
})
