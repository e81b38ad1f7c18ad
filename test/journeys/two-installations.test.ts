import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type Program, startProgram } from '../support/program.ts'
import { openDesk, short } from './desk.ts'
import { disabled, member, personOf, team, withoutEffect } from './office.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const writer = ({ client }: Program) => client.targets.writer({ params: { key: 'acme' } })
const stateOf = (number: number) => Object.values(personOf(sandbox, member('fence', number).mail)?.directories ?? {})[0]

describe('two installations and one directory', () => {
  it('see each other, and the second one writes only after an administrator took the directory over', async () => {
    const [first, second] = [await startProgram(), await startProgram()]
    const one = await openDesk({ program: first, site: sandbox }, 'fence')
    expect((await writer(first)).keeper).toBeUndefined()
    await withoutEffect(sandbox, () => one.plan())
    await one.apply(await one.plan())
    expect((await writer(first)).keeper).toMatchObject({ instanceId: first.store.instanceId, ours: true })
    expect((await one.sync()).run.state).toBe('applied')

    // Somebody tries Muster on another machine, with the same site and a source in which nobody is active.
    const saved = disabled(disabled(team('fence'), 'fence-1'), 'fence-2')
    const two = await openDesk({ program: second, site: sandbox }, 'fence', { saved })
    const planned = await two.plan()
    const [guard] = planned.plan.guards.filter(({ guard }) => guard === 'guard:target-fence')
    expect(guard).toMatchObject({ tripped: true, holds: 'plan' })
    expect(guard?.sentence).toContain(`Another Muster (installation ${first.store.instanceId}) keeps this directory`)
    expect(guard?.sentence).toContain('muster targets take-over acme')
    const refused = await withoutEffect(sandbox, () => two.apply(planned))
    expect(refused.run).toMatchObject({ state: 'held', error: { code: 'guard-tripped' } })
    expect(refused.run.error?.hint).toContain(`targets take-over acme --from ${first.store.instanceId}`)
    expect(refused.run.outcomes).toEqual({})

    const wrong = second.client.targets.takeOver({ params: { key: 'acme' }, body: { from: 'somebody' } })
    await expect(wrong).rejects.toThrow('was not taken over from somebody')
    const operator = await second.clientWith(['operator'])
    const from = first.store.instanceId
    const byOperator = operator.targets.takeOver({ params: { key: 'acme' }, body: { from } })
    await expect(byOperator).rejects.toThrow('lacks the role admin')
    const taken = await second.client.targets.takeOver({ params: { key: 'acme' }, body: { from } })
    expect(taken.keeper).toMatchObject({ instanceId: second.store.instanceId, ours: true })
    expect((await second.client.audit.list()).items.find(({ act }) => act === 'target.take-over')).toMatchObject({
      subject: 'target:acme',
      detail: { from },
    })

    // The plan that was refused may go on; the first installation is the one that waits now.
    const done = await two.apply(planned)
    expect([done.run.state, ...short(done)]).toEqual([
      'applied',
      ...Array(1).fill('account.adopt applied'),
      'group.adopt applied',
      'membership.adopt applied',
    ])
    one.save(disabled(team('fence'), 'fence-3'))
    const late = await withoutEffect(sandbox, () => one.sync())
    expect(late.run.state).toBe('held')
    expect([stateOf(1), stateOf(3)]).toEqual(['active', 'active'])
  })
})
