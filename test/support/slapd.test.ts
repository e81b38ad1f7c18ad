import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCompany } from '../../src/sandbox/company/company.ts'
import { ldapsearch } from './ldap-tools.ts'
import { type Slapd, slapdPresent, startSlapd } from './slapd.ts'

const slapd = await slapdPresent()

describe.skipIf(!slapd.present)(`a real OpenLDAP server for a test${slapd.skipReason}`, () => {
  let server: Slapd
  const company = makeCompany('small').directory
  beforeAll(async () => {
    server = await startSlapd({ company, hidden: ['entryUUID', 'pwdAccountLockedTime'], sizeLimit: 10, pageLimit: 20 })
  })
  afterAll(() => server.stop())

  const people = (as = server.reader, more: readonly string[] = []) =>
    ldapsearch({
      url: server.url,
      as,
      base: `ou=people,${server.baseDn}`,
      scope: 'one',
      attributes: ['uid', 'memberOf', 'entryUUID', 'pwdAccountLockedTime'],
      more,
    })
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0

  it('answers a bind and a paged search for its people, with what the overlays add', async () => {
    const { code, stdout } = await people(server.reader, ['-E', 'pr=5/noprompt'])
    expect(code).toBe(0)
    expect(count(stdout, /^dn:/gm)).toBe(24)
    expect(stdout).toContain(`memberOf: cn=developers,ou=groups,${server.baseDn}`)
    expect(stdout).toContain('pwdAccountLockedTime: 000001010000Z')
  })

  it('holds the limits it was given', async () => {
    expect(await people()).toMatchObject({ code: 4 })
    expect(await people(server.reader, ['-E', 'pr=21/noprompt'])).toMatchObject({ code: 11 })
  })

  it('hides attributes from the blind reader and refuses a wrong password', async () => {
    const { code, stdout } = await people(server.blindReader, ['-E', 'pr=20/noprompt'])
    expect([code, count(stdout, /^dn:/gm), count(stdout, /entryUUID|pwdAccountLockedTime/g)]).toEqual([0, 24, 0])
    expect(await people({ ...server.reader, password: 'wrong' })).toMatchObject({ code: 49 })
  })

  it('speaks TLS under a certificate that its authority proves', async () => {
    const question = { base: '', scope: 'base', as: server.reader, caFile: server.tls.caFile } as const
    expect(await ldapsearch({ ...question, url: server.tlsUrl })).toMatchObject({ code: 0, stderr: '' })
    expect(await ldapsearch({ ...question, url: server.url, more: ['-ZZ'] })).toMatchObject({ code: 0, stderr: '' })
    expect((await ldapsearch({ base: '', scope: 'base', url: server.tlsUrl })).code).not.toBe(0)
  })

  it('takes changes, and is there again after it was killed', async () => {
    await server.change(`dn: ou=later,${server.baseDn}\nobjectClass: organizationalUnit\n`)
    await server.kill()
    const later = { url: server.url, as: server.reader, base: `ou=later,${server.baseDn}`, scope: 'base' } as const
    expect((await ldapsearch(later)).code).not.toBe(0)
    await server.restart()
    expect(await ldapsearch(later)).toMatchObject({ code: 0 })
  })
})

describe.skipIf(!slapd.present)(`its certificates that nobody should accept${slapd.skipReason}`, () => {
  it.each(['expired', 'wrong-name'] as const)('are refused by other clients: %s', async (certificate) => {
    const server = await startSlapd({ certificate })
    try {
      const question = { base: '', scope: 'base', caFile: server.tls.caFile } as const
      expect((await ldapsearch({ ...question, url: server.url })).code).toBe(0)
      expect((await ldapsearch({ ...question, url: server.tlsUrl })).code).not.toBe(0)
    } finally {
      await server.stop()
    }
  })
})
