import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callsOfRun, type RunFacts, sumOf } from '../../src/connectors/kit/atlassian-cloud/forecast.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { type Desk, openDesk } from './desk.ts'
import { disabled, team, withoutMember } from './office.ts'

/** The formula of docs/connectors/jira-cloud.md, held against what the twin counts. */

const current = sharedProgram()

describe.each([
  { company: 'small' as const, size: 3 },
  { company: 300, size: 60 },
  { company: 1200, size: 260 },
])('a site of $company people, joined by a team of $size', { timeout: 300_000 }, ({ company, size }) => {
  const key = `calls${size}`
  let sandbox: Sandbox
  let desk: Desk
  beforeAll(async () => {
    sandbox = await startSandbox({ company, target: 'ten-years' })
    desk = await openDesk({ program: current(), site: sandbox }, key, { saved: team(key, size) })
  })
  afterAll(() => sandbox.stop())

  /** Does it, and compares what was asked with the formula for the site as it was before. */
  async function within(work: () => Promise<unknown>, facts: Partial<RunFacts>): Promise<void> {
    const { state } = sandbox.control.twin
    const accounts = state.accounts.items.filter(
      ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
    ).length
    const formula = callsOfRun({ key: true, token: true, accounts, groups: state.groups.items.length, ...facts })
    sandbox.control.resetCounters()
    await work()
    const { total, operations } = sandbox.control.counters()
    const counted = JSON.stringify({ total, formula, operations })
    expect(total, counted).toBeLessThanOrEqual(1.05 * sumOf(formula))
    expect(total, counted).toBeGreaterThanOrEqual(0.7 * sumOf(formula))
  }

  it('the first plan costs a read, its application an invitation for 25 and a profile each', async () => {
    const planned = await desk.plan()
    const applied = { isApproved: true, isFirst: true, created: size, profiles: size }
    await within(() => desk.apply(planned), { ...applied, newGroups: 1 })
  })

  it('a run without a change costs a page per hundred accounts and groups, and ten', async () => {
    await within(() => desk.sync(), {})
  })

  it('a membership taken away costs one write, one look, and one page of proof', async () => {
    desk.save(withoutMember(team(key, size), `${key}-1`))
    await within(() => desk.sync(), { singles: 1, changed: [1] })
  })

  it('a leaver costs the same, and a look at what they lead', async () => {
    desk.save(disabled(team(key, size), `${key}-1`))
    // Two calls beside: who asks, and a page of projects.
    await within(() => desk.sync(), { singles: 1 + 2, changed: [1] })
  })

  it('two who come and one who comes back: the parts add up', async () => {
    desk.save(team(key, size + 2))
    await within(() => desk.sync(), { created: 2, profiles: 2, singles: 2, changed: [1, 1] })
  })
})
