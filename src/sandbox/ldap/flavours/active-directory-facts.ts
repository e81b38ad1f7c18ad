import { type Result, resultCodes } from '../protocol.ts'
import { uuidBytes } from './flavour.ts'
import { startTlsOid } from './inet.ts'

export const attributes = `
  sAMAccountName       1.2.840.113556.1.4.221   text
  userPrincipalName    1.2.840.113556.1.4.656   text
  userAccountControl   1.2.840.113556.1.4.8     integer
  objectGUID           1.2.840.113556.1.4.2     bytes
  objectSid            1.2.840.113556.1.4.146   bytes
  objectCategory       1.2.840.113556.1.4.782   category
  primaryGroupID       1.2.840.113556.1.4.98    integer
  groupType            1.2.840.113556.1.4.750   integer
  memberOf             1.2.840.113556.1.2.102   dn
  distinguishedName    2.5.4.49                 dn
  name                 1.2.840.113556.1.4.1     text
  instanceType         1.2.840.113556.1.2.1     integer
  whenCreated          1.2.840.113556.1.2.2     time
  whenChanged          1.2.840.113556.1.2.3     time
  uSNCreated           1.2.840.113556.1.2.19    integer
  uSNChanged           1.2.840.113556.1.2.120   integer
  accountExpires       1.2.840.113556.1.4.159   integer
  lockoutTime          1.2.840.113556.1.4.662   integer
  pwdLastSet           1.2.840.113556.1.4.96    integer
  department           1.2.840.113556.1.2.141   text
  company              1.2.840.113556.1.2.146   text
  employeeID           1.2.840.113556.1.4.35    text
  isDeleted            1.2.840.113556.1.2.48    boolean
  lastKnownParent      1.2.840.113556.1.4.781   dn
  tokenGroups          1.2.840.113556.1.4.1301  bytes    operational
`

export const never = '9223372036854775807'

/** Names and numbers of what a fresh domain holds. */
export const domainUsersRid = 513
export const firstRid = 1104

export const dirSyncOid = '1.2.840.113556.1.4.841'
export const showDeletedOid = '1.2.840.113556.1.4.417'

/** Why a bind fails: the `data` code that stands in the message, in hexadecimal. */
const bindReasons: Readonly<Record<string, string>> = {
  'no-such-user': '525',
  'wrong-password': '52e',
  'logon-hours': '530',
  workstation: '531',
  'password-expired': '532',
  disabled: '533',
  'account-expired': '701',
  'must-change-password': '773',
  locked: '775',
}

export const controls = [
  '1.2.840.113556.1.4.319',
  showDeletedOid,
  dirSyncOid,
  // Domain scope, search options, extended DN, lazy commit, server side notification are known to be there and do nothing.
  '1.2.840.113556.1.4.1339',
  '1.2.840.113556.1.4.1340',
]
export const extensions = [startTlsOid]
export const capabilities = [
  '1.2.840.113556.1.4.800',
  '1.2.840.113556.1.4.1670',
  '1.2.840.113556.1.4.1791',
  '1.2.840.113556.1.4.1935',
  '1.2.840.113556.1.4.2080',
  '1.2.840.113556.1.4.2237',
]

/** S-1-5-21-x-y-z of the domain, with the last part of an account where given. [MS-DTYP] 2.4.2.2. */
export function sidBytes(seed: string, rid: readonly number[]): Buffer {
  const domain = uuidBytes(seed, 'domain sid')
  const parts = [21, domain.readUInt32LE(0), domain.readUInt32LE(4), domain.readUInt32LE(8), ...rid]
  const bytes = Buffer.alloc(8 + parts.length * 4)
  bytes[0] = 1
  bytes[1] = parts.length
  bytes[7] = 5
  for (const [at, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + at * 4)
  return bytes
}

/** What Windows says, word for word as far as clients look at it. */
export const said = {
  badCredentials: (reason: string): Result => ({
    code: resultCodes.invalidCredentials,
    message: `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${bindReasons[reason] ?? '52e'}, v4563`,
  }),
  bindFirst: {
    code: resultCodes.operationsError,
    message:
      '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563',
  },
  needsTls: {
    code: resultCodes.strongerAuthRequired,
    message:
      '00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection, data 0, v4563',
  },
  badCookie: {
    code: resultCodes.unavailableCriticalExtension,
    message: '00000057: LdapErr: DSID-0C0907C1, comment: Error processing control, data 0, v4563',
  },
  /** A base in another domain is referred there; one without a domain is nowhere. */
  outside(dn: string): Result {
    const domain = [...dn.matchAll(/dc=([^,]+)/gi)].map(([, part]) => part).join('.')
    if (domain === '') {
      const message = "0000208D: NameErr: DSID-03100245, problem 2001 (NO_OBJECT), data 0, best match of:\n\t''\n"
      return { code: resultCodes.noSuchObject, message }
    }
    return {
      code: resultCodes.referral,
      message: `0000202B: RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '${domain}'`,
      referrals: [`ldap://${domain}/${encodeURI(dn)}`],
    }
  },
} as const
