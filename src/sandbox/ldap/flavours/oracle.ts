import { domainDn, type Flavour, type FlavourOptions, generalizedTime, one, uuid } from './flavour.ts'
import { inetFlavour } from './inet.ts'

/** Oracle Unified Directory: uniqueMember, isMemberOf and ds-pwp-account-disabled only by name. */
export function oracle(options: FlavourOptions): Flavour {
  const baseDn = domainDn(options.domain)
  const inet = inetFlavour({
    options,
    baseDn,
    userBaseDn: `ou=People,${baseDn}`,
    groupBaseDn: `ou=Groups,${baseDn}`,
    userRdn: 'uid',
    groupStyle: 'unique-names',
    groupClasses: ['top', 'groupOfUniqueNames'],
    userClasses: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
    moreAttributes: `
      entryUUID                1.3.6.1.1.16.4                uuid    operational
      isMemberOf               1.3.6.1.4.1.42.2.27.9.1.792   dn      operational
      ds-pwp-account-disabled  1.3.6.1.4.1.26027.1.1.166     boolean operational
    `,
    hidden: ['entryUUID', 'ds-pwp-account-disabled'],
    backLink: { name: 'isMemberOf', from: ['uniqueMember', 'member'], includesNested: true },
    linksFollow: true,
    stamp(entry, { kind, at }) {
      if (kind === 'add') {
        entry.set('entryUUID', [uuid(options.seed, entry.first('employeeNumber') ?? entry.dn.key)])
        entry.set('createTimestamp', [generalizedTime(at)])
      }
      entry.set('modifyTimestamp', [generalizedTime(at)])
    },
  })
  return {
    ...inet,
    name: 'oracle',
    subschemaDn: 'cn=schema',
    rootDse: () => ({
      operational: false,
      attributes: {
        objectClass: ['top', 'ds-root-dse'],
        namingContexts: [baseDn],
        vendorName: 'Oracle Corporation',
        vendorVersion: 'Oracle Unified Directory 12.2.1.4.0',
        supportedControl: inet.controls,
        supportedExtension: inet.extensions,
        supportedLDAPVersion: ['2', '3'],
        subschemaSubentry: 'cn=schema',
      },
    }),
    person(person, dnOf) {
      const seed = inet.person(person, dnOf)
      return person.active ? seed : { ...seed, attributes: { ...seed.attributes, 'ds-pwp-account-disabled': 'true' } }
    },
    activity: (isActive) =>
      isActive ? [{ op: 'replace', attribute: 'ds-pwp-account-disabled' }] : [one('ds-pwp-account-disabled', 'true')],
    paging: { ...inet.paging, perConnection: 10 },
  }
}
