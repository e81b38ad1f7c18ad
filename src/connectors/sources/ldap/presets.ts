/** What is usual in a kind of directory. Everything can be set otherwise in the settings. */
export interface Preset {
  readonly title: string
  readonly userFilter: string
  readonly groupFilter: string
  /** The id that never changes, of people and groups. */
  readonly id: string
  readonly login: readonly string[]
  readonly email: readonly string[]
  readonly fullName: readonly string[]
  readonly groupName: string
  /** Attributes of a group that hold distinguished names of members. */
  readonly members: readonly string[]
  /** Attributes of a group that hold logins of members, to be found by these attributes of people. */
  readonly memberLogins: readonly string[]
  readonly inactive: readonly InactiveRule[]
  /** Too many wrong passwords: passes by itself and is not "inactive" unless the settings say so. */
  readonly locked: InactiveRule | undefined
  /** When an account stops to be valid. */
  readonly expires: { readonly attribute: string; readonly kind: 'windows' | 'generalized' } | undefined
  /** Every person has these; where one is missing the reader lacks a right. */
  readonly everybodyHas: readonly string[]
  /** Object classes whose schema demands a member: a group of them without one is a group whose members are hidden. */
  readonly neverEmpty: readonly string[]
  /** `primaryGroupID` of people names a group by the end of its objectSid. */
  readonly hasPrimaryGroups: boolean
  /** Read beside the ones above. */
  readonly attributes: readonly string[]
  /** Moves whenever an entry, or the members of a group, change. */
  readonly changeMarker: string
}

/** Says by one attribute who is inactive. Values are compared without regard to letter case. */
export type InactiveRule =
  | { readonly attribute: string; readonly values: readonly string[] }
  | { readonly attribute: string; readonly bits: number }
  | { readonly attribute: string; readonly pattern: string }
  | { readonly attribute: string; readonly anyBut: readonly string[] }

const person = [
  'cn',
  'displayName',
  'givenName',
  'sn',
  'initials',
  'mail',
  'title',
  'ou',
  'o',
  'departmentNumber',
  'employeeNumber',
  'employeeType',
  'businessCategory',
  'telephoneNumber',
  'mobile',
  'l',
  'st',
  'c',
  'street',
  'postalCode',
  'preferredLanguage',
  'manager',
  'description',
] as const

const names = { email: ['mail'], fullName: ['displayName', 'cn'], groupName: 'cn' } as const
const listsOfMembers = { members: ['member', 'uniqueMember'], memberLogins: ['memberUid'] } as const
const anyGroup = '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))'

const basic = {
  ...names,
  ...listsOfMembers,
  userFilter: '(objectClass=inetOrgPerson)',
  groupFilter: anyGroup,
  login: ['uid'],
  inactive: [],
  locked: undefined,
  expires: undefined,
  everybodyHas: [],
  neverEmpty: [],
  hasPrimaryGroups: false,
  attributes: person,
  changeMarker: 'modifyTimestamp',
} as const satisfies Partial<Preset>

/** pwdAccountLockedTime: this value means "by an administrator, for good"; any other is a passing lock-out. */
const lockedForGood = '000001010000Z'

export const presets = {
  activedirectory: {
    ...basic,
    title: 'Active Directory or Samba',
    userFilter: '(&(objectCategory=person)(objectClass=user))',
    groupFilter: '(objectClass=group)',
    id: 'objectGUID',
    login: ['sAMAccountName', 'userPrincipalName'],
    members: ['member'],
    memberLogins: [],
    // ACCOUNTDISABLE of MS-ADTS 2.2.16.
    inactive: [{ attribute: 'userAccountControl', bits: 2 }],
    locked: { attribute: 'lockoutTime', anyBut: ['0'] },
    expires: { attribute: 'accountExpires', kind: 'windows' },
    everybodyHas: ['userAccountControl'],
    hasPrimaryGroups: true,
    attributes: [
      'cn',
      'displayName',
      'givenName',
      'sn',
      'initials',
      'mail',
      'userPrincipalName',
      'title',
      'department',
      'division',
      'company',
      'employeeID',
      'employeeNumber',
      'employeeType',
      'telephoneNumber',
      'mobile',
      'physicalDeliveryOfficeName',
      'l',
      'st',
      'c',
      'co',
      'streetAddress',
      'postalCode',
      'preferredLanguage',
      'manager',
      'description',
      'info',
      ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`),
    ],
    changeMarker: 'uSNChanged',
  },
  openldap: {
    ...basic,
    title: 'OpenLDAP',
    id: 'entryUUID',
    inactive: [{ attribute: 'pwdAccountLockedTime', values: [lockedForGood] }],
    locked: { attribute: 'pwdAccountLockedTime', anyBut: [lockedForGood] },
    expires: { attribute: 'pwdEndTime', kind: 'generalized' },
    // RFC 4519 3.5 and 3.6; OpenLDAP holds to it.
    neverEmpty: ['groupOfNames', 'groupOfUniqueNames'],
  },
  freeipa: {
    ...basic,
    title: 'FreeIPA',
    userFilter: '(objectClass=posixaccount)',
    groupFilter: '(objectClass=ipausergroup)',
    id: 'ipaUniqueID',
    members: ['member'],
    memberLogins: [],
    inactive: [{ attribute: 'nsAccountLock', values: ['true'] }],
    expires: { attribute: 'krbPrincipalExpiration', kind: 'generalized' },
  },
  '389ds': {
    ...basic,
    title: '389 Directory Server or Red Hat Directory Server',
    id: 'nsUniqueId',
    inactive: [{ attribute: 'nsAccountLock', values: ['true'] }],
  },
  edirectory: {
    ...basic,
    title: 'eDirectory',
    groupFilter: '(|(objectClass=groupOfNames)(objectClass=group)(objectClass=groupOfUniqueNames))',
    id: 'GUID',
    login: ['cn', 'uid'],
    fullName: ['fullName', 'displayName'],
    inactive: [{ attribute: 'loginDisabled', values: ['true'] }],
    locked: { attribute: 'lockedByIntruder', values: ['true'] },
    expires: { attribute: 'loginExpirationTime', kind: 'generalized' },
    attributes: [...person, 'fullName', 'workforceID'],
  },
  oracle: {
    ...basic,
    title: 'Oracle Unified Directory',
    groupFilter: '(|(objectClass=groupOfUniqueNames)(objectClass=groupOfNames))',
    id: 'entryUUID',
    inactive: [{ attribute: 'ds-pwp-account-disabled', values: ['true'] }],
    expires: { attribute: 'ds-pwp-account-expiration-time', kind: 'generalized' },
  },
  'oracle-oid': {
    ...basic,
    title: 'Oracle Internet Directory',
    groupFilter: '(|(objectClass=groupOfUniqueNames)(objectClass=groupOfNames))',
    id: 'orclGuid',
    inactive: [{ attribute: 'orclIsEnabled', values: ['disabled'] }],
  },
  generic: { ...basic, title: 'another directory', id: 'entryUUID' },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]]

/** What a server publishes about itself in its root entry (RFC 4512 5.1), in lower case. */
export interface RootFacts {
  readonly capabilities: readonly string[]
  readonly vendorName: string
  readonly vendorVersion: string
  readonly objectClasses: readonly string[]
  readonly isOracleInternetDirectory: boolean
  /** Suffix with the accounts of FreeIPA, if there is one. */
  readonly hasIpaContext: boolean
}

/** LDAP_CAP_ACTIVE_DIRECTORY_OID of MS-ADTS 3.1.1.3.4.3; Samba publishes it, too. */
const activeDirectory = '1.2.840.113556.1.4.800'

/** Which preset fits, if the server says what it is. */
export function detectPreset(facts: RootFacts): PresetName | undefined {
  const { capabilities, vendorName, vendorVersion, objectClasses } = facts
  const vendor = `${vendorName} ${vendorVersion}`
  if (capabilities.includes(activeDirectory)) return 'activedirectory'
  if (facts.hasIpaContext) return 'freeipa'
  if (/389 project|red hat|389-directory/.test(vendor)) return '389ds'
  if (facts.isOracleInternetDirectory) return 'oracle-oid'
  if (/unified directory|opendj|opends/.test(vendor)) return 'oracle'
  if (/novell|edirectory|netiq|micro focus|opentext/.test(vendor)) return 'edirectory'
  // OpenLDAP names no vendor; its root entry has a class of its own.
  if (objectClasses.includes('openldaprootdse') || /openldap/.test(vendor)) return 'openldap'
  return undefined
}
