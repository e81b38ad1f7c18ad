import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { short } from './desk.ts'
import { type Member, member, personOf, targetYaml } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

type Person = Member & { readonly jobTitle?: string | null; readonly team?: string }

/** Two files of people and the connections between them and one site. */
async function company(connections: readonly string[]) {
  const { client, folder, runner, applyFile } = current()
  writeFileSync(join(folder, 'api-token'), sandbox.credentials.apiToken)
  writeFileSync(join(folder, 'org-key'), sandbox.credentials.orgApiKey)
  const set = async (some: readonly string[]) => {
    const yaml = `sources:
  hr: { type: file, path: hr.json }
  lab: { type: file, path: lab.json }
targets:
${targetYaml(sandbox, 'acme')}connections:
${some.join('')}`
    await applyFile(yaml, { removesUnnamed: true })
  }
  await set(connections)
  const asked = { trigger: 'cli', startedBy: 'os:tester' } as const
  const told = async (run: Awaited<Awaited<ReturnType<typeof runner.start>>['done']>) => {
    const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
    const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
    return { run, plan, changes: items }
  }
  const plan = async (key: string) => told(await (await runner.start(key, { ...asked, kind: 'preview' })).done)
  const apply = async (planned: Awaited<ReturnType<typeof told>>) => {
    const body = { fingerprint: planned.plan.fingerprint, release: { all: true as const } }
    await client.plans.approve({ params: { plan: planned.plan.id }, body })
    return told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
  }
  return {
    set,
    plan,
    apply,
    save(source: 'hr' | 'lab', people: readonly Person[], groups: Readonly<Record<string, readonly Person[]>> = {}) {
      const written = Object.entries(groups).map(([name, members]) => ({
        id: name,
        name,
        members: members.map(({ id }) => ({ id })),
      }))
      // A file without anybody is taken for a fault, so somebody stays.
      const somebody = { ...member('stays', 0), id: 'stays', active: false }
      writeFileSync(join(folder, `${source}.json`), JSON.stringify({ people: [...people, somebody], groups: written }))
    },
    /** A run that somebody approves as a whole. */
    async sync(key: string) {
      const done = await apply(await plan(key))
      expect(done.run.state, short(done).join()).toBe('applied')
      return short(done)
    },
  }
}

const rules = (key: string, source: string, more: string) => `  ${key}:
    source: ${source}
    target: acme
    mode: review
    ${more}
`
const leaving = 'onLeft: [{ after: 0d, action: deactivate }], onDisabled: [{ after: 0d, action: deactivate }]'
const mapping = 'mapping: { jobTitle: jobTitle }'

const site = (person: Member) => {
  const found = personOf(sandbox, person.mail)
  const [state] = Object.values(found?.directories ?? {})
  const account = sandbox.control.twin.state.accounts.items.find(({ email }) => email === person.mail)
  return { state, groups: found?.groups, jobTitle: account?.jobTitle }
}

/** The person answers the first mail; before that nobody may change their profile. */
function confirm({ mail }: Member): void {
  const account = sandbox.control.twin.state.accounts.items.find(({ email }) => email === mail)
  if (account === undefined) throw new Error(`${mail} has no account.`)
  account.emailVerified = true
}

describe('two connections from two sources into one site', () => {
  it('decide attributes by priority, and one that says nothing passes them on', async () => {
    const ann = member('prio', 1)
    const all = `users: { ${leaving}, ${mapping} }`
    const { save, sync } = await company([
      rules('hr', 'hr', `priority: 1\n    ${all}`),
      rules('lab', 'lab', `priority: 9\n    ${all}`),
    ])
    save('hr', [{ ...ann, jobTitle: 'Clerk' }])
    save('lab', [])
    expect(await sync('hr')).toEqual(['account.create applied'])
    confirm(ann)
    await sync('lab')
    expect(site(ann).jobTitle).toBe('Clerk')

    save('lab', [{ ...ann, id: 'prio-lab', jobTitle: 'Researcher' }])
    expect(await sync('lab')).toEqual(['account.adopt applied', 'account.update applied'])
    expect(site(ann).jobTitle).toBe('Researcher')
    expect(await sync('hr')).toEqual([])
    save('hr', [{ ...ann, jobTitle: 'Senior Clerk' }])
    expect(await sync('hr')).toEqual([])

    // Unknown passes to the next; what the higher one knows to be empty is emptied, because we wrote it.
    save('lab', [{ ...ann, id: 'prio-lab' }])
    expect(await sync('lab')).toEqual([])
    expect(await sync('hr')).toEqual(['account.update applied'])
    expect(site(ann).jobTitle).toBe('Senior Clerk')
    save('lab', [{ ...ann, id: 'prio-lab', jobTitle: null }])
    expect(await sync('lab')).toEqual(['account.update applied'])
    expect(site(ann).jobTitle).toBeUndefined()
    expect([await sync('hr'), await sync('lab')]).toEqual([[], []])
  })

  it('keep an account active while one of them wants it, and the last one deactivates it', async () => {
    const bob = member('both', 1)
    const key = (name: string, source: string) =>
      rules(name, source, `users: { ${leaving} }\n    groups: { byName: { transform: [{ prefix: "both-" }] } }`)
    const { save, sync, set } = await company([key('one', 'hr'), key('two', 'lab')])
    const inLab = { ...bob, id: 'both-lab' }
    save('hr', [bob], { dev: [bob] })
    save('lab', [inLab], { ops: [inLab] })
    await sync('one')
    expect(await sync('two')).toEqual(['account.adopt applied', 'group.create applied', 'membership.add applied'])
    expect(site(bob)).toMatchObject({ state: 'active', groups: ['both-dev', 'both-ops'] })
    // One person in two sources, by whatever name of either (D2).
    for (const person of [bob.id, inLab.id, bob.mail]) {
      const { items } = await current().client.people.find({ query: { person } })
      expect(items.map(({ records }) => records)).toEqual([
        [
          { source: 'hr', key: bob.id },
          { source: 'lab', key: inLab.id },
        ],
      ])
      expect(items[0]?.accounts).toHaveLength(1)
      const told = items[0]?.connections.map(({ connection, sourceKey, state, link, pending, lastChange }) => [
        connection,
        sourceKey,
        state?.is,
        link?.how,
        pending.length,
        lastChange?.kind,
      ])
      expect(told).toEqual([
        ['one', bob.id, 'active', 'created', 0, 'membership.add'],
        ['two', inLab.id, 'active', 'email', 0, 'membership.add'],
      ])
      const groups = items[0]?.connections[1]?.memberships.map(({ name, grants }) => [name, grants[0]?.connection])
      expect(groups).toEqual([
        ['both-dev', 'one'],
        ['both-ops', 'two'],
      ])
    }
    await expect(current().client.people.find({ query: { person: 'nobody at all' } })).rejects.toMatchObject({
      code: 'not-found',
    })

    save('hr', [], { dev: [] })
    expect(await sync('one')).toEqual(['membership.remove applied', 'account.release applied'])
    expect(site(bob)).toMatchObject({ state: 'active', groups: ['both-ops'] })
    expect(await sync('one')).toEqual([])

    // The pending deactivation of the first applies when the second one is gone: its grants are foreign now.
    await set([key('one', 'hr')])
    expect(await sync('one')).toEqual(['account.deactivate applied'])
    expect(site(bob)).toMatchObject({ state: 'suspended', groups: ['both-ops'] })
  })

  it('do not take away what the other one began to vouch for after the plan was made', async () => {
    const [ann, bob] = [member('late', 1), member('late', 2)]
    const all = `users: { ${leaving} }\n    groups: { byName: {} }`
    const { save, sync, plan, apply } = await company([rules('hr', 'hr', all), rules('lab', 'lab', all)])
    save('hr', [ann, bob], { late: [ann, bob] })
    save('lab', [])
    await sync('hr')
    await sync('lab')
    save('hr', [bob], { late: [] })
    const planned = await plan('hr')
    expect(planned.changes.map(({ kind }) => kind).sort()).toEqual(['account.deactivate', 'membership.remove'])

    save('lab', [ann, bob], { late: [bob] })
    await sync('lab')
    const late = await apply(planned)
    expect(late.run.state).toBe('partial')
    expect(short(late)).toEqual(['account.deactivate skipped stale', 'membership.remove skipped stale'])
    expect(late.changes[0]?.message).toContain('"lab" vouches for this since the plan was made')
    expect([site(ann).state, site(bob).groups]).toEqual(['active', ['late']])
    expect((await sync('hr')).sort()).toEqual([
      'account.release applied',
      'membership.release applied',
      // Only `hr` ever said so, and to that one she left (D4).
      'membership.remove applied',
    ])
    expect([site(ann).state, site(ann).groups]).toEqual(['active', []])
  })
})

describe('two connections from one source with scopes of their own', () => {
  it('hand somebody over without a day inactive, and let nobody go whom one of them wants', async () => {
    const [eve, dan] = [member('scope', 1), member('scope', 2)]
    const key = (team: string) =>
      rules(
        team,
        'hr',
        `users: { ${leaving}, scope: { include: [{ attribute: team, in: [${team}] }] } }\n    groups: { defaultsForAll: [scope-${team}] }`,
      )
    const { save, sync } = await company([key('eng'), key('sales')])
    save('hr', [
      { ...eve, team: 'eng' },
      { ...dan, team: 'sales' },
    ])
    await sync('eng')
    await sync('sales')
    expect([site(eve), site(dan)]).toMatchObject([
      { state: 'active', groups: ['scope-eng'] },
      { state: 'active', groups: ['scope-sales'] },
    ])
    expect([await sync('eng'), await sync('sales')]).toEqual([[], []])

    save('hr', [
      { ...eve, team: 'sales' },
      { ...dan, team: 'sales' },
    ])
    expect(await sync('sales')).toEqual(['account.adopt applied', 'membership.add applied'])
    expect(await sync('eng')).toEqual(['membership.remove applied', 'account.release applied'])
    expect(site(eve)).toMatchObject({ state: 'active', groups: ['scope-sales'] })

    save('hr', [{ ...eve, team: 'other' }])
    expect(await sync('eng')).toEqual([])
    expect(await sync('sales')).toEqual(['account.deactivate applied', 'account.deactivate applied'])
    expect([site(eve).state, site(dan).state]).toEqual(['suspended', 'suspended'])
  })
})
