import { domainDn, type Flavour, type FlavourOptions, generalizedTime, one, uuid } from './flavour.ts'
import { inetFlavour } from './inet.ts'

/**
 * A plain directory as many products have it: groupOfUniqueNames, no back links, references that dangle, an empty
 * password taken for an anonymous bind that then finds nothing. `employeeType` says who is deactivated.
 */
export function generic(options: FlavourOptions): Flavour {
  const baseDn = domainDn(options.domain)
  const style = options.groupStyle ?? 'unique-names'
  const groupClasses = {
    names: ['top', 'groupOfNames'],
    'unique-names': ['top', 'groupOfUniqueNames'],
    posix: ['top', 'posixGroup'],
  }[style]
  const inet = inetFlavour({
    options,
    baseDn,
    userBaseDn: `ou=people,${baseDn}`,
    groupBaseDn: `ou=groups,${baseDn}`,
    userRdn: 'uid',
    groupStyle: style,
    groupClasses,
    userClasses: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
    moreAttributes: 'entryUUID 1.3.6.1.1.16.4 uuid operational',
    hidden: ['entryUUID', 'employeeType'],
    backLink: undefined,
    linksFollow: false,
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
    name: 'generic',
    rootDse: () => ({
      operational: false,
      attributes: {
        objectClass: ['top'],
        namingContexts: [baseDn],
        supportedControl: inet.controls,
        supportedExtension: inet.extensions,
        supportedLDAPVersion: '3',
        subschemaSubentry: 'cn=Subschema',
      },
    }),
    person(person, dnOf) {
      const seed = inet.person(person, dnOf)
      return { ...seed, attributes: { ...seed.attributes, employeeType: person.active ? 'active' : 'inactive' } }
    },
    activity: (isActive) => [one('employeeType', isActive ? 'active' : 'inactive')],
    anonymousSearch: undefined,
    unauthenticatedBind: { code: 0 },
  }
}
