import { describe, expect, it } from 'vitest'
import { callControl, sandboxProcess } from '../../test/support/sandbox.ts'
import { clientsOf } from '../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../test/support/sandbox-for-test.ts'
import type { CounterReport } from './atlassian/control.ts'
import type { StateSummary } from './atlassian/summary.ts'

describe('the sandbox as a process of its own', () => {
  it('starts, is driven over HTTP, and ends when told', async () => {
    const sandbox = await sandboxProcess({ company: 'small', variants: { removeNonMember: '200' } })
    try {
      const { org } = clientsOf(sandbox)
      expect((await org.admin('GET', '/v1/orgs')).body.data[0].id).toBe(sandbox.orgId)
      await sandbox.control('POST', '/faults', {
        operations: 'org.list',
        kind: 'status',
        status: 503,
        when: 'before',
        times: 1,
      })
      expect((await org.admin('GET', '/v1/orgs')).status).toBe(503)
      const { operations } = await sandbox.control<CounterReport>('GET', '/counters')
      expect(operations['org.list']).toEqual({ requests: 2, statuses: { 200: 1, 503: 1 } })
      await sandbox.control('POST', '/reset-counters')
      expect((await sandbox.control<CounterReport>('GET', '/counters')).total).toBe(0)
    } finally {
      await sandbox.stop()
    }
    await expect(fetch(sandbox.url)).rejects.toThrow()
  })
})

describe('the control API', () => {
  it('does over HTTP what the TypeScript API does', async () => {
    const sandbox = await sandboxForTest()
    const call = <Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
      callControl<Answer>(sandbox.url, method, path, body)
    expect(await call('GET', '')).toEqual(sandbox.facts())
    await call('POST', '/variants', { restoreActive: '409' })
    expect(sandbox.control.twin.variants.get('restoreActive')).toBe('409')
    const { id } = await call<{ id: number }>('POST', '/faults', { operations: '*', kind: 'slow', ms: 1 })
    expect((await call<{ faults: unknown[] }>('GET', '/faults')).faults).toHaveLength(1)
    await call('DELETE', `/faults?id=${id}`)
    expect(sandbox.control.faults).toEqual([])
    await call('POST', '/limits', { operations: '*', perSecond: 9 })
    expect((await call<{ limits: unknown[] }>('GET', '/limits')).limits).toEqual([{ operations: '*', perSecond: 9 }])
    await call('POST', '/delays', { accounts: 50 })
    expect(await call('GET', '/delays')).toMatchObject({ accounts: 50, groups: 0 })
    await call('POST', '/calm')
    expect(await call('GET', '/delays')).toMatchObject({ accounts: 0 })
    await call('POST', '/edit', { action: 'add-group', group: 'by hand' })
    const state = await call<StateSummary>('GET', '/state')
    expect(state.groups.map((group) => group.name)).toContain('by hand')
    expect(await call('GET', '/digest')).toEqual({ digest: sandbox.control.digest() })
    await expect(call('POST', '/faults', { operations: '*', kind: 'gremlin' })).rejects.toThrow('kind is one of')
    await expect(call('POST', '/edit', { action: 'fly' })).rejects.toThrow('no edit fly')
    await expect(call('POST', '/variants', { invented: 'x' })).rejects.toThrow('no variant')
    await expect(call('GET', '/nothing')).rejects.toThrow('There is no GET')
  })

  it('logs requests and separates what was asked from what truly changed', async () => {
    const sandbox = await sandboxForTest()
    const { jira } = clientsOf(sandbox)
    await jira.site('POST', '/group', { body: { name: 'one' } })
    await jira.site('POST', '/group', { body: { name: 'one' } })
    const { operations, effects, total } = sandbox.control.counters()
    expect([total, operations['jira.group.create'], effects.groupsCreated]).toEqual([
      2,
      { requests: 2, statuses: { 201: 1, 400: 1 } },
      1,
    ])
    expect(sandbox.control.log().map((entry) => [entry.operation, entry.status])).toEqual([
      ['jira.group.create', 201],
      ['jira.group.create', 400],
    ])
  })
})

describe('comparing two end states', () => {
  it('gives equal digests for the same doing in another order, and different ones for a single difference', async () => {
    const one = await sandboxForTest()
    const two = await sandboxForTest()
    const emails = ['x@acme.example', 'y@acme.example']
    for (const [sandbox, order] of [
      [one, emails],
      [two, [...emails].reverse()],
    ] as const) {
      for (const email of order) sandbox.control.edit({ action: 'add-person', email })
      for (const email of order) sandbox.control.edit({ action: 'add-member', group: 'developers', email })
    }
    expect(one.control.digest()).toBe(two.control.digest())
    expect(one.control.state()).toEqual(two.control.state())
    two.control.edit({ action: 'remove-member', group: 'developers', email: 'x@acme.example' })
    expect(one.control.digest()).not.toBe(two.control.digest())
  })
})
