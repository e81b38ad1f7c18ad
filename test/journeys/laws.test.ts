import { readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '../../src/contract/client.ts'
import type { PlanView } from '../../src/contract/plans.ts'
import type { Lesson } from '../../src/domain/memory.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { Installation } from '../support/installation.ts'
import { startMuster } from '../support/muster.ts'
import { change, directoryKey, savedPlan, takenFence, targetRead } from '../support/plans.ts'
import { startProgram } from '../support/program.ts'
import { describeOnBothStores } from '../support/store.ts'
import { fastClock, settledDesk, short } from './desk.ts'
import {
  answering,
  configurationYaml,
  settle,
  sharedOffice,
  succeed,
  team,
  until,
  withoutEffect,
  withoutMember,
} from './office.ts'

const open = sharedOffice()

describe('P3 reads never write', () => {
  it('P3 plan, check and preview write neither to the site nor to the source', async () => {
    const office = open()
    const { sandbox } = office
    const file = join(office.folder, 'read.json')
    office.write('read.json', JSON.stringify(team('read')))
    await settle(office, configurationYaml(sandbox, { read: 'path: read.json' }), ['read'])
    await succeed(office, 'connections put read --merge --set mode=preview')
    // There is much to do, and nobody does it.
    office.write('read.json', JSON.stringify(withoutMember(team('read', 6), 'read-2')))
    utimesSync(file, 1_700_000_000, 1_700_000_000)
    const source = () => ({ bytes: readFileSync(file, 'utf8'), changed: statSync(file).mtimeMs })
    const before = source()
    sandbox.control.resetCounters()
    const reads = ['plan read', 'check read --as source', 'check acme', 'sync read', 'plan read --json', 'targets list']
    await withoutEffect(sandbox, async () => {
      for (const command of reads) await succeed(office, command)
    })
    expect(source()).toEqual(before)
    const { operations, effects } = sandbox.control.counters()
    expect(Object.values(effects).filter((count) => count > 0)).toEqual([])
    // What is asked with POST is a search; nothing else is sent with a body, and nothing is put or deleted.
    const sent = sandbox.control.log().filter(({ method }) => method !== 'GET')
    expect(new Set(sent.map(({ operation }) => operation))).toEqual(
      new Set(
        Object.keys(operations).filter((name) =>
          ['org.users.search', 'org.groups.search', 'org.workspaces'].includes(name),
        ),
      ),
    )
    expect((await succeed(office, 'plan read')).said).toContain('3 accounts created')
  })
})

describe('P5 same config and engine from every entry point', () => {
  it('P5 the schedule, the API and the command line plan the same', { timeout: 300_000 }, async () => {
    const sandbox = await startSandbox()
    onTestFinished(() => sandbox.stop())
    using home = new Installation(sandbox, { connection: '\n    schedule: { every: 6h }' })
    await home.writeCompany(sandbox.directory)
    const token = await home.run(['token', 'create', 'law', '--role', 'operator', '--json'])
    const { value } = JSON.parse(token.stdout) as { value: string }
    const server = startMuster(['serve', '--config', home.configFile, '--data-dir', home.dataDir, '--port', '0'], {
      cwd: home.folder,
      env: home.env,
    })
    onTestFinished(() => void server.child.kill('SIGKILL'))
    const client = createClient({ fetch, baseUrl: await answering(server), token: value })
    const planOf = async (run: string): Promise<PlanView> => {
      await until(async () => (await client.runs.get({ params: { run } })).state !== 'planning')
      const { planId = '' } = await client.runs.get({ params: { run } })
      return client.plans.get({ params: { plan: planId } })
    }

    await until(async () => (await client.runs.list()).items.length > 0)
    const scheduled = await planOf('1')
    expect(scheduled.run).toMatchObject({ trigger: 'schedule', startedBy: 'schedule', kind: 'full', state: 'held' })
    const { number } = await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } })
    const asked = await planOf(String(number))
    expect(asked.run).toMatchObject({ trigger: 'api', startedBy: 'token:law' })
    const beside = JSON.parse((await home.run(['plan', 'staff', '--json'])).stdout) as { plan: PlanView }
    expect(beside.plan.run).toMatchObject({ trigger: 'cli' })
    server.child.kill('SIGTERM')
    await server.finished
    const alone = JSON.parse((await home.run(['plan', 'staff', '--json'])).stdout) as { plan: PlanView }

    expect(scheduled.summary.total).toBeGreaterThan(20)
    for (const { fingerprint, guards, summary } of [asked, beside.plan, alone.plan]) {
      expect(fingerprint).toBe(scheduled.fingerprint)
      expect(guards).toEqual(scheduled.guards)
      expect(summary).toEqual(scheduled.summary)
    }
    expect(sandbox.control.counters().effects).toMatchObject({ accountsCreated: 0, membershipsAdded: 0, suspended: 0 })
  })
})

describeOnBothStores('P17 memberships are facts in a table changed in transactions', (current) => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

  it('P17 memberships are facts in a table changed in transactions: of two writers neither undoes the other', async () => {
    const { store, place } = current()
    const other = await place.open()
    const { local } = store
    await local.saveGroup('hr', { key: 'all', name: 'All' })
    for (const number of numbers(1, 60)) {
      await local.savePerson('hr', { key: `p${number}`, userName: `p${number}`, active: true, attributes: {} })
    }
    const member = (number: number) => ({ kind: 'user', key: `p${number}` }) as const
    for (const number of numbers(1, 20)) await local.addMember('hr', 'all', member(number))
    // Both add to one group at the same time, and one takes out what the other has never seen.
    await Promise.all([
      ...numbers(21, 40).map((number) => local.addMember('hr', 'all', member(number))),
      ...numbers(31, 60).map((number) => other.local.addMember('hr', 'all', member(number))),
      ...numbers(1, 10).map((number) => other.local.removeMember('hr', 'all', member(number))),
      local.saveGroup('hr', { key: 'all', name: 'Everybody' }),
    ])
    const { items } = await local.members('hr', 'all', { limit: 200 })
    expect(items.map(({ key }) => Number(key.slice(1))).sort((a, b) => a - b)).toEqual(numbers(11, 60))
    await other.close()
  })

  it('P17 memberships are facts in a table changed in transactions: one that fails leaves nothing half', async () => {
    const { store } = current()
    const { run, plan } = await savedPlan(store, [change(1), change(2)])
    await store.directories.observe(run.id, targetRead({ dev: ['account-3'] }))
    const fence = await takenFence(store)
    const look = async () => {
      const memory = await store.directories.memory('staff', 'hr', directoryKey, Date.now())
      const { items } = await store.plans.changes(plan.id, {}, { limit: 10 })
      return { memory, items, members: await store.directories.members(directoryKey, 'group-dev') }
    }
    const before = await look()
    const lessons = ['account-1', 'account-2'].flatMap((accountId): Lesson[] => [
      { lesson: 'grant', groupId: 'group-dev', accountId, rule: 'groups.byName', how: 'written' },
      { lesson: 'member', groupId: 'group-dev', accountId, present: true },
    ])
    const record = (more: readonly Lesson[]) =>
      store.plans.record(
        plan.id,
        run.id,
        fence,
        [1, 2].map((seq) => ({ seq, outcome: 'applied' as const })),
        [...lessons, ...more],
      )
    const impossible = { lesson: 'account', accountId: 'account-1', label: 'x', state: 'nowhere' } as unknown as Lesson
    await expect(record([impossible])).rejects.toThrow()
    expect(await look()).toEqual(before)
    await record([])
    const after = await look()
    expect(after.items.map(({ outcome }) => outcome)).toEqual(['applied', 'applied'])
    expect(after.members.map(({ accountId }) => accountId).sort()).toEqual(['account-1', 'account-2', 'account-3'])
    expect(after.memory.grants.flatMap(({ accountIds }) => accountIds).sort()).toEqual(['account-1', 'account-2'])
  })
})

describe('P18 verify after write; unproven is not success', () => {
  it('P18 verify after write; unproven is not success, and nothing is sent again meanwhile', async () => {
    const site = await startSandbox()
    onTestFinished(() => site.stop())
    const { clock, pass, goAsOthers } = fastClock()
    const desk = await settledDesk({ program: await startProgram({ clock }), site }, 'never')
    const more = { id: 'never-h', name: 'never-more', members: [{ id: 'never-1' }] }
    desk.save({ ...team('never'), groups: [...team('never').groups, more] })
    const planned = await desk.plan()
    site.control.setDelays({ memberships: 600_000 })
    const applied = await desk.apply(planned)
    expect(short(applied)).toEqual(['group.create applied', 'membership.add unproven'])
    expect(applied.run).toMatchObject({ state: 'partial', outcomes: { applied: 1, unproven: 1 } })
    const [created, added] = applied.changes
    expect(created?.verifiedAt).toBeDefined()
    expect(added?.verifiedAt).toBeUndefined()
    expect(added?.message).toContain('did not show it within 60 seconds')
    goAsOthers()
    // What was written less than five minutes ago is settling: neither planned again nor called done.
    const meanwhile = await withoutEffect(site, () => desk.sync())
    expect(meanwhile.changes).toEqual([])
    expect(meanwhile.run.state).toBe('partial')
    expect(meanwhile.plan.summary.notices).toEqual([
      '1 recent write is not visible in the target yet; the next run looks again.',
    ])
    pass(6 * 60_000)
    expect((await desk.plan()).changes.map(({ kind }) => kind)).toEqual(['membership.add'])
  })
})
