import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { short } from './desk.ts'
import { type Member, member, personOf } from './office.ts'

/** Jira and Bitbucket of one organization: two products, two doors to one directory (D1), each with a connection (D4). */

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ bitbucketOnly: true })
})
afterAll(async () => {
  await sandbox.stop()
})

const leaving = 'onLeft: [{ after: 0d, action: deactivate }], onDisabled: [{ after: 0d, action: deactivate }]'
const mapping = 'mapping: { jobTitle: jobTitle }'

function connection(key: string, source: string, target: string, priority: number, ownership = 'own'): string {
  return `  ${key}:
    source: ${source}
    target: ${target}
    mode: review
    priority: ${priority}
    users: { ${leaving}, ${mapping} }
    groups: { ownership: ${ownership}, byName: { transform: [{ prefix: "door-" }] } }
`
}

/** Two files of people, `hr` and `lab`, each the source of one connection; `own` sets them apart from those of other tests. */
async function company(own = '') {
  const { client, folder, runner, applyFile } = current()
  writeFileSync(join(folder, 'org-key'), sandbox.credentials.orgApiKey)
  writeFileSync(join(folder, 'bitbucket-token'), sandbox.credentials.bitbucket?.apiToken ?? '')
  const { site, apiBase, bitbucket, credentials } = sandbox
  const set = (connections: readonly string[]) =>
    applyFile(
      `sources:
  hr${own}: { type: file, path: hr${own}.json }
  lab${own}: { type: file, path: lab${own}.json }
targets:
  jira: { type: jira-cloud, site: "${site}", apiBase: "${apiBase}", orgApiKey: { file: org-key } }
  code: { type: bitbucket-cloud, workspace: ${bitbucket?.workspace}, apiBase: "${apiBase}", bitbucketApi: "${bitbucket?.baseUrl}/2.0", orgApiKey: { file: org-key }, email: ${credentials.email}, apiToken: { file: bitbucket-token } }
connections:
${connections.join('')}`,
      { removesUnnamed: true },
    )
  const told = async (run: Awaited<Awaited<ReturnType<typeof runner.start>>['done']>) => {
    const plan = await client.plans.get({ params: { plan: run.planId ?? '' } })
    const { items } = await client.plans.changes({ params: { plan: plan.id }, query: { limit: 200 } })
    return { run, plan, changes: items }
  }
  return {
    set,
    save(source: 'hr' | 'lab', people: readonly (Member & { jobTitle?: string })[], groups: Record<string, Member[]>) {
      const written = Object.entries(groups).map(([name, members]) => ({
        id: name,
        name,
        members: members.map(({ id }) => ({ id })),
      }))
      const somebody = { ...member('stays', 0), id: 'stays', active: false }
      writeFileSync(
        join(folder, `${source}${own}.json`),
        JSON.stringify({ people: [...people, somebody], groups: written }),
      )
    },
    /** What the source tells cannot be read. */
    spoil(source: 'hr' | 'lab') {
      writeFileSync(join(folder, `${source}${own}.json`), '{ "people": [')
    },
    async stateOf(key: string) {
      const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
      return (await (await runner.start(key, asked)).done).state
    },
    async sync(key: string) {
      const asked = { trigger: 'cli', startedBy: 'os:tester', kind: 'preview' } as const
      const planned = await told(await (await runner.start(key, asked)).done)
      const body = { fingerprint: planned.plan.fingerprint, release: { all: true as const } }
      await client.plans.approve({ params: { plan: planned.plan.id }, body })
      const done = await told(await (await runner.apply(planned.plan.id, 'os:tester')).done)
      expect(done.run.state, short(done).join()).toBe('applied')
      return short(done)
    },
  }
}

const seen = ({ mail }: Member) => {
  const person = personOf(sandbox, mail)
  const [state] = Object.values(person?.directories ?? {})
  const account = sandbox.control.twin.state.accounts.items.find(({ email }) => email === mail)
  return { state, groups: person?.groups, jobTitle: account?.jobTitle }
}

it('what one product gives, the other product of the same directory does not take, and the last one ends it', async () => {
  const eve = { ...member('door', 1), jobTitle: 'Clerk' }
  const inLab = { ...eve, id: 'door-lab', jobTitle: 'Researcher' }
  const { set, save, sync } = await company()
  const [staff, coders] = [connection('staff', 'hr', 'jira', 1), connection('coders', 'lab', 'code', 9)]
  await set([staff, coders])
  save('hr', [eve], { team: [eve] })
  save('lab', [], {})
  const first = ['account.create applied', 'group.create applied', 'membership.add applied']
  expect((await sync('staff')).sort()).toEqual(first)
  const account = sandbox.control.twin.state.accounts.items.find(({ email }) => email === eve.mail)
  if (account !== undefined) account.emailVerified = true

  // The other door finds the same account and the same group, and the higher priority decides the attribute.
  save('lab', [inLab], { team: [inLab] })
  expect((await sync('coders')).sort()).toEqual([
    'account.adopt applied',
    'account.update applied',
    'group.adopt applied',
    'membership.adopt applied',
  ])
  expect(seen(eve)).toEqual({ state: 'active', groups: ['door-team'], jobTitle: 'Researcher' })
  expect([await sync('staff'), await sync('coders')], 'neither writes over the other').toEqual([[], []])

  // Gone at the first source: what the other product still wants stays, membership and account.
  save('hr', [], {})
  expect((await sync('staff')).sort()).toEqual(['account.release applied', 'membership.release applied'])
  expect(seen(eve)).toEqual({ state: 'active', groups: ['door-team'], jobTitle: 'Researcher' })

  // Gone at the last one that vouched: the account ends, through whichever door.
  save('lab', [], {})
  expect(await sync('coders')).toContain('account.deactivate applied')
  expect(seen(eve).state).toBe('suspended')

  // One person, one account, two products.
  const { items } = await current().client.people.find({ query: { person: eve.mail } })
  expect(items.map(({ accounts, connections }) => [accounts.length, connections.map(({ target }) => target)])).toEqual([
    [1, ['code', 'jira']],
  ])
})

it("a paused or a failing door keeps what it gave, and what a deleted one gave is nobody's to take", async () => {
  const ann = member('kept', 1)
  const inLab = { ...ann, id: 'kept-lab' }
  const { set, save, spoil, stateOf, sync } = await company('-kept')
  const { connections } = current().client
  const staff = connection('staff-kept', 'hr-kept', 'jira', 1)
  const coders = connection('coders-kept', 'lab-kept', 'code', 9)
  await set([staff, coders])
  save('hr', [ann], { one: [ann] })
  save('lab', [inLab], { two: [inLab] })
  await sync('staff-kept')
  await sync('coders-kept')
  expect(seen(ann)).toMatchObject({ state: 'active', groups: ['door-one', 'door-two'] })

  // Paused: she leaves at the first source, and what only that one gave goes.
  await connections.pause({ params: { key: 'coders-kept' }, body: {} })
  save('hr', [], {})
  expect((await sync('staff-kept')).sort()).toEqual(['account.release applied', 'membership.remove applied'])
  expect(seen(ann)).toMatchObject({ state: 'active', groups: ['door-two'] })
  await connections.resume({ params: { key: 'coders-kept' } })

  // Failing: its source cannot be read.
  spoil('lab')
  expect(await stateOf('coders-kept')).toBe('failed')
  expect(await sync('staff-kept')).toEqual([])
  expect(seen(ann)).toMatchObject({ state: 'active', groups: ['door-two'] })

  // Deleted: nobody vouches any more, so the departure of the first applies; the membership is foreign and stays.
  await set([staff])
  expect(await sync('staff-kept')).toEqual(['account.deactivate applied'])
  expect(seen(ann)).toMatchObject({ state: 'suspended', groups: ['door-two'] })
})

it('a door that rules its groups strictly takes nobody out whom the other one puts in, and an unknown attribute passes on', async () => {
  const [bob, cid] = [member('strict', 1), member('strict', 2)]
  const inLab = { ...bob, id: 'strict-lab' }
  const { set, save, sync } = await company('-strict')
  const strict = connection('coders-strict', 'lab-strict', 'code', 9, 'all')
  await set([connection('staff-strict', 'hr-strict', 'jira', 1, 'mapped'), strict])
  save('hr', [{ ...bob, jobTitle: 'Clerk' }], { shared: [bob] })
  save('lab', [inLab, cid], { shared: [cid], labs: [inLab] })
  await sync('staff-strict')
  const account = sandbox.control.twin.state.accounts.items.find(({ email }) => email === bob.mail)
  if (account !== undefined) account.emailVerified = true
  await sync('coders-strict')
  await sync('staff-strict')
  expect([await sync('staff-strict'), await sync('coders-strict')], 'neither writes over the other').toEqual([[], []])
  expect(seen(bob)).toEqual({ state: 'active', groups: ['door-labs', 'door-shared'], jobTitle: 'Clerk' })
  expect(seen(cid).groups).toEqual(['door-shared'])

  // What one of them stops to give goes, if the other does not give it.
  save('lab', [inLab, cid], { shared: [], labs: [] })
  expect(await sync('coders-strict')).toEqual(['membership.remove applied', 'membership.remove applied'])
  expect([seen(bob).groups, seen(cid).groups]).toEqual([['door-shared'], []])
  expect(await sync('staff-strict')).toEqual([])
})
