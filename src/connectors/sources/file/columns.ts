/** What a column, JSON key or LDIF attribute is used for, judged by its name where the settings say nothing. */

/** Letter case, spaces, underscores, dots and hyphens do not matter: `User Name`, `user_name` and `userName` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.\-/]/g, '')
}

/** Names by use, the best first. */
export const usualNames = {
  id: [
    'id',
    'key',
    'userid',
    'personid',
    'uuid',
    'guid',
    'entryuuid',
    'objectguid',
    'objectid',
    'externalid',
    'employeeid',
    'employeenumber',
    'personnelnumber',
    'staffid',
    'sub',
  ],
  login: [
    'username',
    'login',
    'loginname',
    'uid',
    'samaccountname',
    'userprincipalname',
    'upn',
    'account',
    'accountname',
    'user',
  ],
  email: ['mail', 'email', 'emailaddress', 'mailaddress', 'primaryemail', 'workemail', 'emails'],
  active: [
    'active',
    'enabled',
    'isactive',
    'isenabled',
    'accountenabled',
    'disabled',
    'isdisabled',
    'accountdisabled',
    'suspended',
    'issuspended',
    'inactive',
    'blocked',
    'archived',
    'status',
    'userstatus',
    'accountstatus',
    'employmentstatus',
    'useraccountcontrol',
    'nsaccountlock',
    'logindisabled',
  ],
  groups: ['groups', 'groupnames', 'memberof', 'teams', 'roles'],
  groupId: ['id', 'key', 'groupid', 'uuid', 'guid', 'objectguid', 'objectid', 'externalid'],
  groupName: ['name', 'displayname', 'groupname', 'cn', 'group', 'title'],
  groupDescription: ['description', 'notes', 'comment'],
  members: ['members', 'member', 'users', 'memberuid', 'uniquemember'],
  membershipGroup: ['group', 'groupid', 'groupkey', 'groupname', 'parent', 'team'],
  membershipMember: [
    'member',
    'memberid',
    'memberkey',
    'user',
    'userid',
    'username',
    'person',
    'personid',
    'login',
    'uid',
    'email',
    'mail',
    'id',
  ],
  membershipKind: ['kind', 'type', 'membertype', 'memberkind'],
} as const satisfies Record<string, readonly string[]>

export type Use = keyof typeof usualNames

/** The column for a use: the configured one exactly, else the best usual name. Undefined when there is none. */
export function findColumn(columns: readonly string[], use: Use, configured?: string): string | undefined {
  if (configured !== undefined) return columns.find((column) => column === configured)
  const plain = new Map<string, string>()
  for (const column of columns) if (!plain.has(plainName(column))) plain.set(plainName(column), column)
  for (const usual of usualNames[use]) {
    const column = plain.get(usual)
    if (column !== undefined) return column
  }
  return undefined
}

const peopleOnly = new Set([
  'user',
  'userid',
  'username',
  'person',
  'personid',
  'login',
  'uid',
  'email',
  'mail',
  'users',
  'memberuid',
])

/** Columns whose name says that their members are people, so that people and groups may share ids. */
export function holdsPeopleOnly(column: string): boolean {
  return peopleOnly.has(plainName(column))
}

const credentialNames = new Set([
  'password',
  'passwd',
  'pwd',
  'passwordhash',
  'userpassword',
  'authpassword',
  'unicodepwd',
  'dbcspwd',
  'ntpwdhistory',
  'lmpwdhistory',
  'pwdhistory',
  'sambantpassword',
  'sambalmpassword',
  'sambapasswordhistory',
  'krbprincipalkey',
  'supplementalcredentials',
  'ipanthash',
  'pin',
])

/** Dumps of directories carry password hashes; they are never taken into memory as attributes. */
export function isCredential(name: string): boolean {
  return credentialNames.has(plainName(name.split(';')[0] ?? name))
}
