import { describe, expect, it } from 'vitest'
import { quickClock } from '../doubles/quick-clock.ts'
import { startProgram } from '../support/program.ts'
import { sandboxForTest } from '../support/sandbox-for-test.ts'

describe('a change that never gets an answer', () => {
  it('is recorded as failed while everything else is applied and verified', { timeout: 300_000 }, async () => {
    const sandbox = await sandboxForTest({ target: 'fresh' })
    const { site, apiBase, credentials } = sandbox
    const people = ['ann', 'bob', 'cid'].map((id) => ({ id, mail: `${id}@acme.example`, active: true }))
    const groups = ['red', 'blue'].map((name) => ({ id: name, name, members: people.map(({ id }) => ({ user: id })) }))
    const program = await startProgram({
      clock: quickClock(Date.now()),
      variables: { TOKEN: credentials.apiToken, KEY: credentials.orgApiKey },
      files: { 'company.json': JSON.stringify({ people, groups }) },
    })
    await program.applyFile(`sources:
  hr: { type: file, path: company.json }
targets:
  acme: { type: jira-cloud, site: "${site}", apiBase: "${apiBase}", email: ${credentials.email}, apiToken: { env: TOKEN }, orgApiKey: { env: KEY } }
connections:
  staff: { source: hr, target: acme, mode: automatic, groups: { byName: {} } }
`)
    const { run: started, done } = await program.runner.start('staff', {
      kind: 'preview',
      trigger: 'cli',
      startedBy: 'os:tester',
    })
    const planned = await done
    const plan = await program.store.plans.get(planned.planId ?? '')
    await program.store.plans.approve(plan?.id ?? '', plan?.fingerprint ?? '', 'os:tester')
    sandbox.control.addFault({
      kind: 'status',
      status: 500,
      when: 'before',
      operations: 'org.group.create',
      containing: '"red"',
    })

    const ended = await (await program.runner.apply(plan?.id ?? '', 'os:tester')).done
    expect(ended.state).toBe('partial')
    const { items } = await program.store.plans.changes(plan?.id ?? '', {}, { limit: 100 })
    const told = items.map(({ kind, groupLabel, outcome, verifiedAt }) =>
      [kind, groupLabel, outcome, verifiedAt === undefined ? '' : 'verified'].join(' '),
    )
    expect(told.filter((line) => line.includes('blue') && !line.endsWith('applied verified'))).toEqual([])
    expect(told.filter((line) => line.startsWith('account.create'))).toEqual(
      Array(3).fill('account.create  applied verified'),
    )
    expect(told.filter((line) => line.startsWith('group.create red'))).toEqual(['group.create red failed '])
    expect(told.filter((line) => line.startsWith('membership.add red'))).toEqual(
      Array(3).fill('membership.add red skipped '),
    )
    // One of the groups that were made carries the mark of this installation.
    expect(sandbox.control.counters().effects).toMatchObject({
      accountsCreated: 3,
      groupsCreated: 1 + 1,
      membershipsAdded: 3,
    })

    // Once the target answers again, the next run finishes what was left.
    sandbox.control.calm()
    const next = await (await program.runner.start('staff', { kind: 'full', trigger: 'cli', startedBy: 'os:tester' }))
      .done
    expect(next.state).toBe('applied')
    expect(next.number).toBeGreaterThan(started.number)
    expect(sandbox.control.counters().effects).toMatchObject({
      accountsCreated: 3,
      groupsCreated: 2 + 1,
      membershipsAdded: 6,
    })
  })
})
