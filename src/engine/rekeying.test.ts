import { describe, expect, it } from 'vitest'
import { inputOf, world } from '../../test/support/world.ts'
import type { Holdings } from '../ports/directories.ts'
import { compare } from './rekeying.ts'

const counts = { links: 0, groupLinks: 0, grants: 0, access: 0, deactivations: 0, customValues: 0, decisions: 0 }

function judged(
  part: Parameters<typeof world>[0],
  remembered: Partial<Holdings>,
  more: { readonly isKnown?: boolean; readonly complete?: boolean } = {},
) {
  const { target } = inputOf(world(part))
  return compare({
    from: 'site:1',
    to: 'org:1/d',
    targetKey: 'acme',
    remembered: { targets: ['acme'], accounts: [], groups: [], counts, ...remembered },
    snapshot: { ...target, accountsComplete: more.complete ?? true },
    isKnown: more.isKnown ?? false,
  })
}

const linked = (...ids: string[]) => ids.map((id) => ({ id, label: `${id} <${id}@x.test>`, isLinked: true }))

describe('D1 a directory that goes by another key', () => {
  it('is found again by the ids of its accounts and groups', () => {
    const { rekeying, groupIds } = judged(
      { accounts: { ann: {}, bob: {} }, targetGroups: { DEV: { name: 'dev', members: [] } } },
      { accounts: linked('ann', 'bob'), groups: [{ id: 'DEV', name: 'dev' }] },
    )
    expect(rekeying).toMatchObject({
      accounts: { remembered: 2, linked: 2, matched: 2, missing: [], differing: [] },
      groups: { remembered: 1, sameId: 1, byName: [], missing: [] },
      otherTargets: [],
    })
    expect([rekeying.refusedBecause, groupIds.size]).toEqual([undefined, 0])
  })

  it('finds a group with another id by its name, unless two have it', () => {
    const { rekeying, groupIds } = judged(
      {
        accounts: { ann: {} },
        targetGroups: {
          N1: { name: 'Dev', members: [] },
          N2: { name: 'ops', members: [] },
          N3: { name: 'OPS', members: [] },
        },
      },
      {
        accounts: linked('ann'),
        groups: [
          { id: 'O1', name: 'dev' },
          { id: 'O2', name: 'ops' },
          { id: 'O3', name: 'gone' },
        ],
      },
    )
    expect([...groupIds]).toEqual([['O1', 'N1']])
    expect(rekeying.groups).toMatchObject({ sameId: 0, byName: ['dev: O1 -> N1'], missing: ['ops', 'gone'] })
  })

  it('is another directory when more than a fifth of the linked accounts are not there', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `p${index}`)
    const without = (count: number) =>
      judged({ accounts: Object.fromEntries(ten.slice(count).map((id) => [id, {}])) }, { accounts: linked(...ten) })
        .rekeying
    expect(without(2).refusedBecause).toBeUndefined()
    expect(without(2).accounts).toMatchObject({ matched: 8, missing: ['p0 <p0@x.test>', 'p1 <p1@x.test>'] })
    expect(without(3).refusedBecause).toContain('3 of 10 linked accounts are not in it')
    expect(judged({}, { accounts: linked('ann') }).rekeying.refusedBecause).toContain('1 of 1')
  })

  it('counts the same id with another address as somebody else', () => {
    const { rekeying } = judged(
      { accounts: { 1001: { email: 'zoe@x.test' } } },
      { accounts: [{ id: '1001', label: 'Ann <ann@x.test>', isLinked: true }] },
    )
    expect(rekeying.accounts).toMatchObject({ matched: 0, differing: ['Ann <ann@x.test> -> zoe@x.test'] })
    expect(rekeying.refusedBecause).toContain('are somebody else there')
  })

  it('calls an account by its id where nothing else is remembered of it', () => {
    const { rekeying } = judged({}, { accounts: [{ id: '1001', label: '', isLinked: true }] })
    expect(rekeying.accounts).toMatchObject({ matched: 0, missing: ['1001'] })
  })

  it('is not carried over into a directory that is remembered already, nor from half a read', () => {
    const accounts = linked('ann')
    expect(judged({ accounts: { ann: {} } }, { accounts }, { isKnown: true }).rekeying.refusedBecause).toContain(
      'set `target` of the connections to that one',
    )
    expect(judged({ accounts: { ann: {} } }, { accounts }, { complete: false }).rekeying.refusedBecause).toContain(
      'not read completely',
    )
  })

  it('has another fingerprint as soon as anything differs, and names the other doors', () => {
    const one = judged({ accounts: { ann: {}, bob: {} } }, { accounts: linked('ann', 'bob') })
    const other = judged({ accounts: { ann: {} } }, { accounts: linked('ann', 'bob'), targets: ['acme', 'wiki'] })
    expect(one.rekeying.fingerprint).not.toBe(other.rekeying.fingerprint)
    expect(other.rekeying.otherTargets).toEqual(['wiki'])
  })
})
