import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import type { RunView } from '../../src/contract/runs.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { Installation } from '../support/installation.ts'
import { sharedDatabase } from '../support/postgres.ts'
import { postgresComponent } from '../support/store.ts'
import { refused, type Team, team, until } from './office.ts'

/** A home of its own with a team of twelve, planned and approved; eight of them have accounts, so they join one by one. */
async function approvedHome(
  { onTestFinished }: TestContext,
  databaseUrl?: string,
): Promise<{ sandbox: Sandbox; home: Installation }> {
  const sandbox = await startSandbox()
  const home = new Installation(sandbox, databaseUrl === undefined ? {} : { databaseUrl })
  onTestFinished(async () => {
    home[Symbol.dispose]()
    await sandbox.stop()
  })
  const twelve = team('proc', 12)
  for (const { mail } of twelve.people.slice(0, 8)) sandbox.control.edit({ action: 'add-person', email: mail })
  save(home, twelve)
  await succeed(home, 'plan staff --quiet')
  await succeed(home, 'approve latest --all')
  return { sandbox, home }
}

function save({ folder }: Installation, saved: Team): void {
  writeFileSync(join(folder, 'company.json'), JSON.stringify(saved))
}

async function succeed(home: Installation, line: string) {
  const done = await home.run(line.split(' '))
  expect(done, done.stderr).toMatchObject({ code: 0 })
  return done
}

const holdFirstAddition = { operations: 'org.group.addMember', kind: 'hold', when: 'after', times: 1 } as const
const processes = { timeout: 300_000 }

const nothing = { present: true, skipReason: '' }
const stores = [
  { store: 'the embedded store', database: async () => undefined, component: nothing },
  { store: 'PostgreSQL', database: sharedDatabase, component: postgresComponent },
]

// Side by side: what is unsure after a kill is waited for, up to a minute.
describe.concurrent.each(stores)('a killed process on $store', ({ database, component }) => {
  it.skipIf(!component.present)(
    `leaves a run that the next sync finishes, and nothing is sent twice${component.skipReason}`,
    processes,
    async (test) => {
      const { sandbox, home } = await approvedHome(test, await database())
      sandbox.control.resetCounters()
      // Killed between the site's write and its answer: the worst moment there is.
      sandbox.control.addFault({ ...holdFirstAddition, skip: 5 })
      const killed = home.start(['apply', 'latest'])
      await until(() => sandbox.control.held > 0)
      killed.child.kill('SIGKILL')
      await killed.finished
      sandbox.control.calm()
      const cut = sandbox.control.counters().effects
      expect(cut.membershipsAdded).toBeGreaterThan(0)
      expect(cut.membershipsAdded).toBeLessThan(12)

      const resumed = JSON.parse((await succeed(home, 'sync staff --json')).stdout) as { run: RunView }
      expect(resumed.run).toMatchObject({ number: 1, state: 'applied' })
      const { effects, invitations } = sandbox.control.counters()
      // Two groups: that of the team, and the one with the mark of this installation.
      expect(effects).toMatchObject({ accountsCreated: 4, peopleAdded: 4, groupsCreated: 2, membershipsAdded: 12 })
      expect(Object.values(invitations).map((each) => each.calls)).toEqual(Array(4).fill(1))
      const again = await succeed(home, 'plan staff --detailed-exit-code')
      expect(again.stdout).toContain('Nothing to do')
    },
  )
})

// One after the other: each pair has the two cores for itself.
describe.each(stores)('two processes on $store', ({ database, component }) => {
  it.skipIf(!component.present)(
    `that sync one connection at once: one works, the other says busy, everything happens once${component.skipReason}`,
    processes,
    async (test) => {
      const { sandbox, home } = await approvedHome(test, await database())
      await succeed(home, 'apply latest')
      const more = team('proc', 16)
      save(home, more)
      sandbox.control.resetCounters()
      sandbox.control.addFault(refused('account.updateProfile'))
      const both = [1, 2].map(() => home.start(['sync', 'staff', '--json', '--quiet']))
      // Whoever is first is kept in the middle of its work until the other one has given up.
      await Promise.race(both.map(({ finished }) => finished))
      expect(sandbox.control.counters().effects.accountsCreated).toBe(4)
      sandbox.control.calm()
      const ended = await Promise.all(both.map(({ finished }) => finished))
      expect(ended.map(({ code }) => code).sort(), JSON.stringify(ended)).toEqual([0, 5])
      const loser = ended.find(({ code }) => code === 5)
      expect(loser?.stdout).toMatch(/is applying right now|Another run is writing/)
      const { effects, invitations } = sandbox.control.counters()
      expect(effects).toMatchObject({ accountsCreated: 4, membershipsAdded: 4, groupsCreated: 0 })
      expect(Object.values(invitations).map((each) => each.calls)).toEqual([1, 1, 1, 1])
      expect(readFileSync(home.configFile, 'utf8')).toBe(home.configuration())
    },
  )
})
