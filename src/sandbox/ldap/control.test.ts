import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callControl } from '../../../test/support/sandbox.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import { startSandbox } from '../start.ts'
import type { LdapCounts } from './counters.ts'
import { startLdapSandbox } from './start.ts'

describe('the directory beside the twin', () => {
  it('has the people of the same company and is driven over the same HTTP', async () => {
    const sandbox = await sandboxForTest({ company: 60, ldap: { flavour: 'activedirectory' } })
    const call = <Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
      callControl<Answer>(sandbox.url, method, `/ldap${path}`, body)
    expect(await call('GET', '')).toEqual(sandbox.ldap)
    expect(await callControl(sandbox.url, 'GET', '')).toEqual(sandbox.facts())
    const { id } = await call<{ id: number }>('POST', '/faults', { operations: 'search', kind: 'slow', ms: 1 })
    expect((await call<{ faults: unknown[] }>('GET', '/faults')).faults).toHaveLength(1)
    await call('DELETE', `/faults?id=${id}`)
    expect(await call('GET', '/faults')).toEqual({ faults: [], held: 0 })
    const [person] = sandbox.directory.people
    await call('POST', '/edit', { action: 'disable-person', login: person?.login })
    await call('POST', '/certificate', { kind: 'expired' })
    await call('POST', '/demand-tls')
    await call('POST', '/disconnect')
    await call('POST', '/expire-cookies')
    expect(await call('POST', '/release')).toEqual({ released: 0 })
    expect((await call<LdapCounts>('GET', '/counters')).connections).toBe(0)
    await call('POST', '/reset-counters')
    expect(await call('GET', '/operations?last=5')).toEqual({ operations: [] })
    await call('POST', '/calm')
  })

  it('refuses what it does not know, in words', async () => {
    const sandbox = await sandboxForTest({ ldap: {} })
    const post = (path: string, body: unknown) => callControl(sandbox.url, 'POST', `/ldap${path}`, body)
    for (const [body, message] of [
      [{ kind: 'slow', ms: 1 }, 'operations is required'],
      [{ operations: '*', kind: 'gremlin' }, 'kind is one of'],
      [{ operations: 'bind,find', kind: 'hold' }, 'There is no operation "find" here, but: connect, bind, search'],
      [{ operations: '*', kind: 'slow' }, 'ms is required'],
      [{ operations: '*', kind: 'result', code: '53' }, 'code is required'],
      [{ operations: '*', kind: 'referral', uris: 'ldap://x' }, 'uris is a list of texts'],
      [{ operations: '*', kind: 'half-value' }, 'attribute is required'],
      [{ operations: '*', kind: 'malformed', how: 'oddly' }, 'how is required'],
    ] as const) {
      await expect(post('/faults', body)).rejects.toThrow(message)
    }
    await expect(post('/edit', { action: 'fly' })).rejects.toThrow('no edit fly')
    await expect(post('/edit', { action: 'disable-person', login: 'nobody' })).rejects.toThrow('no person nobody')
    await expect(post('/edit', { action: 'rename-group', group: 'nothing', name: 'x' })).rejects.toThrow(
      'no group nothing',
    )
    await expect(post('/edit', { action: 'add-member', group: 'sales' })).rejects.toThrow('a person (login) or a group')
    await expect(post('/certificate', { kind: 'golden' })).rejects.toThrow('A certificate is one of')
  })

  it('is not there unless asked for', async () => {
    const sandbox = await sandboxForTest()
    expect(sandbox.ldap).toBeUndefined()
    await expect(callControl(sandbox.url, 'GET', '/ldap')).rejects.toThrow('There is no GET')
  })

  it('leaves nothing open when a port is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const free = await startLdapSandbox()
    await free.stop()
    await expect(startLdapSandbox({ port: free.port, tlsPort: port })).rejects.toThrow('EADDRINUSE')
    await expect(startSandbox({ port, ldap: { port: free.port } })).rejects.toThrow('EADDRINUSE')
    const again = await startLdapSandbox({ port: free.port })
    await again.stop()
    await expect(startLdapSandbox({ flavour: 'nds' as never })).rejects.toThrow('A flavour is one of')
  })

  it('is the same for the same seed, and another for another', async () => {
    const ids = async (seed: number) => {
      const sandbox = await startLdapSandbox({ seed, flavour: 'activedirectory' })
      await sandbox.stop()
      const { directory } = sandbox.control
      return [sandbox.password, ...[...directory.entries()].map((entry) => String(entry.values('objectGUID')[0]))]
    }
    expect(await ids(1)).toEqual(await ids(1))
    expect(await ids(1)).not.toEqual(await ids(2))
  })
})
