import { BerCursor, Malformed, tags } from './ber.ts'

/** A value as it came: text, or bytes where the attribute holds bytes or the value is not UTF-8. */
export type Value = string | Buffer

/**
 * Attributes whose values are bytes by their syntax. Deciding by the bytes themselves is wrong: an objectGUID may happen
 * to be valid UTF-8.
 */
const binaryNames = new Set([
  'objectguid',
  'objectsid',
  'guid',
  'sidhistory',
  'securityidentifier',
  'msexchmailboxguid',
  'msexchmailboxsecuritydescriptor',
  'ms-ds-consistencyguid',
  'ntsecuritydescriptor',
  'logonhours',
  'jpegphoto',
  'thumbnailphoto',
  'thumbnaillogo',
  'photo',
  'audio',
  'usercertificate',
  'usersmimecertificate',
  'userpkcs12',
  'cacertificate',
  'authpassword',
  'userpassword',
  'unicodepwd',
  'krbprincipalkey',
])

interface AttributeName {
  /** As the server spells it. */
  readonly spelled: string
  readonly lower: string
  readonly isBinary: boolean
}

/** Names repeat in every entry; a server that made up new ones all the time must not fill the memory with them. */
const mostNames = 10_000
const names = new Map<string, AttributeName>()

function attributeName(spelled: string): AttributeName {
  const known = names.get(spelled)
  if (known !== undefined) return known
  const lower = spelled.toLowerCase()
  const [base = '', ...options] = lower.split(';')
  const made = { spelled, lower, isBinary: options.includes('binary') || binaryNames.has(base) }
  if (names.size < mostNames) names.set(spelled, made)
  return made
}

/** One entry of an answer; attributes are asked for in any letter case, options such as `;range=0-9` are part of the name. */
export class Entry {
  readonly dn: string
  readonly #names: AttributeName[] = []
  readonly #values: Value[][] = []

  constructor(dn: string) {
    this.dn = dn
  }

  add(name: AttributeName, values: Value[]): void {
    this.#names.push(name)
    this.#values.push(values)
  }

  /** Every value; none when the attribute was not delivered. `name` in lower case. */
  all(name: string): readonly Value[] {
    for (let at = 0; at < this.#names.length; at++) {
      if (this.#names[at]?.lower === name) return this.#values[at] ?? []
    }
    return []
  }

  texts(name: string): readonly string[] {
    return this.all(name).filter((value): value is string => typeof value === 'string')
  }

  first(name: string): Value | undefined {
    return this.all(name)[0]
  }

  text(name: string): string | undefined {
    const value = this.first(name)
    return typeof value === 'string' ? value : undefined
  }

  *attributes(): Generator<{ readonly spelled: string; readonly lower: string; readonly values: readonly Value[] }> {
    for (const [at, { spelled, lower }] of this.#names.entries()) {
      yield { spelled, lower, values: this.#values[at] ?? [] }
    }
  }
}

/** SearchResultEntry (RFC 4511 4.5.2); the cursor stands at its content, which ends at `end`. Throws `Malformed`. */
export function decodeEntry(cursor: BerCursor, end: number): Entry {
  cursor.expect(tags.octets, end)
  const entry = new Entry(cursor.text())
  const attributesEnd = cursor.expect(tags.sequence, end)
  while (cursor.at < attributesEnd) {
    const attributeEnd = cursor.expect(tags.sequence, attributesEnd)
    cursor.expect(tags.octets, attributeEnd)
    const name = attributeName(cursor.text())
    const setEnd = cursor.expect(tags.set, attributeEnd)
    const values: Value[] = []
    while (cursor.at < setEnd) {
      cursor.expect(tags.octets, setEnd)
      values.push(name.isBinary ? cursor.content() : textOrBytes(cursor))
    }
    entry.add(name, values)
    if (cursor.at !== attributeEnd) throw new Malformed('something follows the values of an attribute')
  }
  if (cursor.at !== end) throw new Malformed('something follows the attributes of an entry')
  return entry
}

function textOrBytes(cursor: BerCursor): Value {
  const start = cursor.at
  const text = cursor.text()
  // The replacement character stands for bytes that are not UTF-8, unless the value really holds it.
  if (!text.includes('\ufffd')) return text
  const bytes = cursor.bytes.subarray(start, cursor.at)
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes
}

/** SearchResultReference: where the search would go on. Throws `Malformed`. */
export function decodeReferences(cursor: BerCursor, end: number): string[] {
  const urls: string[] = []
  while (cursor.at < end) {
    cursor.expect(tags.octets, end)
    urls.push(cursor.text())
  }
  return urls
}

/** How an operation ended. */
export interface Outcome {
  /** RFC 4511 A.1; 0 = success. */
  readonly code: number
  readonly matchedDn: string
  readonly diagnostic: string
  readonly referrals: readonly string[]
  /** Cookie of the paging control; undefined when the answer had no such control, empty at the end of a listing. */
  readonly cookie: Buffer | undefined
  /** Values of other controls of the answer by their object identifier. */
  readonly controls: ReadonlyMap<string, Buffer>
}

export const pagingOid = '1.2.840.113556.1.4.319'

/** LDAPResult with its controls; the cursor stands at the content of the operation. Throws `Malformed`. */
export function decodeOutcome(cursor: BerCursor, end: number, messageEnd: number): Outcome {
  const code = cursor.integer(tags.enumerated, end)
  cursor.expect(tags.octets, end)
  const matchedDn = cursor.text()
  cursor.expect(tags.octets, end)
  const diagnostic = cursor.text()
  let referrals: string[] = []
  while (cursor.at < end) {
    if (cursor.open(end) === tags.referral) referrals = decodeReferences(cursor, cursor.at + cursor.length)
    else cursor.skip()
  }
  const controls = cursor.at < messageEnd ? decodeControls(cursor, messageEnd) : new Map<string, Buffer>()
  const paging = controls.get(pagingOid)
  return {
    code,
    matchedDn,
    diagnostic,
    referrals,
    cookie: paging === undefined ? undefined : pagingCookie(paging),
    controls,
  }
}

function decodeControls(cursor: BerCursor, end: number): Map<string, Buffer> {
  const controls = new Map<string, Buffer>()
  const listEnd = cursor.expect(tags.controls, end)
  while (cursor.at < listEnd) {
    const controlEnd = cursor.expect(tags.sequence, listEnd)
    cursor.expect(tags.octets, controlEnd)
    const oid = cursor.text()
    let value = Buffer.alloc(0)
    while (cursor.at < controlEnd) {
      if (cursor.open(controlEnd) === tags.octets) value = Buffer.from(cursor.content())
      else cursor.skip()
    }
    controls.set(oid, value)
  }
  return controls
}

/** realSearchControlValue of RFC 2696. */
function pagingCookie(value: Buffer): Buffer {
  const cursor = new BerCursor(value)
  const end = cursor.expect(tags.sequence, value.length)
  cursor.integer(tags.integer, end)
  cursor.expect(tags.octets, end)
  return cursor.content()
}
