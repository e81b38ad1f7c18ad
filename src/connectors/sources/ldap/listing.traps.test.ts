import { Client } from 'ldapts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ldapSource, membersByName, readWhole } from '../../../../test/support/ldap-source.ts'
import { type Samba, sambaPresent, startSamba } from '../../../../test/support/samba.ts'
import { type Slapd, slapdPresent, startSlapd } from '../../../../test/support/slapd.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import type { CompanyDirectory, CompanyPerson } from '../../../sandbox/company/directory.ts'
import { type LdapSandbox, type LdapSandboxOptions, startLdapSandbox } from '../../../sandbox/ldap/start.ts'
import { ldap } from './index.ts'

// Traps of listings: where a read can end without having told everything. Each test says by its number which one.

const open: LdapSandbox[] = []
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.stop()
})

async function sandbox(options: LdapSandboxOptions = {}): Promise<LdapSandbox> {
  const started = await startLdapSandbox(options)
  open.push(started)
  return started
}

function reading(server: LdapSandbox, settings: Record<string, unknown> = {}, logged: string[] = []) {
  const directory = { ...server, reader: { dn: server.bindDn, password: server.password } }
  return ldapSource(ldap, directory, { pageSize: 5, ...settings }, { logged })
}

const logins = (users: readonly { readonly attributes: Readonly<Record<string, unknown>> }[], name = 'uid') =>
  users.map(({ attributes }) => String(attributes[name])).toSorted()

describe('trap 1: a page without entries is not the end', () => {
  it('where ldapts alone stops silently, everybody is told', async () => {
    const server = await sandbox()
    const empty = { operations: 'search', kind: 'empty-page', containing: 'inetOrgPerson' } as const
    server.control.addFault({ ...empty, page: 2 })
    const bare = new Client({ url: server.url })
    await bare.bind(server.bindDn, server.password)
    let told = 0
    const paged = { filter: '(objectClass=inetOrgPerson)', paged: { pageSize: 5 } }
    for await (const page of bare.searchPaginated(server.baseDn, paged)) told += page.searchEntries.length
    await bare.unbind()
    expect(told).toBe(5)

    const { users, usersError } = await readWhole(reading(server))
    expect([users.length, usersError]).toEqual([24, undefined])
  })

  it('many in a row do not end it either, and pages without an end are not followed for ever', async () => {
    const server = await sandbox()
    for (const page of [1, 2, 3, 5, 6]) {
      server.control.addFault({ operations: 'search', kind: 'empty-page', containing: 'inetOrgPerson', page })
    }
    const { users, usersError } = await readWhole(reading(server))
    expect([users.length, usersError]).toEqual([24, undefined])
  })

  it('people deleted while they are listed leave holes and empty pages; those who stay are all told', async () => {
    const people = makeCompany(30).directory.people.slice(0, 30)
    const server = await sandbox({ flavour: 'activedirectory', company: { people, groups: [] } })
    server.control.addFault({ operations: 'search', kind: 'remove-next', count: 10, page: 1, times: 1 })
    const { users, usersError } = await readWhole(reading(server, { userBaseDn: server.userBaseDn }))
    expect(usersError).toBeUndefined()
    expect(users.length).toBeGreaterThanOrEqual(20)
    const after = await readWhole(reading(server, { userBaseDn: server.userBaseDn }))
    expect(after.users).toHaveLength(20)
    const told = new Set(users.map(({ key }) => key))
    expect(after.users.filter(({ key }) => !told.has(key))).toEqual([])
  })
})

const samba = await sambaPresent()

describe.skipIf(!samba.present)(`trap 1 on a real Active Directory${samba.skipReason}`, () => {
  let server: Samba
  const base = 'OU=crowd,DC=example,DC=test'
  beforeAll(async () => {
    const crowd = Array.from({ length: 30 }, (_, index) => {
      const name = `crowd${String(index).padStart(2, '0')}`
      return `dn: CN=${name},${base}\nobjectClass: user\nsAMAccountName: ${name}\nuserAccountControl: 544\n`
    })
    server = await startSamba({ ldif: `dn: ${base}\nobjectClass: organizationalUnit\n\n${crowd.join('\n')}` })
  })
  afterAll(() => server.stop())

  it('ten people deleted behind the first page leave empty pages: the twenty who stay are all told', async () => {
    const source = ldapSource(ldap, server, { userBaseDn: base, groups: false, pageSize: 5 })
    const told: string[] = []
    const pages: number[] = []
    let rest: readonly string[] | undefined
    for await (const { items } of source.users(AbortSignal.timeout(120_000))) {
      pages.push(items.length)
      told.push(...items.map(({ attributes }) => String(attributes.dn)))
      if (rest !== undefined) continue
      // Another administrator, in the middle of our listing. Which ten come next is not known; all others will do.
      const everybody = Array.from({ length: 30 }, (_, index) => `CN=crowd${String(index).padStart(2, '0')},${base}`)
      const goes = everybody.filter((dn) => !told.includes(dn)).slice(0, 10)
      await server.change(goes.map((dn) => `dn: ${dn}\nchangetype: delete\n`).join('\n'))
      rest = everybody.filter((dn) => !goes.includes(dn))
    }
    await source.close()
    expect(told.toSorted()).toEqual(rest?.toSorted())
  })
})

describe('trap 2: a size limit never looks like success', () => {
  it.each([0, 3])('a listing that ends at a limit after %i entries of a page proves nothing', async (afterEntries) => {
    const server = await sandbox()
    server.control.addFault({
      operations: 'search',
      kind: 'result',
      code: 4,
      afterEntries,
      containing: 'inetOrgPerson',
      page: 3,
    })
    const { users, usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({ code: 'incomplete-read', message: expect.stringContaining('at its size limit') })
    expect(users).toHaveLength(10)
  })

  it('a search for one person may be cut, and says nothing wrong', async () => {
    const people = makeCompany('small').directory.people.map((person) => ({ ...person, title: 'Same' }))
    const server = await sandbox({ company: { people, groups: [] } })
    const source = reading(server, { loginAttribute: 'title' })
    expect(await source.find?.('Same', AbortSignal.timeout(120_000))).toHaveLength(10)
    await source.close()
  })
})

describe('trap 3: values that come in ranges', () => {
  const people: readonly CompanyPerson[] = makeCompany(4000).directory.people
  const crowd: CompanyDirectory = {
    people,
    groups: [
      { id: 'g-1', name: 'everybody', description: 'All of them', members: people.map(({ id }) => ({ user: id })) },
      { id: 'g-2', name: 'few', description: 'Some', members: people.slice(0, 3).map(({ id }) => ({ user: id })) },
    ],
  }
  const bigReading = (server: LdapSandbox) =>
    reading(server, { pageSize: 1000, userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn })

  it('are read to the last one, though the plain attribute is empty', async () => {
    const server = await sandbox({ flavour: 'activedirectory', company: crowd })
    const { groups, incomplete, groupsError } = await readWhole(bigReading(server))
    expect([groupsError, incomplete.size]).toEqual([undefined, 0])
    expect(groups.map(({ name, members }) => [name, members?.length])).toEqual([
      ['everybody', people.length],
      ['few', 3],
    ])
    expect(new Set(groups[0]?.members?.map(({ key }) => key)).size).toBe(people.length)
  })

  it('are read again when the group changed between two pieces', async () => {
    const server = await sandbox({ flavour: 'activedirectory', company: crowd })
    let isChanged = false
    server.control.onPage(({ dns }) => {
      // The first piece has left with its page; the next one is asked for after this.
      if (isChanged || !dns.some((dn) => dn.includes('everybody'))) return
      isChanged = true
      server.control.edit({ action: 'remove-member', group: 'everybody', login: people[10]?.login ?? '' })
    })
    const { groups, incomplete } = await readWhole(bigReading(server))
    expect([isChanged, incomplete.size]).toEqual([true, 0])
    expect(groups.map(({ members }) => members?.length)).toEqual([people.length - 1, 3])
  })

  it('without a marker that says whether they changed count when they are twice the same', async () => {
    const server = await sandbox({ flavour: 'activedirectory', company: crowd })
    server.control.addFault({ operations: 'search', kind: 'hide-attributes', attributes: ['uSNChanged'] })
    const calm = await readWhole(bigReading(server))
    expect([calm.groups[0]?.members?.length, calm.incomplete.size]).toEqual([people.length, 0])
  })

  it('that are not given to the end leave the members of this group unproven, and nothing else', async () => {
    const server = await sandbox({ flavour: 'activedirectory', company: crowd })
    server.control.addFault({ operations: 'search', kind: 'half-values', attribute: 'member', says: 'nothing' })
    const { groups, groupsError, incomplete } = await readWhole(bigReading(server))
    const key = groups.find(({ name }) => name === 'everybody')?.key ?? ''
    expect(groupsError).toBeUndefined()
    expect([...incomplete.keys()]).toEqual([key])
    expect(incomplete.get(key)).toMatchObject({ code: 'incomplete-read' })
    expect(incomplete.get(key)?.message).toMatch(/^The members of "everybody" from \d+ on were not delivered\.$/)
  })

  it('of a person are read to the end as well', async () => {
    const server = await sandbox({ flavour: 'activedirectory', company: { people: people.slice(0, 3), groups: [] } })
    const numbers = Array.from({ length: 2000 }, (_, index) => `+1 ${index}`)
    server.control.directory.modify(server.control.company.dnOfPerson(people[0]?.login ?? ''), [
      { op: 'add', attribute: 'description', values: numbers },
    ])
    const { users, usersError } = await readWhole(
      reading(server, { userBaseDn: server.userBaseDn, attributes: ['description'] }),
    )
    expect(usersError).toBeUndefined()
    const values = users
      .map(({ attributes }) => attributes.description)
      .find((each) => each !== undefined && each !== null)
    expect(values).toHaveLength(2000)
  })
})

const slapd = await slapdPresent()

describe.skipIf(!slapd.present)(`trap 8: a page size the server does not want${slapd.skipReason}`, () => {
  let server: Slapd
  beforeAll(async () => {
    server = await startSlapd({ company: makeCompany('small').directory, sizeLimit: 10, pageLimit: 7 })
  })
  afterAll(() => server.stop())

  it('is made smaller until the server takes it', async () => {
    const { users, usersError, groupsError } = await readWhole(ldapSource(ldap, server, { pageSize: 1000 }))
    // Seven is below the smallest page that is tried.
    expect(usersError).toMatchObject({ code: 'incomplete-read' })
    expect(usersError?.message).toContain('an administrative limit was exceeded')
    expect([users.length, groupsError?.code]).toEqual([0, 'incomplete-read'])
    const fits = await readWhole(ldapSource(ldap, server, { pageSize: 7 }))
    expect([fits.users.length, fits.usersError]).toEqual([24, undefined])
  })
})

describe('trap 8: a page size the server does not want', () => {
  it('is halved as often as it is refused', async () => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', kind: 'result', code: 11, containing: 'inetOrgPerson', times: 3 })
    const { users, usersError } = await readWhole(reading(server, { pageSize: 500 }))
    expect([users.length, usersError]).toEqual([24, undefined])
  })
})

describe('trap 9: a cookie belongs to its connection', () => {
  it.each([2, 12, 53])(
    'one that is refused with %i begins the listing again, and nobody is told twice',
    async (code) => {
      const server = await sandbox()
      const logged: string[] = []
      server.control.addFault({ operations: 'search', kind: 'refuse-cookie', code, page: 3, times: 1 })
      const { users, usersError } = await readWhole(reading(server, {}, logged))
      expect(usersError).toBeUndefined()
      expect(new Set(logins(users)).size).toBe(24)
      expect(users).toHaveLength(24)
      expect(logged.join()).toContain('directory listing begun again')
    },
  )

  it('a restart of the server in the middle is survived in the same way', async () => {
    const server = await sandbox()
    let restarts = 0
    server.control.onPage(({ page }) => {
      if (page !== 2 || restarts > 0) return
      restarts += 1
      server.control.expireCookies()
      server.control.disconnectAll()
    })
    const { users, usersError } = await readWhole(reading(server))
    expect([users.length, usersError, restarts]).toEqual([24, undefined, 1])
  })

  it('one that is refused again and again leaves the read unproven', async () => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', kind: 'refuse-cookie', page: 3 })
    const { users, usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({ code: 'incomplete-read' })
    expect(users).toHaveLength(10)
  })

  it('two listings never run on one connection at a time', async () => {
    const server = await sandbox()
    const { groupsError, groups, users } = await readWhole(reading(server))
    expect(groupsError).toBeUndefined()
    expect(membersByName(groups, users, 'uid').quality).toEqual(['begona.munoz', 'samuel.knight'])
  })
})

describe('a listing that does not come to its end', () => {
  it.each([
    ['closed before a page', { kind: 'close' }, 'incomplete-read'],
    ['closed between two entries', { kind: 'close', afterEntries: 2 }, 'incomplete-read'],
    ['closed in the middle of an entry', { kind: 'close', afterEntries: 2, midMessage: true }, 'incomplete-read'],
    ['ended by the server with a farewell', { kind: 'disconnect-notice', code: 52 }, 'incomplete-read'],
    ['all entries, and no end', { kind: 'no-end' }, 'incomplete-read'],
    ['the time limit of the server', { kind: 'result', code: 3 }, 'incomplete-read'],
    ['busy', { kind: 'result', code: 51 }, 'incomplete-read'],
    ['unavailable', { kind: 'result', code: 52 }, 'incomplete-read'],
    ['no right any more', { kind: 'result', code: 50 }, 'incomplete-read'],
    ['a result code nobody knows', { kind: 'result', code: 4711 }, 'incomplete-read'],
    ['noise', { kind: 'malformed', how: 'noise' }, 'incomplete-read'],
    ['a length beyond the end', { kind: 'malformed', how: 'too-long' }, 'incomplete-read'],
    ['a length without an end', { kind: 'malformed', how: 'indefinite' }, 'incomplete-read'],
    ['a wrong tag', { kind: 'malformed', how: 'wrong-tag' }, 'incomplete-read'],
    ['answers to another request', { kind: 'wrong-message-id' }, 'incomplete-read'],
    ['answers to another request among ours', { kind: 'wrong-message-id', extra: true }, 'incomplete-read'],
  ] as const)('each time proves nothing and keeps what was told: %s', async (_, fault, code) => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', ...fault, containing: 'inetOrgPerson', page: 3 })
    const { users, usersError } = await readWhole(reading(server, { operationTimeoutSeconds: 2 }))
    expect(usersError?.code).toBe(code)
    expect(usersError?.hint ?? '').not.toMatch(/undefined/)
    expect(users).toHaveLength(10)
  })

  it.each([
    ['closed', { kind: 'close', afterEntries: 2, midMessage: true }],
    ['busy', { kind: 'result', code: 51 }],
    ['noise', { kind: 'malformed', how: 'noise' }],
    ['answers to another request', { kind: 'wrong-message-id' }],
  ] as const)('once is read again from its start: %s', async (_, fault) => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', ...fault, containing: 'inetOrgPerson', page: 3, times: 1 })
    const { users, usersError } = await readWhole(reading(server, { operationTimeoutSeconds: 5 }))
    expect([users.length, usersError]).toEqual([24, undefined])
  })

  it('when the first page already fails, it is the read that failed', async () => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', kind: 'close', containing: 'inetOrgPerson' })
    const { usersError } = await readWhole(reading(server))
    expect(usersError).toMatchObject({ code: 'unreachable' })
    expect(usersError?.message).toMatch(
      /^127\.0\.0\.1:\d+ broke off while people were read: the server closed the connection\.$/,
    )
  })

  it('entries that come twice are told once', async () => {
    const server = await sandbox()
    server.control.addFault({ operations: 'search', kind: 'duplicate-entries', count: 3 })
    const { users, usersError, groupsError } = await readWhole(reading(server))
    expect([users.length, usersError, groupsError]).toEqual([24, undefined, undefined])
  })
})

describe('a list that ends too early and says that it is whole', () => {
  it('is found out by asking for those who are missing', async () => {
    const server = await sandbox()
    const whole = await readWhole(reading(server))
    server.control.addFault({ operations: 'search', kind: 'cut-page', keep: 2, containing: 'inetOrgPerson', page: 3 })
    const source = reading(server)
    const told: string[] = []
    for await (const { items } of source.users(AbortSignal.timeout(120_000))) told.push(...items.map(({ key }) => key))
    expect(told).toHaveLength(12)
    const missing = whole.users.map(({ key }) => key).filter((key) => !told.includes(key))
    const there = await source.overlooked?.(
      'user',
      [...missing, 'ffffffff-0000-4000-8000-000000000000'],
      AbortSignal.timeout(120_000),
    )
    await source.close()
    expect(there?.toSorted()).toEqual(missing.toSorted())
  })

  it.each(['activedirectory', 'edirectory'] as const)('also where ids are bytes: %s', async (flavour) => {
    const server = await sandbox({ flavour })
    const settings = { userBaseDn: server.userBaseDn, groupBaseDn: server.groupBaseDn }
    const { users, groups, usersError, groupsError } = await readWhole(reading(server, settings))
    expect([usersError, groupsError]).toEqual([undefined, undefined])
    const source = reading(server, settings)
    const keys = [users[3]?.key ?? '', users[7]?.key ?? '']
    expect((await source.overlooked?.('user', keys, AbortSignal.timeout(120_000)))?.toSorted()).toEqual(keys.toSorted())
    const group = groups[2]?.key ?? ''
    expect(await source.overlooked?.('group', [group], AbortSignal.timeout(120_000))).toEqual([group])
    server.control.disconnectAll()
    expect(await source.overlooked?.('group', [group], AbortSignal.timeout(120_000))).toEqual([group])
    await source.close()
  })
})
