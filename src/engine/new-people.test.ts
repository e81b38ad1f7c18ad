import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { inputOf, world } from '../../test/support/world.ts'
import type { Target } from '../ports/target.ts'
import { askAboutLeads, askAheadAboutLeads } from './leads.ts'
import { askAboutNewPeople } from './new-people.ts'
import { makePlan } from './planner/planner.ts'

const { signal } = new AbortController()

/** Asks about everybody without an account, against a target that hides, finds and refuses these addresses. */
async function asked(
  part: Parameters<typeof world>[0],
  {
    hides = ['A1', 'A2'],
    finds = {},
    refuses = {},
  }: { hides?: string[]; finds?: Record<string, string>; refuses?: Record<string, 'other-directory'> } = {},
) {
  const { target: shown, ...rest } = inputOf(world(part))
  const accounts = shown.accounts.map(({ email, ...account }) =>
    email === undefined || hides.includes(account.id) ? account : { ...account, email },
  )
  const input = { ...rest, target: { ...shown, accounts } }
  const questions: string[] = []
  const target: Target = {
    ...directoryTarget(directory()),
    accountsByEmail: async (emails) => {
      questions.push(`accounts ${[...emails].join(' ')}`)
      return new Map(
        Object.entries(finds).map(([email, id]) => [email, { id, kind: 'person', state: 'active', email }]),
      )
    },
    notCreatable: async (emails) => {
      questions.push(`creatable ${[...emails].join(' ')}`)
      return new Map(Object.entries(refuses))
    },
  }
  const answer = await askAboutNewPeople(input, makePlan(input), target, signal)
  return { answer, questions }
}

describe('before anybody is called new', () => {
  const hidden = { people: { ann: {}, bob: {} }, accounts: { A1: {}, A2: {} } }

  it('an account that hides its address is found by an exact search and gets it in the snapshot', async () => {
    const { answer, questions } = await asked(hidden, { finds: { 'ann@x.test': 'A1' } })
    expect(answer?.target.accounts.map(({ id, email }) => `${id} ${email ?? '-'}`)).toEqual(['A1 ann@x.test', 'A2 -'])
    expect(questions).toEqual(['accounts ann@x.test bob@x.test', 'creatable bob@x.test'])
  })

  it('an account that shows another address, or none that is known, stays as it is', async () => {
    expect((await asked(hidden, { hides: ['A2'], finds: { 'ann@x.test': 'A1' } })).answer).toBeUndefined()
    expect((await asked(hidden, { finds: { 'ann@x.test': 'A9' } })).answer).toBeUndefined()
  })

  it('nobody is searched for where no account hides its address, or addresses are not what people are matched by', async () => {
    const shown = { people: { ann: {} }, accounts: { A1: {} } }
    expect((await asked(shown, { hides: [] })).questions).toEqual(['creatable ann@x.test'])
    const byName = { ...hidden, rules: { users: { match: ['link', 'username'] } } }
    expect((await asked(byName)).questions).toEqual(['creatable ann@x.test bob@x.test'])
    const bots = { people: { ann: {} }, accounts: { A1: { kind: 'app' as const } } }
    expect((await asked(bots)).questions).toEqual(['creatable ann@x.test'])
  })

  it('addresses that the target makes no account for are told, as long as accounts are made at all', async () => {
    const { answer } = await asked({ people: { ann: {} } }, { refuses: { 'ann@x.test': 'other-directory' } })
    expect(answer?.notCreatable?.get('ann@x.test')).toBe('other-directory')
    const off = { people: { ann: {} }, rules: { users: { create: false } } }
    expect(await asked(off)).toEqual({ answer: undefined, questions: [] })
  })

  it('nothing is asked when everybody has an account', async () => {
    const all = { people: { ann: {} }, accounts: { ann: {} }, links: { ann: 'ann' } }
    expect(await asked(all)).toEqual({ answer: undefined, questions: [] })
  })
})

describe('what leavers lead', () => {
  const shop = { kind: 'project', id: '1', name: 'Shop', project: 'SHOP' } as const
  const scene = () => {
    const held = directory({ leads: new Map([['project:1', { ...shop, lead: 'A1' }]]) })
    const { connection } = inputOf(world({}))
    return { held, target: directoryTarget(held), connection }
  }

  it('is asked only when somebody leaves, and about components only where a rule says who takes over', async () => {
    const { held, target, connection } = scene()
    expect(await askAboutLeads({ connection }, { leaving: [] }, target, signal)).toBeUndefined()
    expect(held.reads).toEqual([])
    expect((await askAboutLeads({ connection }, { leaving: ['A1'] }, target, signal))?.get('A1')).toMatchObject([shop])
    const users = { ...connection.users, defaultComponentLead: { account: 'bob' } }
    await askAheadAboutLeads({ ...connection, users }, ['A1'], target, signal)
    expect(held.reads).toEqual(['leadsOf 1 project', 'leadsOf 1 project+component'])
  })

  it('is nothing where nobody leads anything, or the target has no leads', async () => {
    const { target, connection } = scene()
    expect(await askAboutLeads({ connection }, { leaving: ['A2'] }, target, signal)).toBeUndefined()
    const { leadsOf: _, ...without } = target
    expect(await askAboutLeads({ connection }, { leaving: ['A1'] }, without, signal)).toBeUndefined()
  })

  it('is not asked again about those who were asked about ahead', async () => {
    const { held, target, connection } = scene()
    const ahead = await askAheadAboutLeads(connection, ['A1', 'A2'], target, signal)
    expect((await askAboutLeads({ connection }, { leaving: ['A1'] }, target, signal, ahead))?.size).toBe(1)
    expect(held.reads).toEqual(['leadsOf 2 project'])
    await askAboutLeads({ connection }, { leaving: ['A1', 'A3'] }, target, signal, ahead)
    expect(held.reads).toEqual(['leadsOf 2 project', 'leadsOf 2 project'])
  })
})
