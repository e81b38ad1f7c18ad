import { Client, InvalidCredentialsError, type SearchOptions, SizeLimitExceededError } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeCompany } from '../company/company.ts'
import type { LdapSandbox } from './start.ts'
import { startLdapSandbox } from './start.ts'

describe('ldapts as a client', () => {
  let sandbox: LdapSandbox
  beforeAll(async () => {
    const company = makeCompany(3400, { peoplePerGroup: 200 }).directory
    sandbox = await startLdapSandbox({ flavour: 'activedirectory', company })
  })
  afterAll(() => sandbox.stop())
  afterEach(() => sandbox.control.calm())

  const signedIn = async (options: Partial<ConstructorParameters<typeof Client>[0]> = {}) => {
    const client = new Client({ url: sandbox.url, timeout: 120_000, ...options })
    onTestFinished(() => client.unbind())
    await client.bind('reader@acme.example', sandbox.password)
    return client
  }
  const people: SearchOptions = {
    scope: 'sub',
    filter: '(&(objectCategory=person)(employeeID=*))',
    attributes: ['mail'],
  }

  it('reads everybody in pages, over each kind of connection', async () => {
    const tls = { ca: [sandbox.caCertificate], servername: sandbox.serverName }
    for (const how of ['plain', 'ldaps', 'starttls']) {
      const client =
        how === 'ldaps' ? await signedIn({ url: sandbox.tlsUrl, tlsOptions: tls }) : new Client({ url: sandbox.url })
      if (how === 'starttls') await client.startTLS(tls)
      if (how !== 'ldaps') {
        onTestFinished(() => client.unbind())
        await client.bind(sandbox.bindDn, sandbox.password)
      }
      const { searchEntries, searchReferences } = await client.search(sandbox.baseDn, {
        ...people,
        paged: { pageSize: 500 },
      })
      expect([how, searchEntries.length, searchReferences.length]).toEqual([how, 3400, 3])
      expect(new Set(searchEntries.map(({ mail }) => mail)).size).toBe(3400)
    }
  })

  it('is told by its own errors', async () => {
    const client = new Client({ url: sandbox.url })
    onTestFinished(() => client.unbind())
    await expect(client.bind(sandbox.bindDn, 'wrong')).rejects.toThrow(InvalidCredentialsError)
    await client.bind(sandbox.bindDn, sandbox.password)
    await expect(client.search(sandbox.baseDn, people)).rejects.toThrow(SizeLimitExceededError)
    sandbox.control.addFault({ operations: 'search', kind: 'close', afterEntries: 3, midMessage: true })
    await expect(client.search(sandbox.baseDn, people)).rejects.toThrow('Connection closed')
  })

  it('gets the values of long lists in ranges, beside an empty list', async () => {
    const client = await signedIn()
    const [city] = sandbox.directory.groups.filter(({ members }) => members.length > 1500)
    const base = sandbox.control.company.dnOfGroup(city?.name ?? '')
    const read = async (attribute: string): Promise<Record<string, unknown>> =>
      (await client.search(base, { scope: 'base', attributes: [attribute] })).searchEntries[0] ?? {}
    const first = await read('member')
    expect([first.member, (first['member;range=0-1499'] as string[]).length]).toEqual([[], 1500])
    const rest = await read('member;range=1500-*')
    expect((rest['member;range=1500-*'] as string[]).length).toBe((city?.members.length ?? 0) - 1500)
  })

  it('gets ids as bytes where it asks for bytes', async () => {
    const client = await signedIn()
    const options = { ...people, filter: '(employeeID=u-000007)', attributes: ['objectGUID', 'objectSid'] }
    const { searchEntries } = await client.search(sandbox.baseDn, {
      ...options,
      explicitBufferAttributes: ['objectGUID', 'objectSid'],
    })
    expect([searchEntries[0]?.objectGUID, searchEntries[0]?.objectSid]).toEqual([
      expect.any(Buffer),
      expect.any(Buffer),
    ])
  })

  it('takes an empty page for the end: why the source has a way of its own', async () => {
    const client = await signedIn()
    sandbox.control.addFault({ operations: 'search', kind: 'empty-page', page: 2, times: 1 })
    const { searchEntries } = await client.search(sandbox.baseDn, { ...people, paged: { pageSize: 1000 } })
    expect(searchEntries).toHaveLength(1000)
  })
})
