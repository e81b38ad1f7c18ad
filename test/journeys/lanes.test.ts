import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { openDesk, settledDesk } from './desk.ts'
import { refused, team, until } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ latencyMs: 20 })
})
afterAll(async () => {
  await sandbox.stop()
})

const here = () => ({ program: current(), site: sandbox })

describe('runs that write to one directory (D5)', () => {
  it('of one process wait for each other and lose nothing', async () => {
    const [one, two] = [await settledDesk(here(), 'one'), await settledDesk(here(), 'two')]
    one.save(team('one', 12))
    two.save(team('two', 12))
    const [first, second] = await Promise.all([one.sync(), two.sync()])
    for (const { run, changes } of [first, second]) {
      expect(run).toMatchObject({ state: 'applied' })
      expect(changes.every(({ outcome }) => outcome === 'applied')).toBe(true)
    }
    expect((await one.plan()).changes).toEqual([])
    expect((await two.plan()).changes).toEqual([])
  })

  it('let a small one of a quicker lane pass in the middle of a big one', async () => {
    const small = await settledDesk(here(), 'small')
    small.save(team('small', 4))
    const added = await small.sync()
    const big = await openDesk(here(), 'big', { saved: team('big', 600) })
    const planned = await big.plan()
    await big.approve(planned)
    // The big run has work for as long as the small one may take, on any machine.
    const busy = sandbox.control.addFault(refused('account.updateProfile', { containing: 'big 600' }))
    const { client, runner, store } = big.program
    const begun = await runner.apply(planned.plan.id, 'os:tester')
    await until(async () => ((await store.runs.get(begun.run.id))?.progress?.done ?? 0) > 0)

    const undo = await client.runs.undo({ params: { run: String(added.run.number) } })
    await until(async () => (await store.runs.get(undo.id))?.state === 'held')
    const plan = await client.plans.get({ params: { plan: (await store.runs.get(undo.id))?.planId ?? '' } })
    await client.plans.approve({
      params: { plan: plan.id },
      body: { fingerprint: plan.fingerprint, release: { all: true } },
    })
    const taken = await (await runner.apply(plan.id, 'os:tester')).done
    expect(taken.state).toBe('applied')
    expect((await store.runs.get(begun.run.id))?.state).toBe('applying')
    sandbox.control.removeFault(busy)
    expect((await begun.done).state).toBe('applied')
    expect((await big.plan()).changes).toEqual([])
  })
})
