import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { settledDesk, short } from './desk.ts'
import { disabled, member, personOf, team } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const here = () => ({ program: current(), site: sandbox })
const person = (key: string, number: number) => personOf(sandbox, member(key, number).mail)
const stateOf = (key: string, number: number) => Object.values(person(key, number)?.directories ?? {})[0]

describe('a leaver whose groups and account are due on one day', () => {
  it('loses the groups first, proven, although the site hides the groups of suspended people', async () => {
    const users = 'onDisabled: [{ after: 0d, action: deactivate }, { after: 0d, action: remove-managed-groups }]'
    const desk = await settledDesk(here(), 'both', { users })
    sandbox.control.setVariants({ suspendedGroupsInOrgSearch: 'hidden' })
    desk.save(disabled(team('both'), 'both-1'))
    const left = await desk.sync()
    expect(short(left)).toEqual(['membership.remove applied', 'account.deactivate applied'])
    expect(left.changes.every(({ verifiedAt }) => verifiedAt !== undefined)).toBe(true)
    expect(left.run.state).toBe('applied')
    expect([stateOf('both', 1), person('both', 1)?.groups]).toEqual(['suspended', []])
    expect((await desk.sync()).changes).toEqual([])
  })
})
