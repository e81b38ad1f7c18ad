import { isUtf8 } from 'node:buffer'
import type { LdifLine } from './ldif.ts'

/** Usual spellings, so that a mapping finds `givenName` also in a file that writes `givenname`. */
const spellings = [
  'mail',
  'cn',
  'sn',
  'uid',
  'givenName',
  'displayName',
  'telephoneNumber',
  'mobile',
  'title',
  'department',
  'company',
  'manager',
  'description',
  'employeeNumber',
  'employeeID',
  'employeeType',
  'departmentNumber',
  'physicalDeliveryOfficeName',
  'preferredLanguage',
  'sAMAccountName',
  'userPrincipalName',
  'userAccountControl',
  'proxyAddresses',
  'objectClass',
  'objectGUID',
  'objectSid',
  'entryUUID',
  'ipaUniqueID',
  'nsUniqueId',
  'GUID',
  'orclGuid',
  'memberOf',
  'isMemberOf',
  'groupMembership',
  'member',
  'uniqueMember',
  'memberUid',
]

/** One spelling per attribute of a file, whatever its letter case: the usual one, else the first that came. */
export class Spelling {
  readonly #known = new Map(spellings.map((name) => [name.toLowerCase(), name]))

  of(name: string): string {
    const folded = name.toLowerCase()
    const known = this.#known.get(folded)
    if (known !== undefined) return known
    this.#known.set(folded, name)
    return name
  }
}

const binaryIds = new Set(['objectguid', 'guid', 'orclguid'])

/** The value of a line as text; binary ids in their usual text form; undefined for other binary values. */
export function textOf(line: LdifLine): string | undefined {
  const { bytes } = line
  if (bytes === undefined) return line.text
  const name = line.name.toLowerCase()
  if (binaryIds.has(name) && bytes.length === 16) return guidText(bytes)
  if (name === 'objectsid' && bytes.length >= 8) return sidText(bytes)
  if (!isUtf8(bytes) || bytes.includes(0)) return binaryIds.has(name) ? bytes.toString('hex') : undefined
  return line.text
}

/** A GUID as Windows writes it: the first three fields are little-endian (MS-DTYP 2.3.4.2). */
function guidText(bytes: Buffer): string {
  const field = (from: number, to: number, reversed: boolean) => {
    const part = Buffer.from(bytes.subarray(from, to))
    return (reversed ? part.reverse() : part).toString('hex')
  }
  return [field(0, 4, true), field(4, 6, true), field(6, 8, true), field(8, 10, false), field(10, 16, false)].join('-')
}

/** A security identifier as `S-1-5-21-...` (MS-DTYP 2.4.2.1). Undefined if its length is not what it says. */
function sidText(bytes: Buffer): string | undefined {
  const count = bytes[1] ?? 0
  if (bytes.length !== 8 + 4 * count) return undefined
  const parts = Array.from({ length: count }, (_, nth) => bytes.readUInt32LE(8 + 4 * nth))
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...parts].join('-')
}
