import { type Flavour, type FlavourOptions, generalizedTime, one, uuidBytes } from './flavour.ts'
import { inetFlavour } from './inet.ts'

/** NetIQ eDirectory: an organization at the top, people by cn, GUID of 16 bytes only by name, loginDisabled. */
export function edirectory(options: FlavourOptions): Flavour {
  const baseDn = `o=${options.domain.split('.')[0] ?? 'acme'}`
  const inet = inetFlavour({
    options,
    baseDn,
    userBaseDn: `ou=people,${baseDn}`,
    groupBaseDn: `ou=groups,${baseDn}`,
    userRdn: 'cn',
    groupStyle: 'names',
    groupClasses: ['top', 'groupOfNames'],
    userClasses: ['top', 'person', 'organizationalPerson', 'inetOrgPerson', 'ndsLoginProperties'],
    moreAttributes: `
      GUID                   2.16.840.1.113719.1.1.4.1.501  bytes   operational
      groupMembership        2.16.840.1.113719.1.1.4.1.25   dn
      fullName               2.16.840.1.113719.1.1.4.1.117  text
      loginDisabled          2.16.840.1.113719.1.1.4.1.55   boolean
    `,
    hidden: ['GUID', 'loginDisabled'],
    backLink: { name: 'groupMembership', from: ['member'], includesNested: false },
    linksFollow: true,
    stamp(entry, { kind, at }) {
      if (kind === 'add') {
        entry.set('GUID', [uuidBytes(options.seed, entry.first('employeeNumber') ?? entry.dn.key)])
        entry.set('createTimestamp', [generalizedTime(at)])
      }
      entry.set('modifyTimestamp', [generalizedTime(at)])
    },
  })
  return {
    ...inet,
    name: 'edirectory',
    namingContexts: [''],
    subschemaDn: 'cn=schema',
    rootDse: () => ({
      operational: false,
      attributes: {
        objectClass: ['top', 'ndsRootDSE'],
        namingContexts: [''],
        directoryTreeName: 'ACME-TREE',
        dsaName: `cn=server1,${baseDn}`,
        vendorName: 'NetIQ Corporation',
        vendorVersion: 'LDAP Agent for NetIQ eDirectory 9.2.4 (40204.39)',
        supportedControl: inet.controls,
        supportedExtension: inet.extensions,
        supportedLDAPVersion: ['2', '3'],
        subschemaSubentry: 'cn=schema',
      },
    }),
    person(person, dnOf) {
      const seed = inet.person(person, dnOf)
      const attributes = {
        ...seed.attributes,
        fullName: person.displayName,
        displayName: undefined,
        loginDisabled: person.active ? 'FALSE' : 'TRUE',
      }
      return { ...seed, attributes }
    },
    activity: (isActive) => [one('loginDisabled', isActive ? 'FALSE' : 'TRUE')],
    knowsPlus: false,
    unauthenticatedBind: { code: 0 },
    anonymousSearch: undefined,
    badCredentials: () => ({ code: 49, message: 'NDS error: failed authentication (-669)' }),
  }
}
