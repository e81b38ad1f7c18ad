import type { Narrowing } from '../server/faults.ts'

/** What faults and counts of the directory server go by. */
export const ldapOperations = ['connect', 'bind', 'search', 'startTls', 'unbind', 'abandon', 'extended', 'write']

/** What goes wrong, with one of `ldapOperations`. */
export type LdapFaultEffect =
  /** Waits so long before it answers; each page of a listing is an operation of its own. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Silent until released or `ms` (60 000 unless told) have passed, then answered. On `connect`: not even TLS begins. */
  | { readonly kind: 'hold'; readonly ms?: number }
  /** All entries, but never the message that ends the search. */
  | { readonly kind: 'no-end' }
  /** A result code in place of the answer, or after so many entries of this page. */
  | { readonly kind: 'result'; readonly code: number; readonly message?: string; readonly afterEntries?: number }
  /** A refused bind in the words of the product; reasons as in Active Directory: `locked`, `password-expired`, ... */
  | { readonly kind: 'refuse-bind'; readonly reason?: string }
  /** Result code 10 with these URIs. */
  | { readonly kind: 'referral'; readonly uris: readonly string[] }
  /** Continuation references among the entries of the page. */
  | { readonly kind: 'references'; readonly uris: readonly string[] }
  /** A page without entries but with a cookie; nothing is lost, the entries come with the next page. */
  | { readonly kind: 'empty-page' }
  /** The page ends after `keep` entries (0) without a cookie and says success: the rest is lost silently. */
  | { readonly kind: 'cut-page'; readonly keep?: number }
  /** The cookie of the client is refused, as after a restart; `code` and `message` are the product's unless told. */
  | { readonly kind: 'refuse-cookie'; readonly code?: number; readonly message?: string }
  /** The first `count` (1) entries of the page come a second time, at its end. */
  | { readonly kind: 'duplicate-entries'; readonly count?: number }
  /** Once this page has left, the next `count` entries of the listing are truly removed from the directory. */
  | { readonly kind: 'remove-next'; readonly count: number }
  /** The connection is closed: before the answer, or after so many entries, in the middle of a message if wanted. */
  | { readonly kind: 'close'; readonly afterEntries?: number; readonly midMessage?: boolean }
  /** The server says that it closes the connection (RFC 4511, 4.4.1), and does. */
  | { readonly kind: 'disconnect-notice'; readonly code?: number; readonly message?: string }
  /** Values of one attribute are cut: half of the list is missing, and the answer does not say so (or stops answering). */
  | { readonly kind: 'half-values'; readonly attribute: string; readonly says?: 'complete' | 'nothing' }
  /** Each value of one attribute lacks its second half. */
  | { readonly kind: 'half-value'; readonly attribute: string }
  /** The reader does not see these attributes. */
  | { readonly kind: 'hide-attributes'; readonly attributes: readonly string[] }
  /** The reader does not see entries at or below these DNs. */
  | { readonly kind: 'hide-below'; readonly dns: readonly string[] }
  /** The first answer is not BER: an indefinite length, a length beyond the end, a wrong tag, or just noise. */
  | { readonly kind: 'malformed'; readonly how: 'indefinite' | 'too-long' | 'wrong-tag' | 'noise' }
  /** All answers carry the id of another request; with `extra` a stray one comes before the true ones. */
  | { readonly kind: 'wrong-message-id'; readonly extra?: boolean }

export type LdapFault = LdapFaultEffect &
  Narrowing & {
    /** Only this page of a listing, counted from 1. */
    readonly page?: number
  }

type Check = (body: Readonly<Record<string, unknown>>) => string | undefined

const isText =
  (name: string): Check =>
  (body) =>
    typeof body[name] === 'string' ? undefined : `${name} is required`
const isNumber =
  (name: string): Check =>
  (body) =>
    typeof body[name] === 'number' ? undefined : `${name} is required`
const isList =
  (name: string): Check =>
  (body) => {
    const value = body[name]
    const fits = Array.isArray(value) && value.every((each) => typeof each === 'string')
    return fits ? undefined : `${name} is a list of texts`
  }
const anything: Check = () => undefined

const checks: Record<LdapFaultEffect['kind'], Check> = {
  slow: isNumber('ms'),
  hold: anything,
  'no-end': anything,
  result: isNumber('code'),
  'refuse-bind': anything,
  referral: isList('uris'),
  references: isList('uris'),
  'empty-page': anything,
  'cut-page': anything,
  'refuse-cookie': anything,
  'duplicate-entries': anything,
  'remove-next': isNumber('count'),
  close: anything,
  'disconnect-notice': anything,
  'half-values': isText('attribute'),
  'half-value': isText('attribute'),
  'hide-attributes': isList('attributes'),
  'hide-below': isList('dns'),
  malformed: (body) =>
    ['indefinite', 'too-long', 'wrong-tag', 'noise'].includes(String(body.how)) ? undefined : 'how is required',
  'wrong-message-id': anything,
}

/** Throws unless the JSON is a fault; for the control API. */
export function checkLdapFault(body: Readonly<Record<string, unknown>>): LdapFault {
  if (typeof body.operations !== 'string') throw new Error('operations is required')
  const check = checks[body.kind as LdapFaultEffect['kind']]
  if (check === undefined) throw new Error(`kind is one of ${Object.keys(checks).join(', ')}`)
  const problem = check(body)
  if (problem !== undefined) throw new Error(problem)
  return body as unknown as LdapFault
}
