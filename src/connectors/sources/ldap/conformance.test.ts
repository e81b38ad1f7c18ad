import { afterAll, beforeAll, describe } from 'vitest'
import { ldapSource, namesById } from '../../../../test/support/ldap-source.ts'
import { ldapsearch } from '../../../../test/support/ldap-tools.ts'
import { type Samba, sambaPresent, startSamba } from '../../../../test/support/samba.ts'
import { type Slapd, slapdPresent, startSlapd } from '../../../../test/support/slapd.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import { type KnownDirectory, type SourceHarness, testSource } from '../../kit/source-conformance.ts'
import { guidText } from './binary-ids.ts'
import { ldap } from './index.ts'

const company = makeCompany('small').directory

/** What the whole company is called by the directory's own ids. */
function knownAs(people: ReadonlyMap<string, string>, groups: ReadonlyMap<string, string>): KnownDirectory {
  const keyOf = (names: ReadonlyMap<string, string>) => new Map(Array.from(names, ([key, name]) => [name, key]))
  const [personKey, groupKey] = [keyOf(people), keyOf(groups)]
  const logins = new Map(company.people.map(({ id, login }) => [id, login]))
  const groupNames = new Map(company.groups.map(({ id, name }) => [id, name]))
  const members = company.groups.map(({ name, members: list }) => [
    groupKey.get(name) ?? name,
    list.map((member) =>
      'user' in member
        ? `user:${personKey.get(logins.get(member.user) ?? '')}`
        : `group:${groupKey.get(groupNames.get(member.group) ?? '')}`,
    ),
  ])
  return { users: [...people.keys()], groups: [...groups.keys()], members: Object.fromEntries(members) }
}

const slapd = await slapdPresent()

describe.skipIf(!slapd.present)(`on OpenLDAP${slapd.skipReason}`, () => {
  let server: Slapd
  const known = { users: [] as string[], groups: [] as string[], members: {} as Record<string, string[]> }
  beforeAll(async () => {
    server = await startSlapd({ company, hidden: ['entryUUID'], sizeLimit: 10 })
    Object.assign(
      known,
      knownAs(
        await namesById(server, '(objectClass=inetOrgPerson)', 'entryUUID', 'uid'),
        await namesById(server, '(objectClass=groupOfNames)', 'entryUUID', 'cn'),
      ),
    )
  })
  afterAll(() => server.stop())

  const opened = async (settings: Record<string, unknown> = {}, as = server.reader) => {
    const source = ldapSource(ldap, { ...server, reader: as }, { preset: 'openldap', pageSize: 7, ...settings })
    return { source, close: () => source.close() }
  }
  const harness: SourceHarness = {
    known,
    secrets: ['reader-secret', 'admin-secret', 'wrong-secret'],
    open: async () => {
      const { source, close } = await opened()
      const state = () => ldapsearch({ url: server.url, as: server.admin, base: server.baseDn, attributes: ['*', '+'] })
      return { source, close, state }
    },
    broken: [
      {
        name: 'nobody listens',
        part: 'users',
        open: () => opened({ hosts: ['127.0.0.2'], port: 1, connectTimeoutSeconds: 2 }),
      },
      {
        name: 'the password is wrong',
        part: 'users',
        open: () => opened({}, { dn: server.reader.dn, password: 'wrong-secret' }),
      },
      {
        name: 'the base does not exist',
        part: 'users',
        open: () => opened({ baseDn: 'ou=nowhere,dc=example,dc=test' }),
      },
      { name: 'the ids are hidden', part: 'users', open: () => opened({}, server.blindReader) },
      { name: 'the filter matches nobody', part: 'users', open: () => opened({ userFilter: '(uid=nobody)' }) },
      { name: 'the plain port is taken for TLS', part: 'users', open: () => opened({ security: 'ldaps' }) },
      {
        name: 'the base of groups does not exist',
        part: 'groups',
        open: () => opened({ groupBaseDn: 'ou=nowhere,dc=example,dc=test' }),
      },
    ],
  }
  testSource('ldap (OpenLDAP)', harness)
})

const samba = await sambaPresent()

describe.skipIf(!samba.present)(`on Samba${samba.skipReason}`, () => {
  let server: Samba
  const known = { users: [] as string[], groups: [] as string[], members: {} as Record<string, string[]> }
  beforeAll(async () => {
    server = await startSamba({ company, hidden: ['userAccountControl'] })
    const guid = (raw: string) => guidText(Buffer.from(raw, 'base64')) ?? raw
    const below = { ...server, baseDn: `OU=people,${server.baseDn}` }
    Object.assign(
      known,
      knownAs(
        await namesById(below, '(objectClass=user)', 'objectGUID', 'cn', guid),
        await namesById(
          { ...server, baseDn: `OU=groups,${server.baseDn}` },
          '(objectClass=group)',
          'objectGUID',
          'cn',
          guid,
        ),
      ),
    )
  })
  afterAll(() => server.stop())

  const opened = async (settings: Record<string, unknown> = {}, as = server.reader) => {
    const bases = { userBaseDn: `OU=people,${server.baseDn}`, groupBaseDn: `OU=groups,${server.baseDn}` }
    const source = ldapSource(ldap, { ...server, reader: as }, { preset: 'auto', pageSize: 7, ...bases, ...settings })
    return { source, close: () => source.close() }
  }
  const harness: SourceHarness = {
    known,
    secrets: ['Passw0rd.Test1', 'wrong-secret'],
    open: async () => {
      const { source, close } = await opened()
      const state = async () => {
        const { stdout } = await ldapsearch({
          url: server.url,
          as: server.admin,
          base: `OU=people,${server.baseDn}`,
          attributes: ['uSNChanged', 'objectGUID'],
        })
        return stdout
      }
      return { source, close, state }
    },
    broken: [
      {
        name: 'the password is wrong',
        part: 'users',
        open: () => opened({}, { dn: server.reader.dn, password: 'wrong-secret' }),
      },
      { name: 'who is disabled is hidden', part: 'users', open: () => opened({}, server.blindReader) },
      { name: 'the base is of another domain', part: 'users', open: () => opened({ userBaseDn: 'DC=other,DC=test' }) },
    ],
  }
  testSource('ldap (Samba)', harness)
})
