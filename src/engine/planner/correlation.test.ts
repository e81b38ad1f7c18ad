import { describe, expect, it } from 'vitest'
import { lines, planOf, type World, world } from '../../../test/support/world.ts'

const ann = (part: Partial<World>) => {
  const plan = planOf(world({ people: { ann: {} }, ...part }))
  return { lines: lines(plan), items: plan.workItems.map((item) => item.reason) }
}

describe('correlation', () => {
  const cases: { name: string; world: Partial<World>; lines?: string[]; items?: string[] }[] = [
    {
      name: 'adopts the account with the same address, whatever its letter case',
      world: { accounts: { A1: { email: 'Ann@X.test' } } },
      lines: ['account.adopt A1'],
    },
    {
      name: 'prefers the immutable id to the address',
      world: { accounts: { A1: { email: 'ann@x.test' }, A2: { externalId: 'ann', email: 'old@x.test' } } },
      lines: ['account.adopt A2'],
    },
    {
      name: 'never guesses between two accounts',
      world: { accounts: { A1: { externalId: 'ann' }, A2: { externalId: 'ann' } } },
      items: ['correlation-ambiguous'],
    },
    {
      name: 'never matches apps and customers',
      world: { accounts: { A1: { email: 'ann@x.test', kind: 'customer' } } },
      lines: ['account.create new:ann'],
    },
    {
      name: 'asks a person before taking over an administrator by address',
      world: {
        accounts: { A1: { email: 'ann@x.test' } },
        targetGroups: { JA: { name: 'jira-administrators', members: ['A1'] } },
      },
      items: ['correlation-needs-person'],
    },
    {
      name: 'asks a person about a look-alike address',
      world: { accounts: { A1: { email: 'ａnn@x.test' } } },
      items: ['correlation-needs-person'],
    },
    {
      name: 'asks a person when the account belongs to another active record',
      world: {
        people: { ann: {}, ann2: { mail: 'other@x.test' } },
        accounts: { A1: { email: 'ann@x.test' } },
        links: { ann2: 'A1' },
      },
      items: ['correlation-ambiguous'],
    },
    {
      name: 'reports a linked account that is gone and never recreates it',
      world: { links: { ann: 'A9' } },
      items: ['account-gone'],
    },
    {
      name: 'says nothing about a linked account in an incomplete read',
      world: { links: { ann: 'A9' }, accountsComplete: false },
    },
    {
      name: 'creates nobody while the target was not read completely',
      world: { accountsComplete: false },
      lines: ['account.create new:ann [blocked: target-unproven]'],
    },
    {
      name: 'two people with one address are both blocked',
      world: { people: { ann: {}, bob: { mail: 'ann@x.test' } } },
      lines: ['account.create new:ann [blocked: duplicate-email]', 'account.create new:bob [blocked: duplicate-email]'],
      items: ['duplicate-email', 'duplicate-email'],
    },
    {
      name: 'two people who match one account are both decisions of a person',
      world: { people: { ann: {}, bob: { mail: 'ann@x.test' } }, accounts: { A1: { email: 'ann@x.test' } } },
      items: ['correlation-ambiguous', 'correlation-ambiguous'],
    },
    {
      name: 'a person without an address is blocked, not guessed',
      world: { people: { ann: { mail: null } } },
      lines: ['account.create new:ann [blocked: required-missing]'],
    },
    {
      name: 'an address that is none is blocked',
      world: { people: { ann: { mail: 'no address' } } },
      lines: ['account.create new:ann [blocked: value-invalid]'],
    },
    {
      name: 'a linked person whose address changed stays linked',
      world: {
        people: { ann: { mail: 'ann.new@x.test' } },
        accounts: { A1: { email: 'ann@x.test' } },
        links: { ann: 'A1' },
      },
    },
  ]
  const byName = { users: { match: ['username'], mapping: { userName: 'login' } } }
  cases.push(
    {
      name: 'asks a person, too, when the other record stands in a read that was not complete',
      world: {
        people: { ann: {}, ann2: { mail: 'other@x.test' } },
        accounts: { A1: { email: 'ann@x.test' } },
        links: { ann2: 'A1' },
        usersComplete: false,
      },
      items: ['correlation-ambiguous'],
    },
    {
      name: 'says nothing yet when the other record may only be missing from this read',
      world: {
        accounts: { A1: { email: 'ann@x.test' } },
        links: { ann2: 'A1' },
        usersComplete: false,
      },
    },
    {
      name: 'adopts by username where that is the rule, whatever its letter case',
      world: {
        people: { ann: { login: 'ann' } },
        accounts: { A1: { email: 'else@x.test', userName: 'ANN' } },
        rules: byName,
      },
      lines: ['account.adopt A1'],
    },
    {
      name: 'asks a person about a look-alike username',
      world: {
        people: { ann: { login: 'ann' } },
        accounts: { A1: { email: 'else@x.test', userName: 'ａnn' } },
        rules: byName,
      },
      items: ['correlation-needs-person'],
    },
  )
  for (const each of cases) {
    it(each.name, () => {
      expect(ann(each.world)).toEqual({ lines: each.lines ?? [], items: each.items ?? [] })
    })
  }

  it('says by what it found somebody, and names everybody who could be meant', () => {
    const found = planOf(
      world({
        people: { ann: { login: 'ann' } },
        accounts: { A1: { email: 'z@x.test', userName: 'ann' } },
        rules: byName,
      }),
    )
    expect(found.changes.map(({ reason, rule }) => [reason, rule])).toEqual([
      ['matched-by-username', 'users.match.username'],
    ])
    const same = { email: 'ann@x.test' }
    const asked = planOf(world({ people: { ann: {} }, accounts: { A1: same, A2: same, A3: same, A4: same } }))
    expect(asked.workItems[0]?.choices?.filter(({ decision }) => decision === 'link')).toHaveLength(4)
  })
})
