import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCompany } from '../../src/sandbox/company/company.ts'
import { ldapsearch } from './ldap-tools.ts'
import { type Samba, sambaPresent, sambaStartTimeoutMs, startSamba } from './samba.ts'

const samba = await sambaPresent()

describe.skipIf(!samba.present)(`a real Samba AD domain controller for a test${samba.skipReason}`, () => {
  let server: Samba
  beforeAll(async () => {
    server = await startSamba({ company: makeCompany('small').directory, hidden: ['userAccountControl'] })
  }, sambaStartTimeoutMs)
  afterAll(() => server?.stop())

  const people = (dn: string, filter = '(&(objectCategory=person)(objectClass=user))') =>
    ldapsearch({
      url: server.url,
      as: { dn, password: server.reader.password },
      base: `OU=people,${server.baseDn}`,
      filter,
      attributes: ['objectGUID', 'userAccountControl', 'memberOf'],
      more: ['-E', 'pr=10/noprompt'],
    })
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0

  it.each(['reader@example.test', 'EXAMPLE\\reader', 'CN=reader,CN=Users,DC=example,DC=test'])(
    'answers a bind as %s and a paged search for its people',
    async (dn) => {
      const { code, stdout } = await people(dn)
      expect([code, count(stdout, /^dn:/gm), count(stdout, /^objectGUID:: /gm)]).toEqual([0, 24, 24])
      expect(stdout).toContain(`memberOf: CN=developers,OU=groups,${server.baseDn}`)
    },
  )

  it('knows who is disabled and who is in a group by way of another', async () => {
    const disabled = await people(server.reader.dn, '(userAccountControl:1.2.840.113556.1.4.803:=2)')
    expect(disabled.stdout.match(/^dn: .*/gm)).toEqual([`dn: CN=peter.lawson,OU=people,${server.baseDn}`])
    const engineering = `CN=engineering,OU=groups,${server.baseDn}`
    const nested = await people(server.reader.dn, `(memberOf:1.2.840.113556.1.4.1941:=${engineering})`)
    expect(count(nested.stdout, /^dn:/gm)).toBe(10)
  })

  it('hides an attribute from the blind reader', async () => {
    expect(count((await people(server.reader.dn)).stdout, /^userAccountControl:/gm)).toBe(24)
    const blind = await people(server.blindReader.dn)
    expect([count(blind.stdout, /^dn:/gm), count(blind.stdout, /^userAccountControl:/gm)]).toEqual([24, 0])
  })

  it('speaks TLS under a certificate that its authority proves, and takes changes', async () => {
    await server.change(`dn: OU=later,${server.baseDn}\nobjectClass: organizationalUnit\n`)
    const later = { as: server.reader, base: `OU=later,${server.baseDn}`, scope: 'base' } as const
    expect(await ldapsearch({ ...later, url: server.tlsUrl, caFile: server.tls.caFile })).toMatchObject({ code: 0 })
  })
})
