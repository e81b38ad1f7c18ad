/** How values of an attribute are compared: RFC 4517, reduced to what people and groups need. */
export type Syntax = 'text' | 'exact' | 'dn' | 'integer' | 'boolean' | 'time' | 'bytes' | 'uuid' | 'class' | 'category'

export interface AttributeType {
  readonly name: string
  readonly oid: string
  readonly syntax: Syntax
  /** Given only to who asks for it by name, or for `+` where the server knows that. */
  readonly isOperational: boolean
}

/** The attributes that a server knows; a filter on any other is neither true nor false. */
export class Schema {
  readonly #types = new Map<string, AttributeType>()

  /** Lines `name oid syntax`, with `operational` at the end where it is. Later lines win. */
  constructor(...tables: readonly string[]) {
    for (const line of tables.join('\n').split('\n')) {
      const [name, oid, syntax, operational] = line.trim().split(/\s+/)
      if (name === undefined || oid === undefined || syntax === undefined) continue
      const isOperational = operational !== undefined
      this.#types.set(name.toLowerCase(), {
        name,
        oid: oid === '-' ? `${name}-oid` : oid,
        syntax: syntax as Syntax,
        isOperational,
      })
    }
  }

  /** By name in any letter case, with or without options such as `;binary`. */
  find(description: string): AttributeType | undefined {
    const at = description.indexOf(';')
    return this.#types.get((at < 0 ? description : description.slice(0, at)).toLowerCase())
  }

  /** Whether one class is a kind of the other, both in lower case. */
  isSubclass(own: string, superior: string): boolean {
    for (let name: string | undefined = own; name !== undefined; name = superiors[name])
      if (name === superior) return true
    return false
  }

  /** As a server publishes them, RFC 4512, 4.1.2. */
  get descriptions(): string[] {
    return [...this.#types.values()].map(({ name, oid, syntax, isOperational }) => {
      const { equality, syntaxOid } = published[syntax]
      const usage = isOperational ? ' USAGE directoryOperation' : ''
      return `( ${oid} NAME '${name}' EQUALITY ${equality} SYNTAX ${syntaxOid}${usage} )`
    })
  }
}

const superiors: Readonly<Record<string, string>> = {
  inetorgperson: 'organizationalperson',
  organizationalperson: 'person',
  person: 'top',
  organization: 'top',
  organizationalunit: 'top',
  organizationalrole: 'top',
  groupofnames: 'top',
  groupofuniquenames: 'top',
  posixgroup: 'top',
  dcobject: 'top',
  simplesecurityobject: 'top',
}

const syntaxes = '1.3.6.1.4.1.1466.115.121.1'
const published: Record<Syntax, { readonly equality: string; readonly syntaxOid: string }> = {
  text: { equality: 'caseIgnoreMatch', syntaxOid: `${syntaxes}.15` },
  exact: { equality: 'caseExactMatch', syntaxOid: `${syntaxes}.15` },
  dn: { equality: 'distinguishedNameMatch', syntaxOid: `${syntaxes}.12` },
  integer: { equality: 'integerMatch', syntaxOid: `${syntaxes}.27` },
  boolean: { equality: 'booleanMatch', syntaxOid: `${syntaxes}.7` },
  time: { equality: 'generalizedTimeMatch', syntaxOid: `${syntaxes}.24` },
  bytes: { equality: 'octetStringMatch', syntaxOid: `${syntaxes}.40` },
  uuid: { equality: 'UUIDMatch', syntaxOid: '1.3.6.1.1.16.1' },
  class: { equality: 'objectIdentifierMatch', syntaxOid: `${syntaxes}.38` },
  category: { equality: 'distinguishedNameMatch', syntaxOid: `${syntaxes}.12` },
}

/** What every directory has. */
export const commonAttributes = `
  objectClass            2.5.4.0                      class
  cn                     2.5.4.3                      text
  sn                     2.5.4.4                      text
  o                      2.5.4.10                     text
  ou                     2.5.4.11                     text
  title                  2.5.4.12                     text
  description            2.5.4.13                     text
  member                 2.5.4.31                     dn
  givenName              2.5.4.42                     text
  initials               2.5.4.43                     text
  telephoneNumber        2.5.4.20                     text
  userPassword           2.5.4.35                     bytes
  uid                    0.9.2342.19200300.100.1.1    text
  mail                   0.9.2342.19200300.100.1.3    text
  manager                0.9.2342.19200300.100.1.10   dn
  dc                     0.9.2342.19200300.100.1.25   text
  jpegPhoto              0.9.2342.19200300.100.1.60   bytes
  employeeNumber         2.16.840.1.113730.3.1.3      text
  employeeType           2.16.840.1.113730.3.1.4      text
  displayName            2.16.840.1.113730.3.1.241    text
  createTimestamp        2.5.18.1                     time     operational
  modifyTimestamp        2.5.18.2                     time     operational
  subschemaSubentry      2.5.18.10                    dn       operational
`

/** RFC 2798 and RFC 2307: what directories of the inetOrgPerson family have beside it. */
export const inetAttributes = `
  departmentNumber       2.16.840.1.113730.3.1.2      text
  preferredLanguage      2.16.840.1.113730.3.1.39     text
  uniqueMember           2.5.4.50                     dn
  uidNumber              1.3.6.1.1.1.1.0              integer
  gidNumber              1.3.6.1.1.1.1.1              integer
  homeDirectory          1.3.6.1.1.1.1.3              exact
  memberUid              1.3.6.1.1.1.1.12             exact
`
