import type { CompanyPerson } from '../../company/directory.ts'
import type { Keeping } from '../directory.ts'
import { escapeDnValue } from '../dn.ts'
import type { EntrySeed } from '../entry.ts'
import { resultCodes } from '../protocol.ts'
import { commonAttributes, inetAttributes, Schema } from '../schema.ts'
import { accounts, type DnOf, type Flavour, type FlavourOptions, type GroupStyle } from './flavour.ts'

/** What directories of the inetOrgPerson family (RFC 2798) have in common, for the flavours to change. */
export interface InetParts {
  readonly options: FlavourOptions
  readonly baseDn: string
  readonly userBaseDn: string
  readonly groupBaseDn: string
  /** The attribute that names a person in their DN. */
  readonly userRdn: 'uid' | 'cn'
  readonly groupStyle: GroupStyle
  readonly groupClasses: readonly string[]
  readonly userClasses: readonly string[]
  readonly moreAttributes: string
  readonly hidden: readonly string[]
  readonly backLink: Keeping['backLink']
  readonly linksFollow: boolean
  readonly stamp: Keeping['stamp']
}

const memberAttributes = { names: 'member', 'unique-names': 'uniqueMember', posix: 'memberUid' } as const

const pagedResults = '1.2.840.113556.1.4.319'
const manageDsaIt = '2.16.840.1.113730.3.4.2'
export const startTlsOid = '1.3.6.1.4.1.1466.20037'
export const whoAmIOid = '1.3.6.1.4.1.4203.1.11.3'

type InetFlavour = Omit<Flavour, 'name' | 'rootDse' | 'activity' | 'person'> & {
  person(person: CompanyPerson, dnOf: DnOf): EntrySeed
}

export function inetFlavour(parts: InetParts): InetFlavour {
  const { options, baseDn, userBaseDn, groupBaseDn, userRdn, groupStyle, groupClasses, userClasses } = parts
  const memberAttribute = memberAttributes[groupStyle]
  const keeping: Keeping = {
    schema: new Schema(commonAttributes, inetAttributes, parts.moreAttributes),
    linked: ['member', 'uniqueMember', 'manager'],
    linksFollow: parts.linksFollow,
    backLink: parts.backLink,
    tracksChanges: false,
    tombstones: undefined,
    stamp: parts.stamp,
  }
  const personDn = (person: CompanyPerson) => `${userRdn}=${escapeDnValue(person.login)},${userBaseDn}`
  const groupDn = ({ name }: { readonly name: string }) => `cn=${escapeDnValue(name)},${groupBaseDn}`
  const bindAccounts = accounts((name) => `cn=${name},${baseDn}`, options.seed, parts.hidden)
  return {
    keeping,
    baseDn,
    userBaseDn,
    groupBaseDn,
    namingContexts: [baseDn],
    subschemaDn: 'cn=Subschema',
    accounts: bindAccounts,
    foundation: [
      ...containers(baseDn, [userBaseDn, groupBaseDn]),
      // The administrator of the server is no entry.
      ...bindAccounts
        .filter(({ name }) => name !== 'admin')
        .map(({ dn, name }) => ({
          dn,
          attributes: { objectClass: ['organizationalRole', 'simpleSecurityObject'], cn: name },
        })),
    ],
    personDn,
    groupDn,
    person: (person, dnOf) => ({
      dn: personDn(person),
      attributes: {
        objectClass: userClasses,
        uid: person.login,
        cn: userRdn === 'uid' ? person.displayName : person.login,
        sn: person.surname,
        givenName: person.givenName,
        displayName: person.displayName,
        mail: person.mail,
        employeeNumber: person.id,
        departmentNumber: person.department,
        title: person.title,
        ...(person.manager === undefined ? {} : { manager: dnOf(person.manager) }),
      },
    }),
    group: (group, dnOf, loginOf) => ({
      dn: groupDn(group),
      attributes: {
        objectClass: groupClasses,
        cn: group.name,
        description: group.description,
        ...(groupStyle === 'posix' ? { gidNumber: String(10_000 + Number(group.id.slice(2))) } : {}),
        [memberAttribute]: group.members.flatMap((member): string[] => {
          if (groupStyle !== 'posix') return [dnOf('user' in member ? member.user : member.group)]
          const login = 'user' in member ? loginOf(member.user) : undefined
          return login === undefined ? [] : [login]
        }),
      },
    }),
    groupNameAttributes: [],
    memberAttribute,
    paging: {
      keepsList: false,
      perConnection: 1,
      largestPage: undefined,
      tooLarge: 'refuse',
      refusal: { code: resultCodes.unwillingToPerform, message: 'paged results cookie is invalid or old' },
    },
    sizeLimit: undefined,
    valueRange: undefined,
    knowsPlus: true,
    hasMicrosoftRules: false,
    controls: [pagedResults, manageDsaIt],
    extensions: [startTlsOid, whoAmIOid],
    anonymousSearch: { code: resultCodes.noSuchObject },
    unauthenticatedBind: {
      code: resultCodes.unwillingToPerform,
      message: 'unauthenticated bind (DN with no password) disallowed',
    },
    badCredentials: () => ({ code: resultCodes.invalidCredentials }),
    demandsTls: { code: resultCodes.confidentialityRequired, message: 'confidentiality required' },
    outside: () => ({ code: resultCodes.noSuchObject }),
    references: () => [],
  }
}

/** Entries for a DN and everything between it and the base, parents first. */
function containers(baseDn: string, dns: readonly string[]): EntrySeed[] {
  const wanted = new Set<string>([baseDn])
  for (const dn of dns) {
    const above = dn.slice(0, -baseDn.length - 1).split(',')
    for (let at = above.length - 1; at >= 0; at--) wanted.add(`${above.slice(at).join(',')},${baseDn}`)
  }
  return [...wanted].map((dn) => {
    const [type = '', value = ''] = (dn.split(',')[0] ?? '').split('=')
    const classes: Record<string, readonly string[]> = {
      dc: ['dcObject', 'organization'],
      o: ['organization'],
      ou: ['organizationalUnit'],
      cn: ['nsContainer'],
    }
    return {
      dn,
      attributes: {
        objectClass: classes[type] ?? ['top'],
        [type]: value,
        ...(type === 'dc' ? { o: value } : {}),
      },
    }
  })
}
