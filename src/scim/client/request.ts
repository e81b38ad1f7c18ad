import type { Json } from '../json.ts'

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** One operation in the form every server takes: small letters, an explicit path, JSON booleans (scim.md 8). */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: Json
}

export function patchRequest(operations: readonly PatchOperation[]) {
  return { schemas: [patchSchema], Operations: operations }
}

/** How members are taken out: one filtered path each (RFC 7644 section 3.5.2.2), or a list as Entra sends it. */
export type RemovalForm = 'filter' | 'value'

export function addMembers(ids: readonly string[]): PatchOperation[] {
  return [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }]
}

export function removeMembers(ids: readonly string[], form: RemovalForm): PatchOperation[] {
  if (form === 'value') return [{ op: 'remove', path: 'members', value: ids.map((value) => ({ value })) }]
  return ids.map((id) => ({ op: 'remove', path: `members[${equals('value', id)}]` }))
}

/** A filter for one value; quotes and backslashes are escaped as in JSON (RFC 7644 section 3.4.2.2). */
export function equals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}

/** Encoded so that a blank is `%20` and a plus sign survives. */
export function queryText(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
}
