import type { CompanyGroup, CompanyPerson } from '../../company/directory.ts'
import type { Keeping } from '../directory.ts'
import { escapeDnValue } from '../dn.ts'
import type { Entry, EntrySeed } from '../entry.ts'
import { resultCodes } from '../protocol.ts'
import { commonAttributes, Schema } from '../schema.ts'
import {
  attributes,
  capabilities,
  controls,
  domainUsersRid,
  extensions,
  firstRid,
  never,
  said,
  sidBytes,
} from './active-directory-facts.ts'
import { accounts, type Flavour, type FlavourOptions, generalizedTime, one, uuid, uuidBytes } from './flavour.ts'

/** Active Directory as Windows Server has it: ranged values, page holes, change numbers, DirSync, tombstones. */
export function activeDirectory(options: FlavourOptions): Flavour {
  const { domain, seed } = options
  const baseDn = domain
    .split('.')
    .map((part) => `DC=${part}`)
    .join(',')
  const netbios = (domain.split('.')[0] ?? 'acme').toUpperCase()
  const configurationDn = `CN=Configuration,${baseDn}`
  const schemaDn = `CN=Schema,${configurationDn}`
  const userBaseDn = `OU=People,${baseDn}`
  const groupBaseDn = `OU=Groups,${baseDn}`
  const domainSid = sidBytes(seed, [])
  const aliasesOf = (name: string) => [`${name}@${domain}`, `${netbios}\\${name}`.toLowerCase()]
  const dnOfAccount = (name: string) => `CN=${name},CN=Users,${baseDn}`
  const bindAccounts = accounts(dnOfAccount, seed, ['userAccountControl', 'accountExpires', 'lockoutTime'], aliasesOf)
  const category = (name: string) => `CN=${name},${schemaDn}`
  let nextRid = firstRid

  const keeping: Keeping = {
    schema: new Schema(commonAttributes, attributes),
    linked: ['member', 'manager'],
    linksFollow: true,
    backLink: { name: 'memberOf', from: ['member'], includesNested: false },
    tracksChanges: true,
    tombstones: (entry) => ({
      dn: `CN=${escapeDnValue(entry.dn.rdn.value)}\\0ADEL:${guidText(entry)},CN=Deleted Objects,${baseDn}`,
      keeps: ['objectClass', 'objectGUID', 'objectSid', 'sAMAccountName', 'instanceType', 'uSNCreated', 'whenCreated'],
    }),
    stamp(entry, { kind, usn, at }) {
      if (kind === 'add') {
        const identity = entry.first('employeeID') ?? entry.dn.key
        entry.set('objectGUID', [uuidBytes(seed, identity)])
        if (entry.first('sAMAccountName') !== undefined && entry.values('objectSid').length === 0)
          entry.set('objectSid', [sidBytes(seed, [nextRid++])])
        entry.set('instanceType', ['4'])
        entry.set('whenCreated', [generalizedTime(at, '.0')])
        entry.set('uSNCreated', [String(usn)])
      }
      if (kind === 'delete') {
        entry.set('isDeleted', ['TRUE'])
        entry.set('lastKnownParent', [
          entry
            .values('distinguishedName')[0]
            ?.toString()
            .replace(/^.*?(?<!\\),/, '') ?? '',
        ])
      }
      entry.set('distinguishedName', [entry.dn.text])
      entry.set('name', [entry.dn.rdn.value])
      entry.set('whenChanged', [generalizedTime(at, '.0')])
      entry.set('uSNChanged', [String(usn)])
    },
  }

  const user = (cn: string, login: string, rest: EntrySeed['attributes']): EntrySeed['attributes'] => ({
    objectClass: ['top', 'person', 'organizationalPerson', 'user'],
    cn,
    sAMAccountName: login,
    userAccountControl: '512',
    primaryGroupID: String(domainUsersRid),
    accountExpires: never,
    pwdLastSet: '133800000000000000',
    objectCategory: category('Person'),
    ...rest,
  })
  const groupSeed = (name: string, rest: EntrySeed['attributes']): EntrySeed['attributes'] => ({
    objectClass: ['top', 'group'],
    cn: name,
    sAMAccountName: name,
    // Global and security.
    groupType: '-2147483646',
    objectCategory: category('Group'),
    ...rest,
  })
  const container = (dn: string, classes: readonly string[], more: EntrySeed['attributes'] = {}): EntrySeed => {
    const [type = '', value = ''] = (dn.split(',')[0] ?? '').split('=')
    return { dn, attributes: { objectClass: ['top', ...classes], [type.toLowerCase()]: value, ...more } }
  }
  // Names repeat; the login of the second one has a number, and so has the CN.
  const cnOf = ({ displayName, login }: CompanyPerson) => `${displayName}${/\d+$/.exec(login)?.[0] ?? ''}`
  const personDn = (person: CompanyPerson) => `CN=${escapeDnValue(cnOf(person))},${userBaseDn}`
  const groupDn = ({ name }: Pick<CompanyGroup, 'name'>) => `CN=${escapeDnValue(name)},${groupBaseDn}`

  return {
    name: 'activedirectory',
    keeping,
    baseDn,
    userBaseDn,
    groupBaseDn,
    namingContexts: [baseDn],
    subschemaDn: `CN=Aggregate,${schemaDn}`,
    rootDse: ({ usn, at }) => ({
      operational: false,
      attributes: {
        domainFunctionality: '7',
        forestFunctionality: '7',
        domainControllerFunctionality: '7',
        rootDomainNamingContext: baseDn,
        ldapServiceName: `${domain}:dc1$@${domain.toUpperCase()}`,
        isGlobalCatalogReady: 'TRUE',
        supportedLDAPVersion: ['3', '2'],
        supportedControl: controls,
        supportedExtension: extensions,
        supportedCapabilities: capabilities,
        supportedSASLMechanisms: ['GSSAPI', 'GSS-SPNEGO', 'EXTERNAL', 'DIGEST-MD5'],
        subschemaSubentry: `CN=Aggregate,${schemaDn}`,
        serverName: `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configurationDn}`,
        schemaNamingContext: schemaDn,
        namingContexts: [baseDn, configurationDn, schemaDn],
        isSynchronized: 'TRUE',
        highestCommittedUSN: String(usn),
        dsServiceName: `CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configurationDn}`,
        dnsHostName: `dc1.${domain}`,
        defaultNamingContext: baseDn,
        currentTime: generalizedTime(at, '.0'),
        configurationNamingContext: configurationDn,
      },
    }),
    accounts: bindAccounts,
    foundation: [
      container(baseDn, ['domain', 'domainDNS'], { objectSid: domainSid }),
      container(`CN=Users,${baseDn}`, ['container']),
      container(`CN=Computers,${baseDn}`, ['container']),
      container(`CN=Deleted Objects,${baseDn}`, ['container']),
      container(userBaseDn, ['organizationalUnit']),
      container(groupBaseDn, ['organizationalUnit']),
      {
        dn: dnOfAccount('Administrator'),
        attributes: user('Administrator', 'Administrator', {
          objectSid: sidBytes(seed, [500]),
          userAccountControl: '66048',
        }),
      },
      {
        dn: dnOfAccount('Guest'),
        attributes: user('Guest', 'Guest', { objectSid: sidBytes(seed, [501]), userAccountControl: '66082' }),
      },
      {
        dn: dnOfAccount('krbtgt'),
        attributes: user('krbtgt', 'krbtgt', { objectSid: sidBytes(seed, [502]), userAccountControl: '514' }),
      },
      ...bindAccounts.map(({ dn, name }) => ({
        dn,
        attributes: user(name, name, { userPrincipalName: `${name}@${domain}`, userAccountControl: '66048' }),
      })),
      // Everybody is in it by way of primaryGroupID: it has no member values.
      {
        dn: dnOfAccount('Domain Users'),
        attributes: groupSeed('Domain Users', { objectSid: sidBytes(seed, [domainUsersRid]) }),
      },
      {
        dn: dnOfAccount('Domain Admins'),
        attributes: groupSeed('Domain Admins', {
          objectSid: sidBytes(seed, [512]),
          member: [dnOfAccount('Administrator')],
        }),
      },
      {
        dn: `CN=DC1,CN=Computers,${baseDn}`,
        attributes: {
          objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
          cn: 'DC1',
          sAMAccountName: 'DC1$',
          userAccountControl: '532480',
          primaryGroupID: '516',
          objectCategory: category('Computer'),
        },
      },
    ],
    personDn,
    groupDn,
    person: (person, dnOf) => ({
      dn: personDn(person),
      attributes: user(cnOf(person), person.login.length <= 20 ? person.login : person.id, {
        userPrincipalName: `${person.login}@${domain}`,
        userAccountControl: person.active ? '512' : '514',
        sn: person.surname,
        givenName: person.givenName,
        displayName: person.displayName,
        mail: person.mail,
        employeeID: person.id,
        department: person.department,
        title: person.title,
        company: 'Acme',
        ...(person.manager === undefined ? {} : { manager: dnOf(person.manager) }),
      }),
    }),
    group: (group, dnOf) => ({
      dn: groupDn(group),
      attributes: groupSeed(group.name, {
        description: group.description,
        member: group.members.map((member) => dnOf('user' in member ? member.user : member.group)),
      }),
    }),
    activity: (isActive) => [one('userAccountControl', isActive ? '512' : '514')],
    groupNameAttributes: ['sAMAccountName'],
    memberAttribute: 'member',
    paging: {
      keepsList: true,
      perConnection: 10,
      largestPage: 1000,
      tooLarge: 'lower',
      refusal: said.badCookie,
    },
    sizeLimit: 1000,
    valueRange: 1500,
    knowsPlus: false,
    hasMicrosoftRules: true,
    controls,
    extensions,
    anonymousSearch: said.bindFirst,
    unauthenticatedBind: { code: resultCodes.success },
    badCredentials: (reason = 'wrong-password') => said.badCredentials(reason),
    demandsTls: said.needsTls,
    outside: said.outside,
    references: (base) =>
      base.toLowerCase() === baseDn.toLowerCase()
        ? [
            `ldap://ForestDnsZones.${domain}/DC=ForestDnsZones,${baseDn}`,
            `ldap://DomainDnsZones.${domain}/DC=DomainDnsZones,${baseDn}`,
            `ldap://${domain}/${configurationDn}`,
          ]
        : [],
  }

  function guidText(entry: Entry): string {
    return uuid(seed, entry.first('employeeID') ?? entry.dn.key)
  }
}
