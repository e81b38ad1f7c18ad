import { describe, expect, it } from 'vitest'
import { change } from '../../../test/support/plans.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import { foldRuns } from './folding.ts'

/** `add` = a membership of ann in dev; `role` = her access to jira; `off`/`on` = her account; `to:NAME` = her title. */
type Act = string

const dev = { account: { id: 'ann' }, group: { id: 'dev' }, person: { key: 'ann', label: 'ann' } }
const jira = { account: { id: 'ann' }, access: { product: 'jira', role: 'user' } }
const own = { account: { id: 'ann' }, person: { key: 'ann', label: 'ann' } }

const acts: Readonly<Record<string, Partial<ChangeRecord>>> = {
  add: { kind: 'membership.add', ...dev },
  'found added': { kind: 'membership.add', outcome: 'alreadyTrue', ...dev },
  remove: { kind: 'membership.remove', ...dev },
  'found removed': { kind: 'membership.remove', outcome: 'alreadyTrue', ...dev },
  adopt: { kind: 'membership.adopt', ...dev },
  release: { kind: 'membership.release', ...dev },
  grant: { kind: 'access.grant', ...jira },
  revoke: { kind: 'access.revoke', ...jira },
  create: { kind: 'account.create', createdId: 'ann', person: dev.person },
  off: { kind: 'account.deactivate', ...own },
  on: { kind: 'account.activate', ...own },
  'found off': { kind: 'account.deactivate', outcome: 'alreadyTrue', ...own },
  disable: { kind: 'account.disable', ...own },
  enable: { kind: 'account.enable', ...own },
  link: { kind: 'account.adopt', ...own },
  'let go': { kind: 'account.release', ...own },
  'title a>b': { kind: 'account.update', before: { title: 'a' }, after: { title: 'b' }, ...own },
  'title b>c': { kind: 'account.update', before: { title: 'b' }, after: { title: 'c' }, ...own },
  'title b>a': { kind: 'account.update', before: { title: 'b' }, after: { title: 'a' }, ...own },
  'office x>y': { kind: 'account.update', before: { office: 'x' }, after: { office: 'y' }, ...own },
  'shop: bob>cid': { kind: 'lead.handover', account: { id: 'bob' }, lead: leadTo('cid') },
  'shop: cid>dan': { kind: 'lead.handover', account: { id: 'cid' }, lead: leadTo('dan') },
  'shop: cid>bob': { kind: 'lead.handover', account: { id: 'cid' }, lead: leadTo('bob') },
  group: { kind: 'group.create', createdId: 'dev', groupLabel: 'dev' },
}

function leadTo(id: string) {
  return { kind: 'project', id: 'SHOP', project: 'SHOP', name: 'Shop', to: { id, label: id } } as const
}

/** One act in each run, numbered from 1; `ended` = the runs that ended a grant of ours. */
function fold(names: readonly Act[], ended: readonly number[] = []) {
  const done = names.map((name, index) => ({
    run: index + 1,
    record: { ...change(1, { outcome: 'applied', ...acts[name] }), finishedAt: (index + 1) * 1_000 },
  }))
  const { net } = foldRuns(done, { wasEnded: (run) => ended.includes(run), comesWith: () => ['jira user'] })
  return net.map(({ run, record: { kind, outcome, before, after, account, lead } }) => {
    const values = after === undefined ? '' : ` ${JSON.stringify(before)} ${JSON.stringify(after)}`
    const led = lead === undefined || account === undefined || !('id' in account) ? '' : ` ${account.id}>${lead.to.id}`
    return `${run} ${kind}${outcome === 'applied' ? '' : ` ${outcome}`}${values}${led}`
  })
}

describe('several runs become what they did together', () => {
  it.each<{ runs: Act[]; ended?: number[]; net: string[] }>([
    // A place in a group.
    { runs: ['add'], net: ['1 membership.add'] },
    { runs: ['add', 'remove'], ended: [2], net: [] },
    { runs: ['add', 'remove', 'add'], ended: [2], net: ['3 membership.add'] },
    { runs: ['remove', 'add'], ended: [1], net: [] },
    // A stranger was taken out and became ours by coming back.
    { runs: ['remove', 'add'], net: ['2 membership.adopt'] },
    { runs: ['remove', 'add', 'remove'], ended: [1, 3], net: ['3 membership.remove'] },
    { runs: ['adopt', 'release'], ended: [2], net: [] },
    { runs: ['adopt', 'remove'], ended: [2], net: ['2 membership.remove'] },
    { runs: ['found added', 'remove'], ended: [2], net: ['2 membership.remove'] },
    { runs: ['found added', 'release'], ended: [2], net: [] },
    { runs: ['remove', 'found added'], ended: [1], net: [] },
    // Taken out by us, given again, and then by somebody else: ours is what can be given back.
    { runs: ['remove', 'add', 'found removed'], ended: [1, 3], net: ['1 membership.remove'] },
    { runs: ['found added'], net: ['1 membership.add alreadyTrue'] },
    // A place that came with a role and went before it.
    { runs: ['grant', 'remove', 'revoke'], net: [] },
    { runs: ['grant', 'remove'], net: ['1 access.grant'] },
    { runs: ['revoke', 'remove'], net: ['1 access.revoke', '2 membership.remove'] },
    // An account.
    { runs: ['off', 'on'], net: [] },
    { runs: ['off', 'on', 'off'], net: ['3 account.deactivate'] },
    { runs: ['off', 'disable'], net: ['1 account.deactivate', '2 account.disable'] },
    { runs: ['off', 'disable', 'enable'], net: ['1 account.deactivate'] },
    { runs: ['disable', 'on', 'enable'], net: ['2 account.activate'] },
    { runs: ['found off', 'on'], net: ['2 account.activate'] },
    { runs: ['found off'], net: ['1 account.deactivate alreadyTrue'] },
    { runs: ['create', 'title a>b', 'off', 'on', 'add'], net: ['1 account.create', '5 membership.add'] },
    { runs: ['link', 'let go'], net: [] },
    { runs: ['let go', 'link', 'let go'], net: ['3 account.release'] },
    // Values.
    { runs: ['title a>b', 'title b>c'], net: ['2 account.update {"title":"a"} {"title":"c"}'] },
    { runs: ['title a>b', 'title b>a'], net: [] },
    {
      runs: ['title a>b', 'office x>y', 'title b>c'],
      net: ['3 account.update {"title":"a","office":"x"} {"title":"c","office":"y"}'],
    },
    { runs: ['title a>b', 'office x>y', 'title b>a'], net: ['3 account.update {"office":"x"} {"office":"y"}'] },
    // Leads and groups.
    { runs: ['shop: bob>cid', 'shop: cid>dan'], net: ['2 lead.handover bob>dan'] },
    { runs: ['shop: bob>cid', 'shop: cid>bob'], net: [] },
    { runs: ['group', 'add'], net: ['1 group.create', '2 membership.add'] },
  ])('$runs', ({ runs, ended, net }) => {
    expect(fold(runs, ended)).toEqual(net)
  })

  it('goes by when things were done, where a run was applied after a newer one', () => {
    const record = (kind: ChangeRecord['kind'], finishedAt: number) => ({
      ...change(1, { kind, outcome: 'applied', ...dev }),
      finishedAt,
    })
    const done = [
      { run: 3, record: record('membership.remove', 9_000) },
      { run: 4, record: record('membership.add', 5_000) },
    ]
    const { net, firstRun } = foldRuns(done, { wasEnded: () => true, comesWith: () => [] })
    expect([net, firstRun('dev', 'ann')]).toEqual([[], 4])
  })

  it('goes by the numbers of the runs where two things were done at the same time', () => {
    const record = (kind: ChangeRecord['kind']) => ({
      ...change(1, { kind, outcome: 'applied', ...dev }),
      finishedAt: 5,
    })
    const done = [
      { run: 4, record: record('membership.remove') },
      { run: 3, record: record('membership.add') },
    ]
    const { net } = foldRuns(done, { wasEnded: (run) => run === 4, comesWith: () => [] })
    expect(net).toEqual([])
    const other = done.map(({ run, record: each }) => ({ run: 7 - run, record: each }))
    const { net: kept } = foldRuns(other, { wasEnded: () => false, comesWith: () => [] })
    expect(kept.map(({ run, record: { kind } }) => `${run} ${kind}`)).toEqual(['4 membership.adopt'])
  })
})
