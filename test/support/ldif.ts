import type { CompanyDirectory, CompanyMember, CompanyPerson } from '../../src/sandbox/company/directory.ts'

export interface LdifOptions {
  /** Writes `memberOf` of people and groups, which slapd's overlay does not compute for what is loaded. */
  readonly memberOf: boolean
  /** Writes `pwdAccountLockedTime` of people who are not active; needs the ppolicy overlay. */
  readonly locked: boolean
}

/** A company for OpenLDAP: `ou=people` with inetOrgPerson by uid, `ou=groups` with groupOfNames by cn, nested. */
export function companyLdif(company: CompanyDirectory, baseDn: string, options: LdifOptions): string {
  const { people, groups } = company
  const dnOfPerson = new Map(people.map((person) => [person.id, `uid=${person.login},ou=people,${baseDn}`]))
  const dnOfGroup = new Map(groups.map((group) => [group.id, `cn=${escapeRdn(group.name)},ou=groups,${baseDn}`]))
  const dnOf = (member: CompanyMember) => ('user' in member ? dnOfPerson.get(member.user) : dnOfGroup.get(member.group))
  const memberOf = new Map<string, string[]>()
  if (options.memberOf) {
    for (const group of groups) {
      for (const member of group.members) {
        const id = 'user' in member ? member.user : member.group
        const list = memberOf.get(id)
        if (list === undefined) memberOf.set(id, [dnOfGroup.get(group.id) ?? ''])
        else list.push(dnOfGroup.get(group.id) ?? '')
      }
    }
  }
  const person = (one: CompanyPerson) =>
    record(dnOfPerson.get(one.id) ?? '', [
      ['objectClass', 'inetOrgPerson'],
      ['uid', one.login],
      ['cn', one.displayName],
      ['sn', one.surname],
      ['givenName', one.givenName],
      ['displayName', one.displayName],
      ['mail', one.mail],
      ['employeeNumber', one.id],
      ['departmentNumber', one.department],
      ['title', one.title],
      ...(one.manager === undefined ? [] : [['manager', dnOfPerson.get(one.manager) ?? ''] as const]),
      ...(options.locked && !one.active ? [['pwdAccountLockedTime', '000001010000Z'] as const] : []),
      ...(memberOf.get(one.id) ?? []).map((dn) => ['memberOf', dn] as const),
    ])
  return [
    record(`ou=people,${baseDn}`, [['objectClass', 'organizationalUnit']]),
    record(`ou=groups,${baseDn}`, [['objectClass', 'organizationalUnit']]),
    ...people.map(person),
    ...groups.map((group) =>
      record(dnOfGroup.get(group.id) ?? '', [
        ['objectClass', 'groupOfNames'],
        ['cn', group.name],
        ['description', group.description],
        // The schema demands a member; this is what administrators do about it.
        ...(group.members.length === 0 ? [['member', `cn=nobody,${baseDn}`] as const] : []),
        ...group.members.map((member) => ['member', dnOf(member) ?? ''] as const),
        ...(memberOf.get(group.id) ?? []).map((dn) => ['memberOf', dn] as const),
      ]),
    ),
  ].join('\n')
}

/**
 * The same company for Active Directory: `OU=people` with users that have no password (userAccountControl 544, or 546
 * when not active) and `OU=groups`. Members come last, as changes: a link needs its far end.
 */
export function companyLdifForActiveDirectory(company: CompanyDirectory, baseDn: string): string {
  const { people, groups } = company
  const upnSuffix = baseDn.replaceAll(/dc=/gi, '').replaceAll(',', '.')
  const dnOfPerson = new Map(people.map((person) => [person.id, `CN=${person.login},OU=people,${baseDn}`]))
  const dnOfGroup = new Map(groups.map((group) => [group.id, `CN=${escapeRdn(group.name)},OU=groups,${baseDn}`]))
  const dnOf = (member: CompanyMember) => ('user' in member ? dnOfPerson.get(member.user) : dnOfGroup.get(member.group))
  return [
    record(`OU=people,${baseDn}`, [['objectClass', 'organizationalUnit']]),
    record(`OU=groups,${baseDn}`, [['objectClass', 'organizationalUnit']]),
    ...people.map((one) =>
      record(dnOfPerson.get(one.id) ?? '', [
        ['objectClass', 'user'],
        // The old limit of account names; the id keeps them apart.
        ['sAMAccountName', one.login.length <= 20 ? one.login : one.id],
        ['userPrincipalName', `${one.login}@${upnSuffix}`],
        ['userAccountControl', one.active ? '544' : '546'],
        ['sn', one.surname],
        ['givenName', one.givenName],
        ['displayName', one.displayName],
        ['mail', one.mail],
        ['employeeID', one.id],
        ['department', one.department],
        ['title', one.title],
      ]),
    ),
    ...groups.map((group) =>
      record(dnOfGroup.get(group.id) ?? '', [
        ['objectClass', 'group'],
        ['sAMAccountName', group.name],
        ['description', group.description],
      ]),
    ),
    ...people.flatMap((one) =>
      one.manager === undefined ? [] : [change(dnOfPerson.get(one.id) ?? '', 'manager', [dnOfPerson.get(one.manager)])],
    ),
    ...groups.flatMap((group) =>
      group.members.length === 0 ? [] : [change(dnOfGroup.get(group.id) ?? '', 'member', group.members.map(dnOf))],
    ),
  ].join('\n')
}

type Pair = readonly [name: string, value: string]

function record(dn: string, pairs: readonly Pair[]): string {
  return `${[['dn', dn] as const, ...pairs].map(line).join('\n')}\n`
}

function change(dn: string, name: string, values: readonly (string | undefined)[]): string {
  const lines = [line(['dn', dn]), 'changetype: modify', `add: ${name}`]
  for (const value of values) if (value !== undefined) lines.push(line([name, value]))
  return `${lines.join('\n')}\n-\n`
}

/** RFC 2849: what is not plain ASCII, or could be misread, in base64. */
function line([name, value]: Pair): string {
  const isSafe = /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
  return isSafe ? `${name}: ${value}` : `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`
}

/** RFC 4514, 2.4. */
function escapeRdn(value: string): string {
  return value
    .replaceAll(/[",+;<>\\=#]/g, '\\$&')
    .replace(/^ /, '\\ ')
    .replace(/ $/, '\\ ')
}
