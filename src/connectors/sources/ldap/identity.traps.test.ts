import { afterEach, describe, expect, it } from 'vitest'
import { ldapSource, membersByName, readWhole } from '../../../../test/support/ldap-source.ts'
import { type LdapSandbox, type LdapSandboxOptions, startLdapSandbox } from '../../../sandbox/ldap/start.ts'
import { ldap } from './index.ts'

// Traps around who somebody is and to which groups they belong. Each test says by its number which one.

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
  as = server as { bindDn: string; password: string },
) {
  const directory = { ...server, reader: { dn: as.bindDn, password: as.password } }
  const bases = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
  return ldapSource(ldap, directory, { ...bases, ...settings })
}

const ad = { flavour: 'activedirectory' } as const

describe('trap 4: ids that are bytes', () => {
  it.each([
    ['activedirectory', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['edirectory', /^[0-9a-f]{32}$/],
    ['openldap', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['freeipa', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['oracle', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['generic', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ] as const)('are the same text in every read, whatever their bytes: %s', async (flavour, form) => {
    const server = await sandbox({ flavour, company: 300 })
    const first = await readWhole(reading(server))
    const second = await readWhole(reading(server, { pageSize: 7 }))
    const keys = first.users.map(({ key }) => key)
    expect(keys).toHaveLength(300)
    for (const key of keys) expect(key).toMatch(form)
    expect(new Set(keys).size).toBe(300)
    expect(second.users.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
  })

  it('are found in any spelling of the attribute, and stay when login, e-mail and place change', async () => {
    const server = await sandbox(ad)
    const before = await readWhole(reading(server))
    const odd = await readWhole(reading(server, { idAttribute: 'OBJECTguid' }))
    expect(odd.users.map(({ key }) => key)).toEqual(before.users.map(({ key }) => key))
    server.control.edit({
      action: 'change-person',
      login: 'johanna.winkler',
      attributes: { mail: 'johanna.sommer@acme.example', sAMAccountName: 'johanna.sommer', sn: 'Sommer' },
    })
    const after = await readWhole(reading(server))
    const keyOf = (read: typeof before, mail: string) =>
      read.users.find(({ attributes }) => attributes.mail === mail)?.key
    expect(keyOf(after, 'johanna.sommer@acme.example')).toBe(keyOf(before, 'johanna.winkler@acme.example'))
  })
})

describe('trap 5: the primary group lists nobody', () => {
  it('is told from primaryGroupID, except for the one everybody is in', async () => {
    const server = await sandbox(ad)
    const { directory } = server.control
    const group = server.control.company.dnOfGroup('quality')
    const sid = directory.at(group)?.values('objectSid')[0] as Buffer
    directory.modify(server.control.company.dnOfPerson('ruby.hughes'), [
      { op: 'replace', attribute: 'primaryGroupID', values: [String(sid.readUInt32LE(sid.length - 4))] },
    ])
    const quality = async (settings = {}) => {
      const { users, groups } = await readWhole(reading(server, settings))
      return membersByName(groups, users, 'sAMAccountName').quality
    }
    expect(await quality()).toEqual(['begona.munoz', 'ruby.hughes', 'samuel.knight'])
    expect(await quality({ primaryGroup: 'none' })).toEqual(['begona.munoz', 'samuel.knight'])
    const everywhere = async (primaryGroup: string) => {
      const { users, groups } = await readWhole(reading(server, { groupBaseDn: server.baseDn, primaryGroup }))
      return membersByName(groups, users, 'sAMAccountName')['Domain Users']?.length
    }
    expect(await everywhere('except-domain-users')).toBe(0)
    expect(await everywhere('all')).toBe(23)
  })
})

describe('trap 6: a new membership does not change the person', () => {
  it('memberships come from the groups, so a back link that is hidden or late does not matter', async () => {
    const server = await sandbox()
    server.control.addFault({
      operations: 'search',
      kind: 'hide-attributes',
      attributes: ['memberOf', 'modifyTimestamp'],
    })
    server.control.edit({ action: 'add-member', group: 'quality', login: 'ruby.hughes' })
    const { users, groups } = await readWhole(reading(server))
    expect(membersByName(groups, users, 'uid').quality).toContain('ruby.hughes')
  })
})

describe('trap 7: the in-chain rule means nothing outside Active Directory', () => {
  const inChain = (server: LdapSandbox) =>
    `(memberOf:1.2.840.113556.1.4.1941:=${server.control.company.dnOfGroup('engineering')})`

  it('is not what nested groups rest on', async () => {
    const server = await sandbox(ad)
    const { users, groups } = await readWhole(reading(server))
    expect(membersByName(groups, users, 'sAMAccountName').engineering).toEqual([
      '@developers',
      '@quality',
      'tomas.dvorak',
    ])
    expect(JSON.stringify(server.control.log())).not.toContain('1941')
  })

  it('in a filter of the administrator it works there, and elsewhere finds nobody, which is never believed', async () => {
    const there = await sandbox(ad)
    expect((await readWhole(reading(there, { userFilter: inChain(there) }))).users).toHaveLength(10)
    const elsewhere = await sandbox()
    const { users, usersError } = await readWhole(reading(elsewhere, { userFilter: inChain(elsewhere) }))
    expect(users).toEqual([])
    expect(usersError).toMatchObject({ code: 'incomplete-read' })
    expect(usersError?.message).toMatch(/^The search found nobody at or below .* An empty directory is not believed\.$/)
    const allowed = await readWhole(reading(elsewhere, { userFilter: '(uid=nobody)', allowEmpty: true, groups: false }))
    expect([allowed.users, allowed.usersError]).toEqual([[], undefined])
  })
})

describe('who is inactive', () => {
  it.each(['openldap', 'activedirectory', 'freeipa', 'edirectory', 'oracle'] as const)(
    'is known in each kind of directory, found out by itself: %s',
    async (flavour) => {
      const server = await sandbox({ flavour })
      const preset = flavour
      const inactive = async (settings: Record<string, unknown>) =>
        (await readWhole(reading(server, settings))).users
          .filter(({ active }) => !active)
          .map(({ attributes }) => attributes.mail)
      expect(await inactive({ preset })).toEqual(['peter.lawson@acme.example'])
      expect(await inactive({ preset: 'auto' })).toEqual(['peter.lawson@acme.example'])
      server.control.edit({ action: 'disable-person', login: 'ruby.hughes' })
      server.control.edit({ action: 'enable-person', login: 'peter.lawson' })
      expect(await inactive({})).toEqual(['ruby.hughes@acme.example'])
    },
  )

  it('is what a rule of the settings says where no kind is known', async () => {
    const server = await sandbox({ flavour: 'generic' })
    const inactive = async (rule: object | undefined) =>
      (await readWhole(reading(server, rule === undefined ? {} : { inactive: rule }))).users
        .filter(({ active }) => !active)
        .map(({ attributes }) => attributes.mail)
    expect(await inactive(undefined)).toEqual([])
    const types = (await readWhole(reading(server))).users.map(({ attributes }) => attributes.employeeType)
    const gone = [...new Set(types)].find((type) => types.filter((each) => each === type).length === 1)
    expect(await inactive({ attribute: 'employeeType', values: [String(gone).toUpperCase()] })).toEqual([
      'peter.lawson@acme.example',
    ])
    expect(await inactive({ attribute: 'employeeType', pattern: `^${String(gone).slice(0, 3)}` })).toEqual([
      'peter.lawson@acme.example',
    ])
  })
})

describe('somebody who is renamed between the reading of people and of groups', () => {
  it.each(['openldap', 'activedirectory'] as const)('keeps their groups: %s', async (flavour) => {
    const server = await sandbox({ flavour })
    const { company, directory } = server.control
    const before = company.dnOfPerson('samuel.knight')
    const after = before.replace(/^[^,]+/, flavour === 'openldap' ? 'uid=samuel.day' : 'CN=Samuel Day')
    server.control.onPage(({ filter }) => {
      if (!/person/i.test(filter)) return
      server.control.onPage(undefined)
      directory.rename(before, after)
    })
    const { users, groups } = await readWhole(reading(server))
    const members = membersByName(groups, users, 'mail')
    expect(members.quality).toEqual(['begona.munoz@acme.example', 'samuel.knight@acme.example'])
  })
})

describe('posixGroup: members by login', () => {
  it('are people by their login, those of nobody are counted', async () => {
    const server = await sandbox({ groupStyle: 'posix' })
    const { users, groups, groupsError } = await readWhole(reading(server))
    expect(groupsError).toBeUndefined()
    expect(membersByName(groups, users, 'uid').operations).toEqual(['ayse.ozturk', 'henry.palmer', 'lukasz.kowalczyk'])
  })
})
