import { sql } from 'kysely'
import type { PushKind } from '../../ports/push-directory.ts'
import { comparableDocument } from '../../scim/comparable.ts'
import { scimFault } from '../../scim/error.ts'
import { isArray, isObject, type JsonObject, own } from '../../scim/json.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { foldText } from '../../scim/text.ts'

export const resourceColumns = sql`r.id, r.kind, r.source_key as "sourceKey", r.document, r.version,
  r.member_count as "memberCount",   r.created_at as "createdAt", r.modified_at as "modifiedAt"`

export function kindOf(type: ResourceType): PushKind {
  return type.name === 'Group' ? 'group' : 'user'
}

/** What of a document has columns of its own. */
export interface DocumentColumns {
  readonly name: string
  readonly nameKey: string
  readonly externalId: string | null
  readonly mailKeys: readonly string[]
  readonly document: string
  readonly folded: string
}

export function columnsOf(type: ResourceType, document: JsonObject): DocumentColumns {
  const nameOf = kindOf(type) === 'group' ? 'displayName' : 'userName'
  const name = textOf(document, nameOf) ?? ''
  const emails = own(document, 'emails')
  const mails = isArray(emails) ? emails.flatMap((each) => (isObject(each) ? (textOf(each, 'value') ?? []) : [])) : []
  const externalId = textOf(document, 'externalId') ?? null
  return {
    name,
    nameKey: indexable(nameOf, foldText(name)),
    externalId: externalId === null ? null : indexable('externalId', externalId),
    mailKeys: [...new Set(mails.map(foldText).filter(isIndexable))],
    document: JSON.stringify(document),
    folded: JSON.stringify(comparableDocument(type, document)),
  }
}

/** Longest key an index holds, in bytes, with room for what stands beside it. */
const longestKeyBytes = 2_000

export function isIndexable(key: string): boolean {
  return Buffer.byteLength(key) <= longestKeyBytes
}

function indexable(attribute: string, key: string): string {
  if (isIndexable(key)) return key
  throw scimFault.invalidValue(`${attribute} is longer than ${longestKeyBytes} bytes.`)
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = own(object, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
