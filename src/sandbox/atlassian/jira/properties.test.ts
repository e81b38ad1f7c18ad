import { beforeEach, describe, expect, it } from 'vitest'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'

const ruby = 'ruby.hughes@acme.example'
const henry = 'henry.palmer@acme.example'
const value = { source: 'corp', externalId: 'u-000014', attrs: { department: 'R&D', floor: 3, remote: true } }

let sandbox: Sandbox
let jira: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ jira } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const property = (method: string, key: string, email: string, body?: unknown) =>
  jira.site(method, `/user/properties/${encodeURIComponent(key)}`, {
    query: { accountId: idOf(email) },
    ...(body === undefined ? {} : { body }),
  })
const effects = () => sandbox.control.counters().effects

describe('properties of users', () => {
  it('are written, read, listed and deleted', async () => {
    expect((await property('PUT', 'idp', ruby, value)).status).toBe(201)
    expect((await property('PUT', 'idp', ruby, { ...value, source: 'new' })).status).toBe(200)
    expect((await property('GET', 'idp', ruby)).body).toEqual({ key: 'idp', value: { ...value, source: 'new' } })
    await property('PUT', 'another key', ruby, '"text"')
    const { keys } = (await jira.site('GET', '/user/properties', { query: { accountId: idOf(ruby) } })).body
    expect(keys.map(({ key }: { key: string }) => key)).toEqual(['another key', 'idp'])
    expect((await property('DELETE', 'idp', ruby)).status).toBe(204)
    expect((await property('DELETE', 'idp', ruby)).status).toBe(404)
    expect((await property('GET', 'idp', ruby)).status).toBe(404)
    expect(effects()).toMatchObject({ propertiesSet: 3, propertiesDeleted: 1 })
  })

  it('have a largest value, a longest key, and no empty value', async () => {
    const exactly = JSON.stringify('é'.repeat(16_383))
    expect(Buffer.byteLength(exactly)).toBe(32_768)
    expect((await property('PUT', 'k', ruby, exactly)).status).toBe(201)
    expect((await property('PUT', 'k', ruby, JSON.stringify(`é${'é'.repeat(16_383)}`))).status).toBe(400)
    expect((await property('PUT', 'k'.repeat(255), ruby, '1')).status).toBe(201)
    expect((await property('PUT', 'k'.repeat(256), ruby, '1')).status).toBe(400)
    expect((await property('PUT', 'k', ruby, ' ')).status).toBe(400)
    expect((await property('PUT', 'k', ruby, '{"open')).status).toBe(400)
    expect((await property('GET', 'k', ruby)).body.value).toBe('é'.repeat(16_383))
  })

  it('of others are for administrators; of nobody there is none', async () => {
    const { email, apiToken } = sandbox.credentials.viewer
    const viewer = SandboxClient.basic(sandbox, email, apiToken)
    const own = { query: { accountId: idOf(email) }, body: { mine: true } }
    expect((await viewer.site('PUT', '/user/properties/k', own)).status).toBe(201)
    const other = { query: { accountId: idOf(ruby) } }
    expect((await viewer.site('GET', '/user/properties', other)).status).toBe(403)
    expect((await jira.site('GET', '/user/properties', { query: { accountId: 'nobody' } })).status).toBe(404)
    expect((await jira.site('GET', '/user/properties')).status).toBe(400)
    expect((await jira.site('GET', '/user/properties', { query: { username: 'ruby' } })).status).toBe(400)
    expect((await jira.site('GET', '/user/properties/k', other)).status).toBe(404)
  })

  it('need scopes of their own on the gateway', async () => {
    const { email, readOnlyApiToken, scopedApiToken } = sandbox.credentials
    const options = { query: { accountId: idOf(ruby) }, body: '1' }
    const reader = SandboxClient.basic(sandbox, email, readOnlyApiToken)
    expect((await reader.gateway('PUT', '/user/properties/k', options)).status).toBe(401)
    const writer = SandboxClient.basic(sandbox, email, scopedApiToken)
    expect((await writer.gateway('PUT', '/user/properties/k', options)).status).toBe(201)
  })

  it('find people by what is in them', async () => {
    await property('PUT', 'idp', ruby, value)
    await property('PUT', 'idp', henry, { ...value, externalId: 'u-000012' })
    const found = async (query: Record<string, string>) => {
      const reply = await jira.site('GET', '/user/search', { query })
      return reply.status === 200 ? reply.body.map(({ accountId }: { accountId: string }) => accountId) : reply.status
    }
    expect(await found({ property: 'idp.externalId=u-000014' })).toEqual([idOf(ruby)])
    expect((await found({ property: 'idp.attrs.department=R&D' })).sort()).toEqual([idOf(henry), idOf(ruby)].sort())
    expect(await found({ property: 'idp.attrs.floor=3', query: 'ruby' })).toEqual([idOf(ruby)])
    expect(await found({ property: 'idp.attrs.remote=true', query: 'nobody' })).toEqual([])
    expect(await found({ property: 'idp.attrs=x' })).toEqual([])
    expect(await found({ property: 'idp' })).toBe(400)
    expect(await found({ property: '.a=1' })).toBe(400)
    sandbox.control.edit({ action: 'suspend', email: ruby })
    expect(await found({ property: 'idp.externalId=u-000014' })).toEqual([])
  })

  it('can be asked for in statements', async () => {
    await property('PUT', 'idp', ruby, value)
    const found = async (query: string) => {
      const reply = await jira.site('GET', '/user/search/query', { query: { query } })
      return reply.status === 200 ? reply.body.values.length : reply.status
    }
    expect(await found('[idp].externalId is "u-000014"')).toBe(1)
    expect(await found('[idp].externalId is "u-000014" AND is assignee of WEB')).toBe(0)
    expect(await found('is reporter of (WEB-1, WEB-2) OR [idp].attrs.department is "R&D"')).toBe(1)
    expect(await found('give me everybody')).toBe(400)
  })
})
