import { boolean, element, integer, octets, sequence, tags } from '../asn1/ber.ts'
import { BerError, BerReader } from '../asn1/ber-reader.ts'
import { type Filter, readFilter } from './filter.ts'

/** Result codes, RFC 4511, 4.1.9. */
export const resultCodes = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  authMethodNotSupported: 7,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
} as const

export interface Control {
  readonly oid: string
  readonly isCritical: boolean
  readonly value: Buffer | undefined
}

export type Scope = 'base' | 'one' | 'sub'

export interface SearchRequest {
  readonly kind: 'search'
  readonly base: string
  readonly scope: Scope
  /** Entries; 0 = as many as there are. */
  readonly sizeLimit: number
  /** Seconds; 0 = as long as it takes. */
  readonly timeLimit: number
  readonly typesOnly: boolean
  readonly filter: Filter
  readonly attributes: readonly string[]
}

export interface BindRequest {
  readonly kind: 'bind'
  readonly version: number
  readonly name: string
  /** Undefined for SASL. */
  readonly password: Buffer | undefined
}

export type Request =
  | BindRequest
  | SearchRequest
  | { readonly kind: 'unbind' }
  | { readonly kind: 'abandon'; readonly id: number }
  | { readonly kind: 'extended'; readonly name: string; readonly value: Buffer | undefined }
  /** A write or a compare, with the tag of its answer. */
  | { readonly kind: 'other'; readonly name: string; readonly answerTag: number }

export interface Message {
  readonly id: number
  readonly request: Request
  readonly controls: readonly Control[]
}

const scopes: readonly Scope[] = ['base', 'one', 'sub']

const others: Readonly<Record<number, readonly [name: string, answerTag: number]>> = {
  102: ['modify', 0x67],
  104: ['add', 0x69],
  74: ['delete', 0x6b],
  108: ['rename', 0x6d],
  110: ['compare', 0x6f],
}

/** Reads one whole LDAPMessage of a client. Throws `BerError`. */
export function readMessage(bytes: Buffer): Message {
  const outer = new BerReader(bytes)
  const message = outer.inside(tags.sequence)
  outer.end()
  const id = message.integer()
  if (id < 0 || id > 0x7fff_ffff) throw new BerError(`${id} is not a message id`)
  const request = readRequest(message)
  const controls = message.tag === 0xa0 ? readControls(message.inside(0xa0)) : []
  message.end()
  return { id, request, controls }
}

function readRequest(message: BerReader): Request {
  switch (message.tag) {
    case 0x60: {
      const bind = message.inside(0x60)
      const version = bind.integer()
      const name = bind.text()
      const password = bind.tag === 0x80 ? bind.bytes(0x80) : undefined
      if (password === undefined) bind.bytes(0xa3)
      bind.end()
      return { kind: 'bind', version, name, password }
    }
    case 0x42:
      message.bytes(0x42)
      return { kind: 'unbind' }
    case 0x50:
      return { kind: 'abandon', id: message.integer(0x50) }
    case 0x63:
      return readSearch(message.inside(0x63))
    case 0x77: {
      const extended = message.inside(0x77)
      const name = extended.text(0x80)
      const value = extended.tag === 0x81 ? extended.bytes(0x81) : undefined
      extended.end()
      return { kind: 'extended', name, value }
    }
    default: {
      const { tag = 0 } = message
      const other = others[tag]
      if (other === undefined) throw new BerError(`There is no request with tag ${tag}`)
      message.bytes(tag)
      return { kind: 'other', name: other[0], answerTag: other[1] }
    }
  }
}

function readSearch(search: BerReader): SearchRequest {
  const base = search.text()
  const scope = scopes[search.integer(tags.enumerated)]
  if (scope === undefined) throw new BerError('There are three scopes, 0 to 2')
  search.integer(tags.enumerated)
  const sizeLimit = search.integer()
  const timeLimit = search.integer()
  if (sizeLimit < 0 || timeLimit < 0) throw new BerError('A limit is below zero')
  const typesOnly = search.boolean()
  const filter = readFilter(search)
  const list = search.inside(tags.sequence)
  const attributes: string[] = []
  while (!list.atEnd) attributes.push(list.text())
  search.end()
  return { kind: 'search', base, scope, sizeLimit, timeLimit, typesOnly, filter, attributes }
}

function readControls(list: BerReader): Control[] {
  const controls: Control[] = []
  while (!list.atEnd) {
    const control = list.inside(tags.sequence)
    const oid = control.text()
    const isCritical = control.tag === tags.boolean ? control.boolean() : false
    const value = control.tag === tags.octetString ? control.bytes(tags.octetString) : undefined
    control.end()
    controls.push({ oid, isCritical, value })
  }
  return controls
}

export interface Result {
  readonly code: number
  readonly matchedDn?: string
  readonly message?: string
  readonly referrals?: readonly string[]
}

export interface ResultAttribute {
  readonly name: string
  readonly values: readonly (string | Buffer)[]
}

export const answerTags = { bind: 0x61, searchDone: 0x65, extended: 0x78 } as const

/** An answer that ends an operation. `responseName` only in extended ones. */
export function resultMessage(
  id: number,
  tag: number,
  { code, matchedDn = '', message = '', referrals }: Result,
  controls: readonly Control[] = [],
  extended: { readonly responseName?: string; readonly responseValue?: Buffer } = {},
): Buffer {
  const body = element(
    tag,
    integer(code, tags.enumerated),
    octets(matchedDn),
    octets(message),
    ...(referrals === undefined ? [] : [element(0xa3, ...referrals.map((uri) => octets(uri)))]),
    ...(extended.responseName === undefined ? [] : [octets(extended.responseName, 0x8a)]),
    ...(extended.responseValue === undefined ? [] : [octets(extended.responseValue, 0x8b)]),
  )
  return sequence(integer(id), body, ...writeControls(controls))
}

export function entryMessage(id: number, dn: string, attributes: readonly ResultAttribute[]): Buffer {
  const list = attributes.map(({ name, values }) =>
    sequence(octets(name), element(tags.set, ...values.map((value) => octets(value)))),
  )
  return sequence(integer(id), element(0x64, octets(dn), sequence(...list)))
}

export function referenceMessage(id: number, uris: readonly string[]): Buffer {
  return sequence(integer(id), element(0x73, ...uris.map((uri) => octets(uri))))
}

/** RFC 4511, 4.4.1: the server is about to close the connection. */
export function noticeOfDisconnection(code: number, message: string): Buffer {
  return resultMessage(0, answerTags.extended, { code, message }, [], { responseName: '1.3.6.1.4.1.1466.20036' })
}

function writeControls(controls: readonly Control[]): Buffer[] {
  if (controls.length === 0) return []
  const list = controls.map(({ oid, isCritical, value }) =>
    sequence(octets(oid), ...(isCritical ? [boolean(true)] : []), ...(value === undefined ? [] : [octets(value)])),
  )
  return [element(0xa0, ...list)]
}
