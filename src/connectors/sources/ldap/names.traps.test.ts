import { afterEach, describe, expect, it } from 'vitest'
import { checkSteps, ldapSource, membersByName, readWhole } from '../../../../test/support/ldap-source.ts'
import { ldapsearch } from '../../../../test/support/ldap-tools.ts'
import { slapdPresent, startSlapd } from '../../../../test/support/slapd.ts'
import { type LdapSandbox, type LdapSandboxOptions, startLdapSandbox } from '../../../sandbox/ldap/start.ts'
import { ldap } from './index.ts'

// Traps of names, rights and filters. Each test says by its number which one.

const open: LdapSandbox[] = []
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.stop()
})

async function sandbox(options: LdapSandboxOptions = {}): Promise<LdapSandbox> {
  const started = await startLdapSandbox(options)
  open.push(started)
  return started
}

function reading(
  server: LdapSandbox,
  settings: Record<string, unknown> = {},
  as: { readonly bindDn: string; readonly password: string } = server,
) {
  return ldapSource(ldap, { ...server, reader: { dn: as.bindDn, password: as.password } }, settings)
}

const find = async (server: LdapSandbox, login: string, settings = {}) => {
  const source = reading(server, settings)
  const found = (await source.find?.(login, AbortSignal.timeout(120_000))) ?? []
  await source.close()
  return found
}

describe('trap 14: parts of the tree on other servers', () => {
  it('references at the root of an Active Directory are nothing to worry about', async () => {
    const server = await sandbox({ flavour: 'activedirectory' })
    const { usersError, groupsError } = await readWhole(reading(server))
    expect([usersError, groupsError]).toEqual([undefined, undefined])
  })

  it('elsewhere they leave the read unproven, and are never followed', async () => {
    const [server, other] = [await sandbox(), await sandbox()]
    const uris = [`${other.url}/ou=branch,${server.baseDn}??sub`]
    server.control.addFault({ operations: 'search', kind: 'references', uris, containing: 'inetOrgPerson', page: 1 })
    const { users, usersError, groupsError } = await readWhole(reading(server))
    expect([users.length, groupsError]).toEqual([24, undefined])
    expect(usersError).toMatchObject({ code: 'incomplete-read' })
    expect(usersError?.message).toBe(
      `A part of "${server.baseDn}" is kept by another server and was not read for people: ${uris[0]}.`,
    )
    expect((await readWhole(reading(server, { referrals: 'ignore' }))).usersError).toBeUndefined()
    expect([other.control.requests('connect'), other.control.requests('bind')]).toEqual([0, 0])
  })

  it('those of another tree do not matter', async () => {
    const server = await sandbox()
    server.control.addFault({
      operations: 'search',
      kind: 'references',
      uris: ['ldap://x/dc=other,dc=example'],
      page: 1,
    })
    expect((await readWhole(reading(server))).usersError).toBeUndefined()
  })

  it('a base that another server keeps is a wrong base, and that server is not asked', async () => {
    const [server, other] = [await sandbox(), await sandbox()]
    server.control.addFault({
      operations: 'search',
      kind: 'referral',
      uris: [`${other.url}/${server.baseDn}`],
      containing: 'inetOrgPerson',
    })
    const { usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('is kept by another server'),
    })
    expect(usersError?.hint).toContain('never followed to a host that is not configured')
    expect(other.control.requests('connect')).toBe(0)
  })
})

describe('trap 15: one name in many spellings', () => {
  it.each(['openldap', 'activedirectory'] as const)('is one member: %s', async (flavour) => {
    const server = await sandbox({ flavour })
    const { company, directory } = server.control
    const [ann, bob] = [company.dnOfPerson('aoife.obrien'), company.dnOfPerson('tomas.dvorak')]
    const odd = (dn: string) =>
      dn
        .replaceAll(',', ' , ')
        .replace(/^\w+=/, (type) => type.toUpperCase())
        .toUpperCase()
    const group =
      flavour === 'openldap' ? `cn=a\\+b \\#1\\, "c",${server.groupBaseDn}` : `CN=a\\+b \\#1\\, c,${server.groupBaseDn}`
    const escaped = group.replace('\\+', '\\2B').replace('\\,', '\\2c')
    directory.add({
      dn: group,
      attributes:
        flavour === 'openldap'
          ? { objectClass: ['groupOfNames'], cn: 'a+b #1, "c"', member: [odd(ann), bob] }
          : { objectClass: ['top', 'group'], cn: 'a+b #1, c', sAMAccountName: 'odd', member: [odd(ann), bob] },
    })
    directory.modify(company.dnOfGroup('quality'), [{ op: 'add', attribute: 'member', values: [escaped] }])
    const bases = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
    const { users, groups } = await readWhole(reading(server, bases))
    const members = membersByName(groups, users, 'mail')
    const name = groups.find((each) => each.name.startsWith('a+b'))?.name ?? ''
    expect(members[name]).toEqual(['aoife.obrien@acme.example', 'tomas.dvorak@acme.example'])
    expect(members.quality).toContain(`@${name}`)
  })

  it('members that are nobody who is read are counted, and nothing fails', async () => {
    const server = await sandbox()
    server.control.directory.modify(server.control.company.dnOfGroup('quality'), [
      { op: 'add', attribute: 'member', values: [`cn=printer,ou=devices,${server.baseDn}`, 'no name at all'] },
    ])
    const { users, groups, groupsError } = await readWhole(reading(server))
    expect(groupsError).toBeUndefined()
    expect(membersByName(groups, users, 'uid').quality).toEqual([
      `?cn=printer,ou=devices,${server.baseDn}`,
      '?no name at all',
      'begona.munoz',
      'samuel.knight',
    ])
    const steps = await checkSteps(reading(server))
    expect(steps.at(-1)).toMatchObject({ name: 'members', status: 'warning' })
  })
})

describe('trap 16: logins instead of names', () => {
  it('two people with one login are nobody in a group that lists it', async () => {
    const server = await sandbox({ groupStyle: 'posix' })
    const { company, directory } = server.control
    directory.modify(company.dnOfPerson('ruby.hughes'), [{ op: 'add', attribute: 'uid', values: ['samuel.knight'] }])
    const { users, groups } = await readWhole(reading(server))
    expect(membersByName(groups, users, 'mail').quality).toEqual(['?samuel.knight', 'begona.munoz@acme.example'])
  })
})

describe('trap 17: what a reader may not see', () => {
  it.each([
    ['openldap', 'entryUUID'],
    ['activedirectory', 'objectGUID'],
    ['activedirectory', 'userAccountControl'],
    ['freeipa', 'ipaUniqueID'],
    ['edirectory', 'GUID'],
  ] as const)('is missing for everybody, and the read stops: %s without %s', async (flavour, attribute) => {
    const server = await sandbox({ flavour })
    server.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: [attribute] })
    const { users, usersError } = await readWhole(reading(server, { userBaseDn: server.userBaseDn }))
    expect(users).toEqual([])
    expect(usersError).toMatchObject({ code: 'forbidden' })
    expect(usersError?.message).toContain(`may not see ${attribute} of anybody`)
  })

  it('after a change of the reading account is noticed at once, in the read and by the doctor', async () => {
    const server = await sandbox({ flavour: 'activedirectory' })
    const settings = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
    expect((await readWhole(reading(server, settings))).usersError).toBeUndefined()
    const { usersError } = await readWhole(reading(server, settings, server.blind))
    expect(usersError).toMatchObject({ code: 'forbidden' })
    const steps = await checkSteps(reading(server, settings, server.blind))
    expect(steps.at(-1)).toMatchObject({ name: 'rights', status: 'failed', code: 'forbidden' })
    expect(reading(server, settings).readFingerprint).not.toBe(
      reading(server, { ...settings, bindDn: server.blind.bindDn }).readFingerprint,
    )
  })

  it('attributes that `*` does not bring are asked for by name', async () => {
    const server = await sandbox()
    const as = { dn: server.bindDn, password: server.password }
    const { stdout } = await ldapsearch({ url: server.url, as, base: server.userBaseDn, attributes: ['*'] })
    expect(stdout).not.toContain('entryUUID')
    const { users, usersError } = await readWhole(reading(server))
    expect([users.length, usersError]).toEqual([24, undefined])
  })

  it('the members of groups, if hidden from us, are unproven and not empty', async () => {
    for (const flavour of ['openldap', 'activedirectory'] as const) {
      const server = await sandbox({ flavour })
      server.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: ['member'] })
      const settings = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
      const { groups, incomplete } = await readWhole(reading(server, settings))
      expect(groups.length).toBeGreaterThan(5)
      expect(incomplete.size).toBe(groups.length)
      expect([...incomplete.values()][0]?.message).toMatch(
        /hidden from the reading account|None of \d+ groups shows a member/,
      )
    }
  })
})

describe('trap 18: a value is never a part of a filter', () => {
  const evil = ['*', '*)(objectClass=*', '*)(|(uid=*', 'a)(uid=*', '\\', '\0', 'a\\2a', '(', ')', '((((', 'ann*)(&']

  it.each(evil)('%j finds nobody', async (login) => {
    const server = await sandbox()
    expect(await find(server, login)).toEqual([])
  })

  it('but somebody who is called like that is found', async () => {
    const server = await sandbox()
    for (const [index, login] of evil.entries()) {
      server.control.directory.modify(server.control.company.dnOfPerson('ruby.hughes'), [
        { op: 'replace', attribute: 'employeeNumber', values: [login] },
      ])
      const found = await find(server, login, { loginAttribute: 'employeeNumber' })
      expect(
        found.map(({ name }) => name),
        `${index}: ${login}`,
      ).toEqual([server.control.company.dnOfPerson('ruby.hughes')])
    }
  })
})

const slapd = await slapdPresent()

describe.skipIf(!slapd.present)(`trap 19: names of attributes come from the server${slapd.skipReason}`, () => {
  it('may be those of what every object has', async () => {
    const attribute = (name: string, number: number) =>
      `attributetype ( 1.3.6.1.4.1.4203.666.1.${number} NAME '${name}' SUP name )`
    const person = (uid: string, more: string) =>
      `dn: uid=${uid},dc=example,dc=test\nobjectClass: inetOrgPerson\nobjectClass: extensibleObject\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n${more}\n`
    const server = await startSlapd({
      globalLines: [attribute('constructor', 901), attribute('hasOwnProperty', 902), attribute('toString', 903)],
      ldif: `${person('ann', 'constructor: x\nhasOwnProperty: y\n')}\n${person('bob', '')}`,
    })
    const names = ['constructor', 'hasOwnProperty', 'toString', 'valueOf']
    const { users, usersError } = await readWhole(ldapSource(ldap, server, { attributes: names }))
    await server.stop()
    expect(usersError).toBeUndefined()
    expect(users.map(({ attributes }) => names.map((name) => attributes[name]))).toEqual([
      ['x', 'y', undefined, undefined],
      [undefined, undefined, undefined, undefined],
    ])
  })
})
