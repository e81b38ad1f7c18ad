import { describe, expect, it } from 'vitest'
import { type Directory, directory, directoryTarget, type Somebody } from '../../test/doubles/directory-target.ts'
import { change, noon } from '../../test/support/plans.ts'
import { ledKey } from '../domain/lead.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { Target } from '../ports/target.ts'
import { type Pending, recheck, type Verdict } from './recheck.ts'

const { signal } = new AbortController()
const jira = { product: 'jira', role: 'user' }

/** A directory with one account A1, as it is given, and the group G1 `dev`. */
function held(person: Partial<Somebody> | 'gone' = {}, part: Partial<Directory> = {}): Directory {
  const ann = { email: 'ann@x.test', state: 'active', groups: new Set<string>(), access: [], custom: {} } as const
  return directory({
    people: new Map(
      person === 'gone' ? [] : [['A1', { ...ann, groups: new Set(), access: [], custom: {}, ...person }]],
    ),
    groups: new Map([['G1', { name: 'dev', grants: [] }]]),
    ...part,
  })
}

function pending(part: Partial<ChangeRecord>, more: Partial<Pending> = {}): Pending {
  return { change: change(1, part), resolved: { accountId: 'A1', groupId: 'G1' }, fresh: false, ...more }
}

/** `send`, or the outcome, with the reason why something was skipped. */
function named(verdict: Verdict | undefined): string {
  if (verdict === undefined || verdict.send) return 'send'
  const { outcome, skipReason } = verdict.outcome
  return skipReason === undefined ? outcome : `${outcome} ${skipReason}`
}

async function look(
  target: Directory | Target,
  part: Partial<ChangeRecord>,
  more: Partial<Pending> = {},
): Promise<Verdict> {
  const asked = 'people' in target ? directoryTarget(target) : target
  return (await recheck(asked, [pending(part, more)], signal))[0]!
}

describe('what the look just before a write says (D19)', () => {
  const inGroup = { groups: new Set(['G1']) }
  const cases: {
    readonly kind: ChangeRecord['kind']
    readonly live: Partial<Somebody> | 'gone'
    readonly says: string
    readonly part?: Partial<ChangeRecord>
  }[] = [
    { kind: 'account.deactivate', live: {}, says: 'send' },
    { kind: 'account.deactivate', live: { state: 'suspended' }, says: 'alreadyTrue' },
    { kind: 'account.deactivate', live: { state: 'disabled' }, says: 'alreadyTrue' },
    { kind: 'account.activate', live: { state: 'suspended' }, says: 'send' },
    { kind: 'account.activate', live: {}, says: 'alreadyTrue' },
    { kind: 'account.disable', live: { state: 'suspended' }, says: 'send' },
    { kind: 'account.disable', live: { state: 'disabled' }, says: 'alreadyTrue' },
    { kind: 'account.enable', live: { state: 'disabled' }, says: 'send' },
    { kind: 'account.enable', live: { state: 'suspended' }, says: 'alreadyTrue' },
    { kind: 'account.delete', live: {}, says: 'send' },
    { kind: 'account.delete', live: { toBeDeleted: true }, says: 'alreadyTrue' },
    { kind: 'account.delete', live: 'gone', says: 'alreadyTrue' },
    { kind: 'account.deactivate', live: 'gone', says: 'skipped conflict' },
    { kind: 'membership.remove', live: 'gone', says: 'skipped conflict' },
    { kind: 'membership.add', live: {}, says: 'send' },
    { kind: 'membership.add', live: inGroup, says: 'alreadyTrue' },
    { kind: 'membership.add', live: { ...inGroup, state: 'suspended' }, says: 'alreadyTrue' },
    { kind: 'membership.add', live: { state: 'suspended' }, says: 'skipped conflict' },
    { kind: 'membership.remove', live: inGroup, says: 'send' },
    { kind: 'membership.remove', live: {}, says: 'alreadyTrue' },
    { kind: 'access.grant', live: {}, part: { access: jira }, says: 'send' },
    { kind: 'access.grant', live: { access: [jira] }, part: { access: jira }, says: 'alreadyTrue' },
    { kind: 'access.grant', live: { state: 'suspended' }, part: { access: jira }, says: 'skipped conflict' },
    { kind: 'access.revoke', live: { access: [jira] }, part: { access: jira }, says: 'send' },
    {
      kind: 'access.revoke',
      live: { access: [{ ...jira, role: 'admin' }] },
      part: { access: jira },
      says: 'alreadyTrue',
    },
    { kind: 'custom.update', live: { custom: { team: 'a' } }, part: { after: { team: 'a' } }, says: 'alreadyTrue' },
    { kind: 'custom.update', live: { custom: { team: 'a' } }, part: { after: { team: null } }, says: 'send' },
    { kind: 'custom.update', live: {}, part: { after: { team: null } }, says: 'alreadyTrue' },
    { kind: 'account.update', live: {}, part: { after: { email: 'ann@x.test' } }, says: 'alreadyTrue' },
    { kind: 'account.update', live: {}, part: { after: { title: null } }, says: 'alreadyTrue' },
    {
      kind: 'account.update',
      live: {},
      part: { after: { email: 'new@x.test' }, before: { email: 'ann@x.test' } },
      says: 'send',
    },
    {
      kind: 'account.update',
      live: {},
      part: { after: { email: 'new@x.test' }, before: { email: 'old@x.test' } },
      says: 'skipped conflict',
    },
  ]
  it.each(cases)('$kind of an account that is $live now: $says', async ({ kind, live, part = {}, says }) => {
    expect(named(await look(held(live), { kind, ...part }))).toBe(says)
  })

  it('what was sent before and is so now was us', async () => {
    const sent = { kind: 'account.deactivate', sentAt: noon } as const
    expect(await look(held({ state: 'suspended' }), sent)).toEqual({
      send: false,
      resolved: { accountId: 'A1', groupId: 'G1' },
      outcome: { seq: 1, outcome: 'applied' },
    })
    expect(named(await look(held(), sent))).toBe('send')
  })

  it('memberships that the target hides are removed without a look, and added', async () => {
    const target = directoryTarget(held())
    const hiding: Target = {
      ...target,
      accountsNow: async (ids, asked) =>
        new Map([...(await target.accountsNow(ids, asked))].map(([id, { account }]) => [id, { account }])),
    }
    expect(named(await look(hiding, { kind: 'membership.remove' }))).toBe('send')
    expect(named(await look(hiding, { kind: 'membership.add' }))).toBe('send')
  })

  it('an account that this plan made is not looked at, unless the change was sent before', async () => {
    const fresh = held()
    expect(named(await look(fresh, { kind: 'membership.add' }, { fresh: true }))).toBe('send')
    expect(fresh.reads).toEqual(['accountsNow 0'])
    const again = held({ groups: new Set(['G1']) })
    expect(named(await look(again, { kind: 'membership.add', sentAt: noon }, { fresh: true }))).toBe('applied')
    expect(again.reads).toEqual(['accountsNow 1'])
  })

  it('access that a group of the person gives is there already', async () => {
    const giving = held({ groups: new Set(['G1']) }, { groups: new Map([['G1', { name: 'dev', grants: [jira] }]]) })
    expect(named(await look(giving, { kind: 'access.grant', access: jira }))).toBe('alreadyTrue')
  })

  it('what stands in custom attributes goes with the order', async () => {
    const verdict = await look(held({ custom: { team: 'a', desk: '7' } }), {
      kind: 'custom.update',
      after: { team: 'b' },
    })
    expect(verdict).toMatchObject({ send: true, seen: { account: { custom: { team: 'a', desk: '7' } } } })
  })
})

describe('access of a group', () => {
  const lookAt = async (grants: readonly (typeof jira)[], kind: 'access.grant' | 'access.revoke', groupId = 'G1') => {
    const { account: _a, accountLabel: _l, ...rest } = change(1, { kind, access: jira, groupLabel: 'Dev' })
    const target = held({}, { groups: new Map([['G1', { name: 'dev', grants: [...grants] }]]) })
    const each: Pending = { change: rest, resolved: { groupId }, fresh: false }
    return named((await recheck(directoryTarget(target), [each], signal))[0])
  }

  it('is looked up by the name of the group, and compared by its id', async () => {
    expect(await lookAt([], 'access.grant')).toBe('send')
    expect(await lookAt([jira], 'access.grant')).toBe('alreadyTrue')
    expect(await lookAt([jira], 'access.revoke')).toBe('send')
    expect(await lookAt([], 'access.revoke')).toBe('alreadyTrue')
    expect(await lookAt([jira], 'access.revoke', 'G9')).toBe('skipped conflict')
  })

  it('of a group that this plan made is sent, also when the group is not listed yet', async () => {
    const {
      account: _a,
      accountLabel: _l,
      ...rest
    } = change(2, { kind: 'access.grant', access: jira, groupLabel: 'new' })
    const each: Pending = { change: { ...rest, group: { createdBy: 1 } }, resolved: { groupId: 'G7' }, fresh: false }
    expect(named((await recheck(directoryTarget(held()), [each], signal))[0])).toBe('send')
  })
})

describe('what is to be made', () => {
  const account = (part: Partial<ChangeRecord> = {}) =>
    ({ kind: 'account.create', after: { email: 'Ann@x.test' }, ...part }) as const
  const none = { resolved: {} }

  it('is sent while nothing of that address or name is there', async () => {
    expect(named(await look(held('gone'), account(), none))).toBe('send')
    expect(named(await look(held('gone'), account({ after: {} }), none))).toBe('send')
    expect(named(await look(held(), { kind: 'group.create', groupLabel: 'ops' }, none))).toBe('send')
  })

  it('is a conflict when it has appeared since, and nobody takes it for ours', async () => {
    for (const verdict of [
      await look(held(), account(), none),
      await look(held(), { kind: 'group.create', groupLabel: 'DEV' }, none),
    ]) {
      expect(verdict).toMatchObject({
        send: false,
        resolved: {},
        outcome: { outcome: 'skipped', skipReason: 'conflict', errorCode: 'conflict' },
      })
    }
  })

  it('was made by us when it was sent before', async () => {
    expect(await look(held(), account({ sentAt: noon }), none)).toEqual({
      send: false,
      resolved: { accountId: 'A1' },
      outcome: { seq: 1, outcome: 'applied', createdId: 'A1' },
    })
    expect(await look(held(), { kind: 'group.create', groupLabel: 'dev', sentAt: noon }, none)).toMatchObject({
      resolved: { groupId: 'G1' },
      outcome: { outcome: 'applied', createdId: 'G1' },
    })
  })

  it('is finished where a creation has several steps, only when it was sent before', async () => {
    const target = directoryTarget(held())
    const steps: Target = {
      ...target,
      operations: {
        ...target.operations,
        'account.create': { ...target.operations['account.create']!, finishes: true },
      },
    }
    expect(await look(steps, account({ sentAt: noon }), none)).toEqual({ send: true, unfinished: { accountId: 'A1' } })
    expect(named(await look(steps, account(), none))).toBe('skipped conflict')
  })
})

describe('who leads', () => {
  const shop = { kind: 'project', id: '10001', name: 'Shop', project: 'SHOP' } as const
  const lookAt = async (lead: string | null | 'gone') => {
    const leads = new Map(lead === 'gone' ? [] : [[ledKey(shop), { ...shop, lead }]])
    const handover = { kind: 'lead.handover', lead: { ...shop, to: { id: 'A2', label: 'Bob' } } } as const
    return named(await look(held({}, { leads }), handover))
  }

  it('is handed over only by the one who leads it now', async () => {
    expect([
      await lookAt('A1'),
      await lookAt('A2'),
      await lookAt('A3'),
      await lookAt(null),
      await lookAt('gone'),
    ]).toEqual(['send', 'alreadyTrue', 'skipped conflict', 'skipped conflict', 'skipped conflict'])
  })
})
