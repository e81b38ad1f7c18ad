import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ldapSource, readWhole } from '../../../../test/support/ldap-source.ts'
import { type Samba, sambaPresent, startSamba } from '../../../../test/support/samba.ts'
import type { ChangesPage, Source } from '../../../ports/source.ts'
import { makeCompany } from '../../../sandbox/company/company.ts'
import { type LdapSandbox, startLdapSandbox } from '../../../sandbox/ldap/start.ts'
import { ldap } from './index.ts'

/** Everything that changed, each key once, and where to go on. */
async function changes(source: Source, cursor?: string) {
  const pages: ChangesPage[] = []
  for await (const page of source.changesSince?.(cursor, AbortSignal.timeout(120_000)) ?? []) pages.push(page)
  await source.close()
  // The cursor comes with the last page, once.
  expect(pages.map(({ next }) => next !== undefined)).toEqual(pages.map((_, index) => index === pages.length - 1))
  const all = (kind: 'users' | 'groups') => [...new Set(pages.flatMap((page) => page[kind]))]
  return {
    users: all('users'),
    groups: all('groups'),
    isRestart: pages.some((page) => page.isRestart === true),
    next: pages.at(-1)?.next,
  }
}

describe('what changed in Active Directory', () => {
  let server: LdapSandbox | undefined
  afterEach(() => server?.stop())

  const incremental = { incremental: 'uSNChanged', pageSize: 3 }
  function reading(settings: Record<string, unknown> = incremental, admin = false): Source {
    const { host, port, baseDn, userBaseDn, groupBaseDn } = server!
    const { bindDn: dn, password } = admin ? server!.admin : server!
    return ldapSource(ldap, { host, port, baseDn, reader: { dn, password } }, { userBaseDn, groupBaseDn, ...settings })
  }

  it('is told by people and groups, also who stopped to match the filter, and only once', async () => {
    server = await startLdapSandbox({ flavour: 'activedirectory' })
    const { users, groups } = await readWhole(reading())
    const person = (login: string) => users.find(({ attributes }) => attributes.sAMAccountName === login)?.key
    const group = (wanted: string) => groups.find(({ name }) => name === wanted)?.key
    const start = await changes(reading())
    expect(start).toMatchObject({ users: [], groups: [], isRestart: false })
    expect(await changes(reading(), start.next)).toMatchObject({ users: [], groups: [], isRestart: false })

    const { control } = server
    control.edit({ action: 'disable-person', login: 'ruby.hughes' })
    control.edit({ action: 'change-person', login: 'hina.sato', attributes: { title: 'Lead' } })
    control.edit({ action: 'add-member', group: 'quality', login: 'aoife.obrien' })
    const filtered = { ...incremental, userFilter: '(&(objectClass=user)(title=Engineer))' }
    const after = await changes(reading(filtered), start.next)
    expect(after.users.toSorted()).toEqual([person('ruby.hughes'), person('hina.sato')].toSorted())
    expect(after.groups).toEqual([group('quality')])
    expect(await changes(reading(), after.next)).toMatchObject({ users: [], groups: [] })

    // A deleted person is no proof for anybody, but a reason to look.
    control.edit({ action: 'remove-person', login: 'samuel.knight' })
    expect((await changes(reading(incremental, true), after.next)).users).toContain(person('samuel.knight'))
  })

  it('begins anew at another server, and with a cursor that is none', async () => {
    server = await startLdapSandbox({ flavour: 'activedirectory' })
    const { next } = await changes(reading())
    const other = JSON.stringify({ ...JSON.parse(next ?? '{}'), server: 'CN=NTDS Settings,CN=DC9' })
    for (const cursor of [other, 'nonsense', '{}']) {
      expect(await changes(reading(), cursor)).toMatchObject({ users: [], groups: [], isRestart: true })
    }
    const restored = JSON.stringify({ ...JSON.parse(next ?? '{}'), database: '00000000-0000-0000-0000-000000000000' })
    expect((await changes(reading(), restored)).isRestart).toBe(true)
  })

  it('is asked for only where the settings say so, and only there', async () => {
    server = await startLdapSandbox({ flavour: 'openldap' })
    expect(reading({}).changesSince).toBeUndefined()
    await expect(changes(reading())).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

const samba = await sambaPresent()

describe.skipIf(!samba.present)(`what changed in a real Active Directory${samba.skipReason}`, () => {
  let server: Samba
  beforeAll(async () => {
    server = await startSamba({ company: makeCompany('small').directory })
  })
  afterAll(() => server.stop())

  it('is told by people and groups', async () => {
    const base = server.baseDn
    const settings = { userBaseDn: `OU=people,${base}`, groupBaseDn: `OU=groups,${base}`, incremental: 'uSNChanged' }
    const reading = (as = server.reader) => ldapSource(ldap, { ...server, reader: as }, settings)
    const { users, groups } = await readWhole(reading())
    const { next } = await changes(reading())
    expect(await changes(reading(), next)).toMatchObject({ users: [], groups: [], isRestart: false })
    const modify = (dn: string, lines: string) => `dn: ${dn},${base}\nchangetype: modify\n${lines}\n`
    await server.change(
      [
        modify('CN=ruby.hughes,OU=people', 'replace: userAccountControl\nuserAccountControl: 546'),
        modify('CN=quality,OU=groups', `add: member\nmember: CN=aoife.obrien,OU=people,${base}`),
        `dn: CN=henry.palmer,OU=people,${base}\nchangetype: delete\n`,
      ].join('\n'),
    )
    const person = (login: string) => users.find(({ attributes }) => attributes.sAMAccountName === login)?.key
    const after = await changes(reading(server.admin), next)
    // Links to somebody who was deleted go with them, which is a change of these groups as well.
    expect(after.users).toEqual(expect.arrayContaining([person('ruby.hughes'), person('henry.palmer')]))
    expect(after.users).not.toContain(person('aoife.obrien'))
    expect(after.groups).toContain(groups.find(({ name }) => name === 'quality')?.key)
    expect(await changes(reading(), after.next)).toMatchObject({ users: [], groups: [] })
  })
})
