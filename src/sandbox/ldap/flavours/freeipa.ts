import { resultCodes } from '../protocol.ts'
import { domainDn, type Flavour, type FlavourOptions, generalizedTime, one, uuid } from './flavour.ts'
import { inetFlavour } from './inet.ts'

/** FreeIPA on 389 Directory Server: memberOf with nested groups, nsAccountLock in lower case and only by name. */
export function freeipa(options: FlavourOptions): Flavour {
  const baseDn = domainDn(options.domain)
  const inet = inetFlavour({
    options,
    baseDn,
    userBaseDn: `cn=users,cn=accounts,${baseDn}`,
    groupBaseDn: `cn=groups,cn=accounts,${baseDn}`,
    userRdn: 'uid',
    groupStyle: 'names',
    groupClasses: ['top', 'groupofnames', 'nestedgroup', 'ipausergroup', 'ipaobject', 'posixgroup'],
    userClasses: ['top', 'person', 'organizationalperson', 'inetorgperson', 'inetuser', 'posixaccount', 'ipaobject'],
    moreAttributes: `
      memberOf               1.2.840.113556.1.2.102        dn
      ipaUniqueID            2.16.840.1.113730.3.8.3.1     text
      krbPrincipalName       2.16.840.1.113719.1.301.6.8.1 exact
      nsAccountLock          2.16.840.1.113730.3.1.610     boolean operational
      nsUniqueId             2.16.840.1.113730.3.1.542     text    operational
      entryUUID              1.3.6.1.1.16.4                uuid    operational
      entrydn                2.16.840.1.113730.3.1.602     dn      operational
    `,
    hidden: ['nsAccountLock', 'nsUniqueId', 'entryUUID'],
    backLink: { name: 'memberOf', from: ['member'], includesNested: true },
    linksFollow: true,
    stamp(entry, { kind, at }) {
      if (kind === 'add') {
        const id = uuid(options.seed, entry.first('employeeNumber') ?? entry.dn.key)
        entry.set('entryUUID', [id])
        entry.set('nsUniqueId', [id.replaceAll('-', '').replace(/(.{8})(?=.)/g, '$1-')])
        if (entry.values('objectClass').includes('ipaobject')) entry.set('ipaUniqueID', [id])
        entry.set('createTimestamp', [generalizedTime(at)])
      }
      entry.set('entrydn', [entry.dn.key])
      entry.set('modifyTimestamp', [generalizedTime(at)])
    },
  })
  return {
    ...inet,
    name: 'freeipa',
    subschemaDn: 'cn=schema',
    rootDse: ({ host }) => ({
      operational: false,
      attributes: {
        objectClass: ['top'],
        namingContexts: [baseDn, 'o=ipaca'],
        defaultnamingcontext: baseDn,
        supportedExtension: inet.extensions,
        supportedControl: inet.controls,
        supportedSASLMechanisms: ['EXTERNAL', 'GSSAPI', 'PLAIN'],
        supportedLDAPVersion: ['2', '3'],
        vendorName: '389 Project',
        vendorVersion: '389-Directory/2.3.1',
        ipatopologypluginversion: '1.0',
        ipaDomainLevel: '1',
        netscapemdsuffix: `cn=ldap://dc=${host}:389`,
        subschemaSubentry: 'cn=schema',
      },
    }),
    person(person, dnOf) {
      const seed = inet.person(person, dnOf)
      const number = String(600_000 + Number(person.id.slice(2)))
      const attributes = {
        ...seed.attributes,
        uidNumber: number,
        gidNumber: number,
        homeDirectory: `/home/${person.login}`,
        krbPrincipalName: `${person.login}@${options.domain.toUpperCase()}`,
        ...(person.active ? {} : { nsAccountLock: 'true' }),
      }
      return { ...seed, attributes }
    },
    activity: (isActive) =>
      isActive ? [{ op: 'replace', attribute: 'nsAccountLock' }] : [one('nsAccountLock', 'true')],
    paging: {
      ...inet.paging,
      perConnection: 10,
      refusal: { code: resultCodes.unwillingToPerform, message: 'Invalid cookie' },
    },
    unauthenticatedBind: {
      code: resultCodes.unwillingToPerform,
      message: 'Unauthenticated binds are not allowed',
    },
  }
}
