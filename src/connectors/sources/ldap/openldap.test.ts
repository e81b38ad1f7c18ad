import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkSteps, ldapSource, membersByName, readWhole } from '../../../../test/support/ldap-source.ts'
import { type Slapd, type SlapdOptions, slapdPresent, startSlapd } from '../../../../test/support/slapd.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import { ldap } from './index.ts'

const slapd = await slapdPresent()
const company = makeCompany('small').directory
const base = 'dc=example,dc=test'

/** A server for one test. */
async function withServer(options: SlapdOptions, work: (server: Slapd) => Promise<void>): Promise<void> {
  const server = await startSlapd(options)
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

const source = (server: Slapd, settings: Record<string, unknown> = {}, as = server.reader) =>
  ldapSource(ldap, { ...server, reader: as }, settings)

describe.skipIf(!slapd.present)(`a whole read of OpenLDAP${slapd.skipReason}`, () => {
  let server: Slapd
  beforeAll(async () => {
    server = await startSlapd({ company, ldif: oddEntries, hidden: ['member', 'mail'], pageLimit: 20 })
  })
  afterAll(() => server.stop())

  it('tells people with their attributes, and who is inactive', async () => {
    const { users, usersError, notices } = await readWhole(source(server))
    expect([usersError, notices]).toEqual([undefined, []])
    expect(users).toHaveLength(company.people.length + 2)
    const tomas = users.find(({ attributes }) => attributes.uid === 'tomas.dvorak')
    expect(tomas).toMatchObject({
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
      active: true,
      attributes: {
        dn: `uid=tomas.dvorak,ou=people,${base}`,
        cn: 'Tomáš Dvořák',
        mail: 'tomas.dvorak@acme.example',
        employeeNumber: company.people[1]?.id,
      },
    })
    expect(users.filter(({ active }) => !active).map(({ attributes }) => attributes.uid)).toEqual(['peter.lawson'])
    expect(JSON.stringify(users)).not.toMatch(/userPassword|jpegPhoto|nobody's hash/)
    const ann = users.find(({ attributes }) => attributes.uid === 'ann,lee')
    expect(ann?.attributes).toMatchObject({ cn: ['Ann Lee', 'A. Lee'], title: 'Chief "Everything"' })
  })

  it('tells groups of every class with their members, whatever the spelling of a name', async () => {
    const { users, groups, groupsError, incomplete } = await readWhole(source(server))
    expect([groupsError, incomplete.size]).toEqual([undefined, 0])
    const members = membersByName(groups, users, 'uid')
    expect(members.engineering).toEqual(['@developers', '@quality', 'tomas.dvorak'])
    expect(members['odd, spelled']).toEqual(['aoife.obrien', 'ann,lee', 'tomas.dvorak'].toSorted())
    expect(members.unique).toEqual(['?cn=printer,dc=example,dc=test', 'hina.sato', 'noemie.lefevre'].toSorted())
    expect(members.posix).toEqual(['?ghost', 'ruby.hughes', 'samuel.knight'].toSorted())
  })

  it('goes by logins of the settings where a group lists logins, and guesses nobody', async () => {
    const { users, groups } = await readWhole(source(server, { loginAttribute: 'sn' }))
    expect(membersByName(groups, users, 'uid').posix).toEqual(['?Ruby.Hughes', '?ghost', '?samuel.knight'])
  })

  it('leaves groups inside groups out where the settings say so', async () => {
    const { users, groups } = await readWhole(source(server, { nestedGroups: false }))
    expect(membersByName(groups, users, 'uid').engineering).toEqual(['tomas.dvorak'])
  })

  it('keeps to bases, depth and filters', async () => {
    const settings = {
      userBaseDn: [`ou=people,${base}`, `ou=more,${base}`],
      searchScope: 'one-level',
      userFilter: '(|(uid=a*)(uid=t*))',
      groupFilter: '(cn=dev*)',
      groupBaseDn: `ou=groups,${base}`,
    }
    const { users, groups } = await readWhole(source(server, settings))
    expect(users.map(({ attributes }) => attributes.uid).toSorted()).toEqual([
      'ananya.sharma',
      'ann,lee',
      'aoife.obrien',
      'ayse.ozturk',
      'thao.nguyen',
      'tomas.dvorak',
    ])
    expect(groups.map(({ name }) => name)).toEqual(['developers'])
    const none = await readWhole(source(server, { groups: false }))
    expect([none.groups, none.groupsError]).toEqual([[], undefined])
  })

  it('asks for smaller pages when the server refuses large ones', async () => {
    const logged: string[] = []
    const reading = ldapSource(ldap, server, { pageSize: 500 }, { logged })
    expect((await readWhole(reading)).users).toHaveLength(company.people.length + 2)
  })

  it('never believes that groups are empty because their members are hidden', async () => {
    const { groups, incomplete } = await readWhole(source(server, {}, server.blindReader))
    const hidden = groups.filter(({ key }) => incomplete.has(key)).map(({ name }) => name)
    expect(hidden).toContain('developers')
    expect(hidden).not.toContain('posix')
    const [error] = incomplete.values()
    expect(error?.message).toBe(
      'The members of "developers" are hidden from the reading account: a group of the class groupOfNames always has one.',
    )
  })

  it('finds one person with everything but secrets, also one whom a read leaves out', async () => {
    const find = async (login: string, settings: Record<string, unknown> = {}) => {
      const looking = source(server, settings)
      const found = (await looking.find?.(login, AbortSignal.timeout(120_000))) ?? []
      await looking.close()
      return found
    }
    const [ann, ...more] = await find('ann,lee')
    expect(more).toEqual([])
    expect(ann).toMatchObject({
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: `uid=ann\\2Clee,ou=more,${base}`,
      notes: [],
    })
    const value = (name: string) => ann?.attributes.find((each) => each.name === name)?.values
    expect([value('cn'), value('userPassword'), value('jpegPhoto')]).toEqual([
      ['Ann Lee', 'A. Lee'],
      undefined,
      ['(10 bytes)'],
    ])
    expect(value('modifyTimestamp')).toHaveLength(1)
    expect((await find('TOMAS.DVORAK@acme.example'))[0]?.name).toBe(`uid=tomas.dvorak,ou=people,${base}`)
    expect((await find(ann?.key ?? ''))[0]?.name).toBe(ann?.name)
    expect((await find(`uid=tomas.dvorak,ou=people,${base}`))[0]?.key).toBeDefined()
    expect((await find('peter.lawson'))[0]?.notes).toEqual(['Inactive by the rule of this source.'])
    expect(await find('*')).toEqual([])
    expect(await find('*)(objectClass=*')).toEqual([])
    const [outside] = await find('ann,lee', { userBaseDn: `ou=people,${base}` })
    expect(outside).toMatchObject({ notes: [`Not read: it lies outside "ou=people,${base}".`] })
    expect(outside).not.toHaveProperty('key')
    const [filtered] = await find('ann,lee', { userFilter: '(uid=t*)' })
    expect(filtered?.notes).toEqual(['Not read: it does not match the filter for people, (uid=t*).'])
    const twins = await find('Engineer', { loginAttribute: 'title' })
    expect(twins[0]?.notes[0]).toMatch(/^\d+ people have this name/)
  })

  it('describes the attributes people have, without secrets and only with the beginnings of words', async () => {
    const looking = source(server)
    const described = await looking.describe?.(AbortSignal.timeout(120_000))
    await looking.close()
    expect(described).toMatchObject({ people: 26, isEverybody: true })
    const of = (name: string) => described?.attributes.find((each) => each.name === name)
    expect(of('mail')).toMatchObject({ type: 'text', filled: 24, isList: false })
    expect(of('manager')).toMatchObject({ type: 'name' })
    expect(of('cn')).toMatchObject({ isList: true })
    expect(of('jpegPhoto')).toMatchObject({ type: 'bytes', samples: [] })
    expect(of('userPassword')).toBeUndefined()
    expect(JSON.stringify(described)).not.toMatch(/dvorak|hash/i)
  })

  it('is found to be what it is by the doctor, with numbers', async () => {
    const steps = await checkSteps(source(server, { pageSize: 10 }))
    expect(steps.map(({ name, status, message }) => `${status} ${name}: ${message}`)).toEqual([
      `ok connection: 127.0.0.1:${server.port} answers.`,
      `ok sign-in: Signed in at 127.0.0.1:${server.port} as cn=reader,${base}.`,
      'ok server: The server is OpenLDAP.',
      'skipped clock: The server does not tell its time.',
      `ok base: Found: ${base}.`,
      'ok read-users: 26 people, 1 inactive, read in 3 pages.',
      'ok rights: entryUUID of everybody can be seen.',
      'ok attributes: Filled, of 26: uid 26, mail 24.',
      'ok read-groups: 13 groups with 34 direct memberships of people and 7 of groups.',
      'warning members: 2 members of groups are nobody that was read: contacts, computers, or people outside base DN and filter.',
    ])
  })
})

/** What administrators have in their trees beside what is tidy. */
const oddEntries = `
dn: ou=more,${base}
objectClass: organizationalUnit

dn: uid=ann\\,lee,ou=more,${base}
objectClass: inetOrgPerson
uid: ann,lee
cn: Ann Lee
cn: A. Lee
sn: Lee
title: Chief "Everything"
userPassword: nobody's hash
jpegPhoto:: /9j/4AAQSkZJRg==

dn: uid=lockedout,ou=more,${base}
objectClass: inetOrgPerson
uid: lockedout
cn: Locked Out
sn: Out
pwdAccountLockedTime: 20261101000000Z

dn: cn=odd\\, spelled,ou=groups,${base}
objectClass: groupOfNames
cn: odd, spelled
member: UID=Tomas.Dvorak, OU=People, DC=example, DC=test
member: uid=aoife\\2eobrien,ou=people,${base}
member: uid=ann\\2Clee,ou=more,${base}

dn: cn=unique,ou=groups,${base}
objectClass: groupOfUniqueNames
cn: unique
uniqueMember: uid=hina.sato,ou=people,${base}#'0101'B
uniqueMember: uid=noemie.lefevre,ou=people,${base}
uniqueMember: cn=printer,${base}

dn: cn=posix,ou=groups,${base}
objectClass: posixGroup
cn: posix
gidNumber: 1000
memberUid: samuel.knight
memberUid: Ruby.Hughes
memberUid: ghost
`

describe.skipIf(!slapd.present)(`trouble with OpenLDAP${slapd.skipReason}`, () => {
  it('a reader who may not see entryUUID is told so and reads nobody', async () => {
    await withServer({ company, hidden: ['entryUUID'] }, async (server) => {
      const { users, usersError } = await readWhole(source(server, { preset: 'openldap' }, server.blindReader))
      expect(users).toEqual([])
      expect(usersError).toMatchObject({
        code: 'forbidden',
        message:
          'The reading account may not see entryUUID of anybody (24 people found), or this directory has no such attribute.',
      })
      const steps = await checkSteps(source(server, { preset: 'openldap' }, server.blindReader))
      expect(steps.at(-1)).toMatchObject({ name: 'rights', status: 'failed', code: 'forbidden' })
    })
  })

  it('an id that is hidden of some people leaves the read unproven, and the others told', async () => {
    const hidden = [`entryUUID dn.exact="uid=tomas.dvorak,ou=people,${base}"`]
    await withServer({ company, hidden }, async (server) => {
      const { users, usersError } = await readWhole(source(server, { pageSize: 5 }, server.blindReader))
      expect(users).toHaveLength(23)
      expect(usersError).toMatchObject({ code: 'incomplete-read' })
      expect(usersError?.message).toContain('entryUUID of 1 person out of 24 is not visible')
    })
  })

  it('a password over an unencrypted connection is refused where the server demands TLS', async () => {
    await withServer({ company, demandsTls: true }, async (server) => {
      const { usersError } = await readWhole(source(server))
      expect(usersError).toMatchObject({ code: 'config-invalid', hint: 'Choose security: starttls or ldaps.' })
      const { users } = await readWhole(
        source(server, { security: 'starttls', caCertificate: { file: server.tls.caFile } }),
      )
      expect(users).toHaveLength(24)
    })
  })

  it('two people with one chosen id are nobody, rather than one of them', async () => {
    const twin = `dn: uid=twin,ou=people,${base}\nobjectClass: inetOrgPerson\nuid: twin\ncn: Twin\nsn: Twin\nemployeeNumber: ${company.people[3]?.id}\n`
    await withServer({ company, ldif: twin }, async (server) => {
      const { usersError } = await readWhole(source(server, { idAttribute: 'employeeNumber' }))
      expect(usersError?.code).toBe('incomplete-read')
      expect(usersError?.message).toMatch(/^Two people have the same employeeNumber .* and uid=twin,/)
    })
  })

  it('a part of the tree on another server is told, and proves nothing unless the settings say it does not belong', async () => {
    const referral = `dn: ou=elsewhere,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://other.example.test/ou=elsewhere,${base}\n`
    await withServer({ company, ldif: referral }, async (server) => {
      const { users, usersError, groupsError } = await readWhole(source(server))
      expect([users.length, usersError?.code, groupsError?.code]).toEqual([24, 'incomplete-read', 'incomplete-read'])
      expect(usersError?.message).toContain('ldap://other.example.test/ou=elsewhere')
      const narrow = await readWhole(
        source(server, { userBaseDn: `ou=people,${base}`, groupBaseDn: `ou=groups,${base}` }),
      )
      expect([narrow.usersError, narrow.groupsError]).toEqual([undefined, undefined])
      const ignoring = await readWhole(source(server, { referrals: 'ignore' }))
      expect([ignoring.users.length, ignoring.usersError, ignoring.groupsError]).toEqual([24, undefined, undefined])
      const base10 = await readWhole(source(server, { baseDn: `ou=elsewhere,${base}` }))
      expect(base10.usersError).toMatchObject({ code: 'config-invalid' })
      expect(base10.usersError?.message).toContain('is kept by another server (other.example.test)')
    })
  })
})
