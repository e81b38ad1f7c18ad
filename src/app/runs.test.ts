import { describe, expect, it, onTestFinished } from 'vitest'
import { companyFile, startProgram } from '../../test/support/program.ts'
import type { Client } from '../contract/client.ts'
import { startSandbox } from '../sandbox/start.ts'

async function withCompany(mode: string) {
  const sandbox = await startSandbox({})
  onTestFinished(() => sandbox.stop())
  const program = await startProgram({
    variables: { TOKEN: sandbox.credentials.apiToken, KEY: sandbox.credentials.orgApiKey },
    files: { 'company.json': companyFile(sandbox) },
  })
  await program.applyFile(`
sources: { company: { type: file, path: company.json } }
targets:
  acme:
    type: jira-cloud
    site: "${sandbox.site}"
    apiBase: "${sandbox.apiBase}"
    email: ${sandbox.credentials.email}
    apiToken: { env: TOKEN }
    orgApiKey: { env: KEY }
connections:
  staff: { source: company, target: acme, mode: ${mode}, groups: { byName: {} } }
`)
  return { sandbox, ...program }
}

/** Starts a run and waits until it rests; tells the states it went through. */
async function follow(client: Client, run: string): Promise<readonly string[]> {
  const states: string[] = []
  for await (const { state } of client.runs.events({ params: { run } })) states.push(state)
  return states
}

async function allChanges(client: Client, plan: string) {
  const changes = []
  let cursor: string | undefined
  do {
    const { items, next } = await client.plans.changes({ params: { plan }, query: { limit: 7, cursor } })
    changes.push(...items)
    cursor = next
  } while (cursor !== undefined)
  return changes
}

describe('a run through the API', () => {
  it('is planned, reviewed, approved and applied, each by who may', async () => {
    const { client, clientWith, sandbox } = await withCompany('review')
    const [operator, approver] = [await clientWith(['operator']), await clientWith(['approver'])]
    expect((await operator.targets.check({ params: { key: 'acme' } })).ok).toBe(true)
    const { number } = await operator.connections.run({ params: { key: 'staff' }, body: { kind: 'full' } })
    const run = String(number)
    expect((await follow(operator, run)).at(-1)).toBe('held')

    const { planId: plan = '', trigger, startedBy } = await operator.runs.get({ params: { run } })
    expect({ trigger, startedBy }).toEqual({ trigger: 'api', startedBy: 'token:t-operator' })
    const planned = await operator.plans.get({ params: { plan } })
    expect(planned.guards.filter(({ tripped }) => tripped).map(({ guard }) => guard)).toContain('guard:first-run')
    const { items: listed } = await operator.runs.list({ query: { connection: 'staff' } })
    expect(listed).toMatchObject([{ number, read: planned.summary.read }])
    const { blocked, total } = planned.summary
    expect(Object.values(listed[0]?.planned ?? {}).reduce((sum, count) => sum + count, 0)).toBe(total - blocked)
    const changes = await allChanges(operator, plan)
    expect(changes.map(({ seq }) => seq)).toEqual(
      Array.from({ length: planned.summary.total }, (_, index) => index + 1),
    )
    expect(changes[0]?.sentence).not.toBe('')
    const creates = await operator.plans.changes({
      params: { plan },
      query: { kind: ['account.create'], text: 'SMITH' },
    })
    expect(creates.items.map(({ accountLabel }) => accountLabel)).toEqual([expect.stringContaining('Smith')])

    const before = sandbox.control.counters().total
    await expect(operator.plans.apply({ params: { plan } })).rejects.toMatchObject({ code: 'guard-tripped' })
    const approval = { params: { plan }, body: { fingerprint: planned.fingerprint, release: { all: true as const } } }
    await expect(operator.plans.approve(approval)).rejects.toMatchObject({ code: 'not-allowed' })
    await expect(approver.plans.apply({ params: { plan } })).rejects.toMatchObject({ code: 'not-allowed' })
    const stale = { ...approval, body: { ...approval.body, fingerprint: 'x' } }
    await expect(approver.plans.approve(stale)).rejects.toMatchObject({ code: 'stale-plan' })
    expect(sandbox.control.counters().total).toBe(before)

    const approved = await approver.plans.approve(approval)
    expect(approved.released).toBe(planned.summary.held)
    expect(approved.plan.approval?.by).toBe('token:t-approver')
    await operator.plans.apply({ params: { plan } })
    expect(['applied', 'partial']).toContain((await follow(operator, run)).at(-1))
    const { outcomes } = await operator.runs.get({ params: { run } })
    expect(outcomes.applied).toBeGreaterThan(50)
    expect((await allChanges(operator, plan)).every(({ outcome }) => outcome !== 'open')).toBe(true)

    const { directoryKey } = planned
    const group = changes.find(({ kind, groupLabel }) => kind === 'membership.add' && groupLabel === 'developers')
    const id = group?.group !== undefined && 'id' in group.group ? group.group.id : undefined
    if (id !== undefined) {
      const members = await client.groups.members({ params: { directoryKey, groupId: id } })
      expect(members.items.some(({ grantedBy }) => grantedBy === 'staff')).toBe(true)
      const params = { directoryKey, groupId: id }
      const first = await client.groups.members({ params, query: { limit: 1 } })
      const rest = await client.groups.members({ params, query: { cursor: first.next ?? '' } })
      expect([...first.items, ...rest.items]).toEqual(members.items)
      const [{ label = '' } = {}] = rest.items
      const found = await client.groups.members({ params, query: { text: label.slice(1).toUpperCase() } })
      expect(found.items).toContainEqual(rest.items[0])
      const past = await client.groups.members({ params: { directoryKey, groupId: id }, query: { at: '2020-01-01' } })
      expect(past.items).toEqual([])
    }
    const { lastRun } = await client.connections.get({ params: { key: 'staff' } })
    expect(lastRun?.number).toBe(number)
  })

  it('that waits can be thrown away, and one that ended cannot', async () => {
    const { client } = await withCompany('review')
    const { number } = await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } })
    const run = String(number)
    expect((await follow(client, run)).at(-1)).toBe('planned')
    expect((await client.runs.cancel({ params: { run } })).state).toBe('cancelled')
    await expect(client.runs.cancel({ params: { run } })).rejects.toMatchObject({ code: 'conflict' })
    await expect(client.runs.get({ params: { run: '99' } })).rejects.toMatchObject({ code: 'not-found' })
    expect((await client.runs.list({ query: { state: ['cancelled'] } })).items).toHaveLength(1)
    expect((await client.runs.list({ query: { state: ['held'] } })).items).toHaveLength(0)
  })

  it('that fails says why, and its connection needs attention', async () => {
    const { client, installation } = await withCompany('review')
    Object.assign(installation.variables, { KEY: 'wrong' })
    const { number } = await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } })
    expect((await follow(client, String(number))).at(-1)).toBe('failed')
    const { error } = await client.runs.get({ params: { run: String(number) } })
    expect(error?.code).toBe('auth-failed')
    expect((await client.connections.get({ params: { key: 'staff' } })).state.state).toBe('needs-attention')
  })
})
