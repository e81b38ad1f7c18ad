import { integer, octets, sequence } from '../asn1/ber.ts'
import { BerReader } from '../asn1/ber-reader.ts'
import type { Directory } from './directory.ts'
import type { Entry } from './entry.ts'
import { dirSyncOid } from './flavours/active-directory-facts.ts'
import { type Control, type Result, type ResultAttribute, resultCodes } from './protocol.ts'

/** Active Directory's control for incremental reads, [MS-ADTS] 3.1.1.3.4.1.3. */
export interface DirSyncRequest {
  readonly flags: number
  /** Change number the client has seen; undefined at the first round. */
  readonly since: number | undefined
  /** Where a first round that was too long for one answer goes on. */
  readonly after: number
}

const objectSecurity = 0x1
const incrementalValues = 0x8000_0000
const roundSize = 1000
const magic = 'MSDS'
const cookieLength = 21

/** Reads the control; throws `BerError`. The cookie of another server is an empty one with `since` undefined. */
export function readDirSync(control: Control): DirSyncRequest | Result {
  const value = new BerReader(control.value ?? Buffer.of()).inside(0x30)
  const flags = value.integer() >>> 0
  value.integer()
  const cookie = value.bytes(0x04)
  value.end()
  if (cookie.length === 0) return { flags, since: undefined, after: -1 }
  const { isOk, since, after } = readCookie(cookie)
  if (!isOk) {
    const message = '00000057: LdapErr: DSID-0C090A2F, comment: Error processing control, data 0, v4563'
    return { code: resultCodes.protocolError, message }
  }
  return { flags, since: since < 0 ? undefined : since, after }
}

export interface DirSyncRound {
  readonly entries: readonly { readonly entry: Entry; readonly attributes: readonly ResultAttribute[] }[]
  readonly control: Control
}

/** Whether the request may be made by who has no right to replicate. */
export function isForEverybody({ flags }: DirSyncRequest): boolean {
  return (flags & objectSecurity) !== 0
}

/**
 * One round: objects that changed since the cookie and fit the filter now, deleted ones too, each with the attributes
 * that changed. `finds` decides, `read` gives whole values of an entry.
 */
export function dirSyncRound(
  request: DirSyncRequest,
  directory: Directory,
  finds: (entry: Entry) => boolean,
  read: (entry: Entry) => readonly ResultAttribute[],
): DirSyncRound {
  const { since = 0, flags } = request
  const now = directory.usn
  const entries: DirSyncRound['entries'][number][] = []
  let last = -1
  let moreResults = false
  for (const entry of directory.entries(request.after)) {
    if (entry.usn <= since || !finds(entry)) continue
    if (entries.length === roundSize) {
      moreResults = true
      break
    }
    const attributes = request.since === undefined ? [...read(entry)] : changedOnly(entry, since, flags, read(entry))
    // The id comes with every object, asked for or not.
    if (!attributes.some(({ name }) => name === 'objectGUID'))
      attributes.push({ name: 'objectGUID', values: entry.values('objectGUID') })
    entries.push({ entry, attributes })
    last = entry.id
  }
  const cookie = moreResults ? writeCookie(request.since ?? -1, last) : writeCookie(now, -1)
  const value = sequence(integer(moreResults ? 1 : 0), integer(0), octets(cookie))
  return { entries, control: { oid: dirSyncOid, isCritical: false, value } }
}

const always = new Set(['objectguid', 'isdeleted'])

function changedOnly(entry: Entry, since: number, flags: number, whole: readonly ResultAttribute[]): ResultAttribute[] {
  const isIncremental = (flags & incrementalValues) !== 0
  const answer = whole.filter(({ name }) => {
    const key = name.toLowerCase()
    if (always.has(key)) return true
    if (isIncremental && entry.linkChanges.some(({ attribute }) => attribute.toLowerCase() === key)) return false
    return (entry.changedAt.get(key) ?? 0) > since
  })
  if (!isIncremental) return answer
  const last = new Map<string, boolean>()
  for (const { usn, attribute, value, isAdded } of entry.linkChanges) {
    if (usn > since) last.set(`${attribute}\n${value}`, isAdded)
  }
  const values = new Map<string, string[]>()
  for (const [key, isAdded] of last) {
    const [attribute = '', value = ''] = key.split('\n')
    const name = `${attribute};range=${isAdded ? '1-1' : '0-0'}`
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return [...answer, ...[...values].map(([name, list]) => ({ name, values: list }))]
}

function writeCookie(since: number, after: number): Buffer {
  // The last byte is not text: ldapsearch takes a cookie with a graphic character at both ends for one.
  const cookie = Buffer.alloc(cookieLength, 0xff)
  cookie.write(magic, 'latin1')
  cookie.writeDoubleLE(since, 4)
  cookie.writeDoubleLE(after, 12)
  return cookie
}

function readCookie(cookie: Buffer): { readonly isOk: boolean; readonly since: number; readonly after: number } {
  if (cookie.length !== cookieLength || cookie.toString('latin1', 0, 4) !== magic)
    return { isOk: false, since: -1, after: -1 }
  return { isOk: true, since: cookie.readDoubleLE(4), after: cookie.readDoubleLE(12) }
}
