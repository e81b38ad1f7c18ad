import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskedSandbox, dnsIn, startAskedSandbox, valuesIn } from '../../../test/support/ldap-sandbox.ts'
import { ldapsearch, runLdapTool } from '../../../test/support/ldap-tools.ts'
import { slapdPresent } from '../../../test/support/slapd.ts'
import { makeCompany } from '../company/company.ts'
import type { FlavourName } from './flavours/flavour.ts'

const slapd = await slapdPresent()
const company = makeCompany('small').directory

interface Expected {
  readonly flavour: FlavourName
  readonly rootDse: readonly [attribute: string, value: string]
  readonly people: string
  readonly login: string
  readonly inactive: string
  /** Stable id, and whether it comes only when named. */
  readonly id: readonly [attribute: string, byNameOnly: boolean]
  readonly groups: string
  readonly member: string
  readonly backLink: string | undefined
  /** What the back link of a developer says: nested groups too, or not. */
  readonly groupsOfDeveloper: readonly string[]
  /** Result codes: search without a bind, bind with an empty password. */
  readonly codes: readonly [anonymous: number, emptyPassword: number]
}

const flavours: readonly Expected[] = [
  {
    flavour: 'openldap',
    rootDse: ['objectClass', 'OpenLDAProotDSE'],
    people: '(objectClass=inetOrgPerson)',
    login: 'uid',
    inactive: '(pwdAccountLockedTime=*)',
    id: ['entryUUID', true],
    groups: '(objectClass=groupOfNames)',
    member: 'member',
    backLink: 'memberOf',
    groupsOfDeveloper: ['developers'],
    codes: [32, 53],
  },
  {
    flavour: 'activedirectory',
    rootDse: ['supportedCapabilities', '1.2.840.113556.1.4.800'],
    people: '(&(objectCategory=person)(objectClass=user)(employeeID=*))',
    login: 'sAMAccountName',
    inactive: '(&(employeeID=*)(userAccountControl:1.2.840.113556.1.4.803:=2))',
    id: ['objectGUID', false],
    groups: '(&(objectClass=group)(description=*))',
    member: 'member',
    backLink: 'memberOf',
    groupsOfDeveloper: ['developers'],
    codes: [1, 0],
  },
  {
    flavour: 'freeipa',
    rootDse: ['vendorName', '389 Project'],
    people: '(objectClass=posixaccount)',
    login: 'uid',
    inactive: '(nsAccountLock=TRUE)',
    id: ['ipaUniqueID', false],
    groups: '(objectClass=ipausergroup)',
    member: 'member',
    backLink: 'memberOf',
    groupsOfDeveloper: ['developers', 'employees', 'engineering'],
    codes: [32, 53],
  },
  {
    flavour: 'edirectory',
    rootDse: ['vendorName', 'NetIQ Corporation'],
    people: '(objectClass=inetOrgPerson)',
    login: 'cn',
    inactive: '(loginDisabled=TRUE)',
    id: ['GUID', true],
    groups: '(objectClass=groupOfNames)',
    member: 'member',
    backLink: 'groupMembership',
    groupsOfDeveloper: ['developers'],
    codes: [0, 0],
  },
  {
    flavour: 'oracle',
    rootDse: ['vendorName', 'Oracle Corporation'],
    people: '(objectClass=inetOrgPerson)',
    login: 'uid',
    inactive: '(ds-pwp-account-disabled=true)',
    id: ['entryUUID', true],
    groups: '(objectClass=groupOfUniqueNames)',
    member: 'uniqueMember',
    backLink: 'isMemberOf',
    groupsOfDeveloper: ['developers', 'employees', 'engineering'],
    codes: [32, 53],
  },
  {
    flavour: 'generic',
    rootDse: ['namingContexts', 'dc=acme,dc=example'],
    people: '(objectClass=inetOrgPerson)',
    login: 'uid',
    inactive: '(employeeType=inactive)',
    id: ['entryUUID', true],
    groups: '(objectClass=groupOfUniqueNames)',
    member: 'uniqueMember',
    backLink: undefined,
    groupsOfDeveloper: [],
    codes: [0, 0],
  },
]

for (const expected of flavours)
  describe.skipIf(!slapd.present)(`the ways of ${expected.flavour}${slapd.skipReason}`, () => {
    const { people, login, inactive, id, groups, member, backLink } = expected
    let box: AskedSandbox
    beforeAll(async () => {
      box = await startAskedSandbox({ flavour: expected.flavour, company })
    })
    afterAll(() => box.sandbox.stop())

    const loginsOf = async (filter: string) => valuesIn(await box.ask({ filter, attributes: [login] }), login).sort()

    it('tell themselves apart before any bind', async () => {
      const { sandbox } = box
      const [attribute, value] = expected.rootDse
      const question = { url: sandbox.url, base: '', scope: 'base', attributes: [attribute] } as const
      expect(valuesIn(await ldapsearch(question), attribute)).toContain(value)
      const schemaDn = valuesIn(
        await ldapsearch({ ...question, attributes: ['subschemaSubentry'] }),
        'subschemaSubentry',
      )[0]
      const schema = await box.ask({ base: schemaDn ?? '', scope: 'base', attributes: ['attributeTypes'] })
      expect(valuesIn(schema, 'attributeTypes').some((line) => line.includes(`NAME '${id[0]}'`))).toBe(true)
    })

    it('hold everybody of the company, and say who is inactive', async () => {
      expect(await loginsOf(people)).toEqual(company.people.map((person) => person.login).sort())
      expect(await loginsOf(inactive)).toEqual(['peter.lawson'])
    })

    it('give ids as the product does, all different', async () => {
      const [attribute, byNameOnly] = id
      const named = await box.ask({ filter: people, attributes: [attribute] })
      const values = named.stdout.match(new RegExp(`^${attribute}::? .*`, 'gm')) ?? []
      expect([values.length, new Set(values).size]).toEqual([24, 24])
      const unnamed = await box.ask({ filter: people })
      expect(unnamed.stdout.includes(`\n${attribute}:`)).toBe(!byNameOnly)
    })

    it('hold groups with direct members, people and groups', async () => {
      const all = await box.ask({ filter: groups, attributes: ['cn'] })
      expect(valuesIn(all, 'cn').sort()).toEqual(company.groups.map(({ name }) => name).sort())
      const { company: dns } = box.sandbox.control
      const engineering = await box.ask({ base: dns.dnOfGroup('engineering'), attributes: [member] })
      expect(valuesIn(engineering, member).sort()).toEqual(
        [dns.dnOfPerson('tomas.dvorak'), dns.dnOfGroup('developers'), dns.dnOfGroup('quality')].sort(),
      )
      const developer = await box.ask({ base: dns.dnOfPerson('hina.sato'), attributes: [backLink ?? 'memberOf'] })
      expect(
        valuesIn(developer, backLink ?? 'memberOf')
          .map((dn) => dn.split(',')[0]?.slice(3))
          .sort(),
      ).toEqual(expected.groupsOfDeveloper)
    })

    it('hide from a plain reader what tells who is active', async () => {
      const { sandbox } = box
      const as = { dn: sandbox.blind.bindDn, password: sandbox.blind.password }
      const seen = await box.ask({ as, filter: people, attributes: [login] })
      expect([seen.code, dnsIn(seen).length]).toEqual([0, 24])
      expect(dnsIn(await box.ask({ as, filter: inactive }))).toEqual([])
    })

    it('answer those who did not sign in, or not fully', async () => {
      const { sandbox } = box
      const anonymous = await ldapsearch({ url: sandbox.url, base: sandbox.baseDn, filter: people })
      const empty = await ldapsearch({
        url: sandbox.url,
        base: sandbox.baseDn,
        as: { dn: sandbox.bindDn, password: '' },
      })
      const [anonymousCode, emptyCode] = expected.codes
      expect(anonymous.code).toBe(anonymousCode)
      // Where an empty password is taken for an anonymous bind, the search that follows tells.
      expect(empty.code).toBe(emptyCode === 0 ? anonymousCode : emptyCode)
      expect([dnsIn(anonymous), dnsIn(empty)]).toEqual([[], []])
    })

    it('take what happens in the company', async () => {
      const { control } = box.sandbox
      const joiner = { ...company.people[1], id: 'u-900001', login: 'nora.fischer', mail: 'nora.fischer@acme.example' }
      control.edit({
        action: 'add-person',
        person: { ...joiner, givenName: 'Nora', surname: 'Fischer', displayName: 'Nora Fischer' } as never,
      })
      control.edit({ action: 'add-member', group: 'developers', login: 'nora.fischer' })
      control.edit({ action: 'disable-person', login: 'ruby.hughes' })
      control.edit({ action: 'change-person', login: 'olga.shevchenko', attributes: { title: 'Architect', mail: [] } })
      control.edit({ action: 'remove-member', group: 'developers', login: 'hina.sato' })
      control.edit({ action: 'rename-group', group: 'sales', name: 'sales, west' })
      control.edit({ action: 'add-group', group: 'night shift' })
      control.edit({ action: 'add-member', group: 'night shift', inner: 'support' })
      expect(await loginsOf(inactive)).toEqual(['peter.lawson', 'ruby.hughes'])
      const developers = await box.ask({ base: control.company.dnOfGroup('developers'), attributes: [member] })
      const members = valuesIn(developers, member)
      expect(members).toContain(control.company.dnOfPerson('nora.fischer'))
      expect(members).not.toContain(control.company.dnOfPerson('hina.sato'))
      const sales = await box.ask({ base: control.company.dnOfGroup('sales, west'), attributes: ['cn', member] })
      expect([valuesIn(sales, 'cn'), valuesIn(sales, member).length]).toEqual([['sales, west'], 4])
      const olga = await box.ask({ base: control.company.dnOfPerson('olga.shevchenko'), attributes: ['title', 'mail'] })
      expect([valuesIn(olga, 'title'), valuesIn(olga, 'mail')]).toEqual([['Architect'], []])
      control.edit({ action: 'enable-person', login: 'ruby.hughes' })
      control.edit({ action: 'remove-person', login: 'peter.lawson' })
      control.edit({ action: 'remove-group', group: 'night shift' })
      expect(await loginsOf(inactive)).toEqual([])
      expect(await loginsOf(people)).toHaveLength(24)
      expect(() => control.edit({ action: 'disable-person', login: 'peter.lawson' })).toThrow('There is no person')
    })

    it('are read-only for clients', async () => {
      const { sandbox } = box
      const who = ['-x', '-H', sandbox.url, '-D', sandbox.admin.bindDn, '-w', sandbox.admin.password]
      const stdin = `dn: ${sandbox.userBaseDn}\nchangetype: modify\nreplace: description\ndescription: mine\n`
      expect(await runLdapTool('ldapmodify', who, { stdin })).toMatchObject({ code: 53 })
    })
  })

describe.skipIf(!slapd.present)(`groups of other styles${slapd.skipReason}`, () => {
  it.each([
    ['openldap', 'unique-names', 'uniqueMember', 'uid=tomas.dvorak,ou=people,dc=acme,dc=example'],
    ['generic', 'names', 'member', 'uid=tomas.dvorak,ou=people,dc=acme,dc=example'],
    ['openldap', 'posix', 'memberUid', 'tomas.dvorak'],
  ] as const)('%s with %s has %s', async (flavour, groupStyle, member, value) => {
    const { sandbox, ask } = await startAskedSandbox({ flavour, groupStyle })
    try {
      const engineering = await ask({ filter: '(cn=engineering)', attributes: [member] })
      expect(valuesIn(engineering, member)[0]).toBe(value)
      sandbox.control.edit({ action: 'add-member', group: 'engineering', login: 'ruby.hughes' })
      expect(valuesIn(await ask({ filter: '(cn=engineering)', attributes: [member] }), member).at(-1)).toContain('ruby')
    } finally {
      await sandbox.stop()
    }
  })

  it('tells who is bound, where the product does', async () => {
    const { sandbox } = await startAskedSandbox({})
    try {
      const who = ['-x', '-H', sandbox.url, '-D', sandbox.bindDn, '-w', sandbox.password]
      expect(await runLdapTool('ldapwhoami', who)).toMatchObject({ code: 0, stdout: `dn:${sandbox.bindDn}\n` })
    } finally {
      await sandbox.stop()
    }
  })
})
