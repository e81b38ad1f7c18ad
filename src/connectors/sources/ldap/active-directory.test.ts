import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkSteps, ldapSource, membersByName, readWhole } from '../../../../test/support/ldap-source.ts'
import { ldapsearch } from '../../../../test/support/ldap-tools.ts'
import { type Samba, sambaPresent, startSamba } from '../../../../test/support/samba.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import { ldap } from './index.ts'

const samba = await sambaPresent()
const company = makeCompany('small').directory
const base = 'DC=example,DC=test'

describe.skipIf(!samba.present)(`a whole read of Active Directory${samba.skipReason}`, () => {
  let server: Samba
  beforeAll(async () => {
    server = await startSamba({ company, ldif: odd, hidden: ['userAccountControl'] })
    await makePrimary('ruby.hughes', 'staff')
  })
  afterAll(() => server.stop())

  /** As an administrator does with "Set Primary Group": the person leaves the member list of the group by that. */
  async function makePrimary(login: string, name: string): Promise<void> {
    const dn = `CN=${name},OU=groups,${base}`
    const question = { url: server.url, as: server.admin, base: dn, scope: 'base', attributes: ['objectSid'] } as const
    const { stdout } = await ldapsearch(question)
    const sid = Buffer.from(/^objectSid:: (.*)$/m.exec(stdout)?.[1] ?? '', 'base64')
    const rid = sid.readUInt32LE(sid.length - 4)
    await server.change(
      `dn: CN=${login},OU=people,${base}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: ${rid}\n`,
    )
  }

  const people = `OU=people,${base}`
  const reading = (settings: Record<string, unknown> = {}, as = server.reader) =>
    ldapSource(ldap, { ...server, reader: as }, settings)
  const below = { userBaseDn: people, groupBaseDn: `OU=groups,${base}` }

  it('tells people with their attributes, and who is disabled', async () => {
    const { users, usersError } = await readWhole(reading(below))
    expect(usersError).toBeUndefined()
    const tomas = users.find(({ attributes }) => attributes.sAMAccountName === 'tomas.dvorak')
    expect(tomas).toMatchObject({
      key: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      active: true,
      attributes: {
        userPrincipalName: 'tomas.dvorak@example.test',
        mail: 'tomas.dvorak@acme.example',
        displayName: 'Tomáš Dvořák',
        department: 'Engineering',
        userAccountControl: '544',
      },
    })
    const inactive = users.filter(({ active }) => !active).map(({ attributes }) => attributes.sAMAccountName)
    expect(inactive).toEqual(['peter.lawson'])
  })

  it('counts expired accounts as inactive only where the settings say so', async () => {
    const inactive = async (settings: object) =>
      (await readWhole(reading({ ...below, ...settings }))).users
        .filter(({ active }) => !active)
        .map(({ attributes }) => attributes.sAMAccountName)
        .toSorted()
    expect(await inactive({ expiredIsInactive: true })).toEqual(['expired', 'peter.lawson'])
    expect(await inactive({ lockedIsInactive: true })).toEqual(['peter.lawson'])
    expect(await inactive({ inactive: { attribute: 'description', pattern: '^left' } })).toEqual(['never.expires'])
  })

  it('tells direct members, nested groups in a circle, and the primary group', async () => {
    const { users, groups, groupsError, incomplete } = await readWhole(reading(below))
    expect([groupsError, incomplete.size]).toEqual([undefined, 0])
    const members = membersByName(groups, users, 'sAMAccountName')
    expect(members.engineering).toEqual(['@developers', '@quality', 'tomas.dvorak'])
    expect(members['circle one']).toEqual(['@circle two', 'aoife.obrien'])
    expect(members['circle two']).toEqual(['@circle one'])
    expect(members['R&D (all) #1, core']).toEqual(['hina.sato', 'weird.name'].toSorted())
    expect(members.staff).toEqual(['ruby.hughes', 'samuel.knight'].toSorted())
    expect(Object.keys(members)).not.toContain('Domain Users')
  })

  it('puts everybody into "Domain Users" only where the settings say so', async () => {
    const everywhere = { userBaseDn: people }
    const domainUsers = async (settings: object) => {
      const { groups, users } = await readWhole(reading({ ...everywhere, ...settings }))
      return membersByName(groups, users, 'sAMAccountName')['Domain Users']
    }
    // Whoever has another primary group is listed as any other member.
    expect(await domainUsers({})).toEqual(['ruby.hughes'])
    expect(await domainUsers({ primaryGroup: 'none' })).toEqual(['ruby.hughes'])
    expect((await domainUsers({ primaryGroup: 'all' }))?.length).toBe(company.people.length + 3)
    const { groups, users } = await readWhole(reading({ ...below, primaryGroup: 'none' }))
    expect(membersByName(groups, users, 'sAMAccountName').staff).toEqual(['samuel.knight'])
  })

  it.each(['reader@example.test', 'EXAMPLE\\reader', 'CN=reader,CN=Users,DC=example,DC=test'])(
    'signs in as %s',
    async (dn) => {
      const { usersError } = await readWhole(reading(below, { dn, password: server.reader.password }))
      expect(usersError).toBeUndefined()
    },
  )

  it('reads the whole domain, references of its root and all', async () => {
    const { users, usersError, groupsError } = await readWhole(reading({ pageSize: 10 }))
    expect([usersError, groupsError]).toEqual([undefined, undefined])
    expect(users.length).toBeGreaterThan(company.people.length)
  })

  it('takes a group of groups as a filter, nested ones included', async () => {
    const filter = `(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:=CN=engineering,OU=groups,${base}))`
    const { users } = await readWhole(reading({ ...below, userFilter: filter }))
    expect(users).toHaveLength(10)
  })

  it('stops when it may not see who is disabled', async () => {
    const { users, usersError } = await readWhole(reading(below, server.blindReader))
    expect(users).toEqual([])
    expect(usersError).toMatchObject({ code: 'forbidden' })
    expect(usersError?.message).toContain('may not see userAccountControl of anybody')
    const steps = await checkSteps(reading(below, server.blindReader))
    expect(steps.at(-1)).toMatchObject({ name: 'rights', status: 'failed', code: 'forbidden' })
  })

  it('is found to be what it is by the doctor, its clock compared', async () => {
    const steps = await checkSteps(reading(below))
    const line = (name: string) => steps.find((step) => step.name === name)
    expect(line('server')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('Active Directory or Samba'),
    })
    expect(line('clock')).toMatchObject({ status: 'ok' })
    expect(line('rights')?.message).toBe('objectGUID and userAccountControl of everybody can be seen.')
    const late = ldapSource(ldap, server, below, { now: () => Date.now() + 200_000 })
    expect((await checkSteps(late)).find(({ name }) => name === 'clock')).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/^The clock of the server is (199|20[01]) seconds behind ours\.$/),
    })
    const wrong = await checkSteps(reading({ ...below, preset: 'openldap' }))
    expect(wrong.find(({ name }) => name === 'server')).toMatchObject({ status: 'warning' })
  })

  it.each(['tomas.dvorak', 'EXAMPLE\\tomas.dvorak', 'tomas.dvorak@example.test', 'tomas.dvorak@acme.example'])(
    'finds one person by every name they have: %s',
    async (login) => {
      const looking = reading(below)
      const found = (await looking.find?.(login, AbortSignal.timeout(120_000))) ?? []
      await looking.close()
      expect(found.map(({ name }) => name)).toEqual([`CN=tomas.dvorak,OU=people,${base}`])
      const value = (name: string) => found[0]?.attributes.find((each) => each.name === name)?.values[0]
      expect(value('objectGUID')).toBe(found[0]?.key)
      expect(value('objectSid')).toMatch(/^S-1-5-21-/)
      expect(value('memberOf')).toContain('CN=')
    },
  )

  it('finds one person by the key of a plan', async () => {
    const { users } = await readWhole(reading(below))
    const looking = reading(below)
    const found = (await looking.find?.(users[3]?.key ?? '', AbortSignal.timeout(120_000))) ?? []
    await looking.close()
    expect(found.map(({ key }) => key)).toEqual([users[3]?.key])
  })

  it('says why a sign-in was refused, in the words of Active Directory', async () => {
    const { usersError } = await readWhole(reading({}, { dn: 'EXAMPLE\\reader', password: 'wrong-secret' }))
    expect(usersError).toMatchObject({ code: 'auth-failed' })
    expect(usersError?.message).toMatch(/refused to sign in "EXAMPLE\\reader": name or password is wrong\.$/)
  })
})

describe.skipIf(!samba.present)(`Active Directory as it is delivered${samba.skipReason}`, () => {
  it('takes a password only over TLS, and says which setting brings that', async () => {
    const server = await startSamba({ company, demandsTls: true })
    try {
      const { usersError } = await readWhole(ldapSource(ldap, server))
      expect(usersError).toMatchObject({
        code: 'config-invalid',
        message: `${server.host}:389 takes a password only over an encrypted connection.`,
        hint: 'Choose security: starttls or ldaps.',
      })
      const caCertificate = { file: server.tls.caFile }
      for (const security of ['starttls', 'ldaps']) {
        const port = security === 'ldaps' ? server.tlsPort : server.port
        const settings = { security, port, caCertificate, userBaseDn: `OU=people,${base}` }
        const { users, usersError: error } = await readWhole(ldapSource(ldap, server, settings))
        expect([users.length, error]).toEqual([24, undefined])
      }
    } finally {
      await server.stop()
    }
  })
})

/** 2020-01-01 in ticks of 100 ns since 1601. */
const past = '132223104000000000'

const user = (name: string, lines: readonly string[]) =>
  `dn: CN=${name},OU=people,${base}\nobjectClass: user\nuserAccountControl: 544\n${lines.join('\n')}\n`
const group = (name: string, members: readonly string[]) =>
  `dn: CN=${name},OU=groups,${base}\nobjectClass: group\n${members.map((member) => `member: ${member}`).join('\n')}\n`

const odd = [
  user('expired', ['sAMAccountName: expired', `accountExpires: ${past}`]),
  user('never.expires', [
    'sAMAccountName: never.expires',
    'accountExpires: 9223372036854775807',
    'description: left on a date',
  ]),
  user('weird\\, (name)', ['sAMAccountName: weird.name']),
  group('circle one', [`CN=aoife.obrien,OU=people,${base}`]),
  group('circle two', [`CN=circle one,OU=groups,${base}`]),
  `dn: CN=circle one,OU=groups,${base}\nchangetype: modify\nadd: member\nmember: CN=circle two,OU=groups,${base}\n`,
  group('R&D (all) \\#1\\, core', [`CN=hina.sato,OU=people,${base}`, `CN=weird\\, (name),OU=people,${base}`]),
  group('staff', [`CN=samuel.knight,OU=people,${base}`, `CN=ruby.hughes,OU=people,${base}`]),
].join('\n')
