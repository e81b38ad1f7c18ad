import { resultCodes } from '../protocol.ts'
import { domainDn, type Flavour, type FlavourOptions, generalizedTime, one, uuid } from './flavour.ts'
import { inetFlavour } from './inet.ts'

/** OpenLDAP 2.5 with the overlays memberof, refint and ppolicy; pwdAccountLockedTime says who is deactivated. */
export function openldap(options: FlavourOptions): Flavour {
  const baseDn = domainDn(options.domain)
  const style = options.groupStyle ?? 'names'
  const groupClasses = {
    names: ['groupOfNames'],
    'unique-names': ['groupOfUniqueNames'],
    posix: ['posixGroup'],
  }[style]
  const inet = inetFlavour({
    options,
    baseDn,
    userBaseDn: `ou=people,${baseDn}`,
    groupBaseDn: `ou=groups,${baseDn}`,
    userRdn: 'uid',
    groupStyle: style,
    groupClasses,
    userClasses: ['inetOrgPerson'],
    moreAttributes: `
      memberOf               1.2.840.113556.1.2.102        dn     operational
      entryUUID              1.3.6.1.1.16.4                uuid   operational
      entryDN                1.3.6.1.1.20                  dn     operational
      entryCSN               1.3.6.1.4.1.4203.666.1.7      exact  operational
      structuralObjectClass  2.5.21.9                      class  operational
      creatorsName           2.5.18.3                      dn     operational
      modifiersName          2.5.18.4                      dn     operational
      pwdAccountLockedTime   1.3.6.1.4.1.42.2.27.8.1.17    time   operational
    `,
    hidden: ['entryUUID', 'pwdAccountLockedTime', 'memberOf'],
    backLink: { name: 'memberOf', from: ['member'], includesNested: false },
    linksFollow: true,
    stamp(entry, { kind, usn, at }) {
      if (kind === 'add') {
        const identity = entry.first('employeeNumber') ?? entry.dn.key
        entry.set('entryUUID', [uuid(options.seed, identity)])
        entry.set('createTimestamp', [generalizedTime(at)])
        entry.set('creatorsName', [`cn=admin,${baseDn}`])
        entry.set('structuralObjectClass', entry.values('objectClass').slice(-1))
        entry.set('subschemaSubentry', ['cn=Subschema'])
      }
      entry.set('entryDN', [entry.dn.text])
      entry.set('modifiersName', [`cn=admin,${baseDn}`])
      entry.set('modifyTimestamp', [generalizedTime(at)])
      entry.set('entryCSN', [
        generalizedTime(at, `.${String(usn % 1_000_000).padStart(6, '0')}`).concat('#000000#000#000000'),
      ])
    },
  })
  return {
    ...inet,
    name: 'openldap',
    rootDse: () => ({
      operational: true,
      attributes: {
        objectClass: ['top', 'OpenLDAProotDSE'],
        structuralObjectClass: 'OpenLDAProotDSE',
        configContext: 'cn=config',
        namingContexts: [baseDn],
        supportedControl: inet.controls,
        supportedExtension: inet.extensions,
        supportedFeatures: ['1.3.6.1.1.14', '1.3.6.1.4.1.4203.1.5.1', '1.3.6.1.4.1.4203.1.5.3'],
        supportedLDAPVersion: '3',
        subschemaSubentry: 'cn=Subschema',
      },
    }),
    person(person, dnOf) {
      const seed = inet.person(person, dnOf)
      return person.active
        ? seed
        : { ...seed, attributes: { ...seed.attributes, pwdAccountLockedTime: '000001010000Z' } }
    },
    activity: (isActive) =>
      isActive
        ? [{ op: 'replace', attribute: 'pwdAccountLockedTime' }]
        : [one('pwdAccountLockedTime', '000001010000Z')],
    badCredentials: () => ({ code: resultCodes.invalidCredentials }),
  }
}
