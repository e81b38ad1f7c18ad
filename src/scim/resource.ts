import { scimFault } from './error.ts'
import { isEqualJson, isObject, type Json, type JsonObject, kindOf, own } from './json.ts'
import { applyEdit } from './patch/apply.ts'
import { type Edit, type EditContext, editsOf, editsOfMembers } from './patch/edit.ts'
import { type MemberStep, memberSteps } from './patch/members.ts'
import { parsePatchRequest } from './patch/request.ts'
import type { Attribute, ResourceType, Schema } from './schema/attribute.ts'

/**
 * What a client may write about a resource, in canonical form: canonical names, extensions under their URN, nothing of
 * `id`, `meta`, `schemas`, `groups`, no password, and no members (those are rows).
 */
export type Document = JsonObject

/** What a request comes to. */
export interface Written {
  readonly document: Document
  /** False when the document is as it was. */
  readonly isChanged: boolean
  readonly members: readonly MemberStep[]
  /** What was tolerated or passed over, as sentences for the log of requests. */
  readonly notices: readonly string[]
}

export interface WriteOptions {
  /** Unknown attributes are refused with 400 invalidPath instead of passed over. @default false */
  readonly strict?: boolean
}

/** More sentences than these help nobody. */
const mostNotices = 50

/** The body of a POST. Throws 400 when it cannot become a resource of the type. */
export function createDocument(type: ResourceType, body: Json, options: WriteOptions = {}): Written {
  return write(type, {}, {}, bodyEdits(body), options)
}

/**
 * The body of a PUT. What is left out is cleared (RFC 7644 section 3.5.1), but for what a client does not mean by leaving
 * it out: its own id for the resource, and whether a person is active.
 */
export function replaceDocument(
  type: ResourceType,
  current: Document,
  body: Json,
  options: WriteOptions & { /** @default 'clear' */ readonly omittedMembers?: 'clear' | 'keep' } = {},
): Written {
  const kept = Object.entries(current).filter(([name]) => name === 'externalId' || stays(type, name))
  const written = write(type, current, Object.fromEntries(kept), bodyEdits(body), options)
  for (const { schema, attribute } of immutableAttributes(type)) {
    const [before, after] = [current, written.document].map((each) => within(each, type, schema, attribute))
    if (before !== undefined && (after === undefined || !isEqualJson(before, after))) {
      throw scimFault.mutability(`${attribute.name} cannot be changed once it is set.`)
    }
  }
  const rows = type.schema.attributes.find(({ keptAsRows }) => keptAsRows === true)
  if (rows === undefined || options.omittedMembers === 'keep' || written.members.length > 0) return written
  return { ...written, members: [{ kind: 'replace', members: [] }] }
}

/** A PATCH: all of its operations or, by an exception, none. */
export function patchDocument(
  type: ResourceType,
  current: { readonly id: string; readonly document: Document },
  body: Json,
  options: WriteOptions = {},
): Written {
  const operations = parsePatchRequest(body)
  const edits = (context: EditContext) => editsOf(operations, context)
  return write(type, current.document, current.document, edits, options, current.id)
}

function bodyEdits(body: Json): (context: EditContext) => readonly Edit[] {
  if (!isObject(body)) throw scimFault.invalidSyntax(`A resource should be an object, but ${kindOf(body)} came.`)
  // A list of members in a whole resource is the whole list; elsewhere adding to nothing is the same as setting.
  return (context) => editsOfMembers(body, undefined, { op: 'replace', nth: 1 }, context)
}

function write(
  type: ResourceType,
  current: Document,
  start: Document,
  editsFor: (context: EditContext) => readonly Edit[],
  { strict = false }: WriteOptions,
  id?: string,
): Written {
  const notices = new Set<string>()
  const notice = (sentence: string) => {
    if (notices.size < mostNotices) notices.add(sentence)
  }
  const edits = editsFor({ type, strict, notice }).filter((edit) => isAllowed(edit, id))
  const onRows = edits.filter(({ ref }) => ref.attribute.keptAsRows === true)
  const members = memberSteps(onRows, notice)
  let document = start
  for (const edit of edits) if (edit.ref.attribute.keptAsRows !== true) document = applyEdit(document, edit, notice)
  for (const { name, required } of type.schema.attributes) {
    if (required && own(document, name) === undefined) throw scimFault.invalidValue(`${name} is required.`)
  }
  return {
    document,
    isChanged: document !== current && !isEqualJson(document, current),
    members,
    notices: [...notices],
  }
}

/** Whether an edit counts: what only this server writes is passed over, or refused where it was asked for by name. */
function isAllowed({ ref, isNamed, where, value }: Edit, id: string | undefined): boolean {
  const { attribute } = ref
  if (attribute.name === 'id') {
    if (id !== undefined && value !== id) throw scimFault.mutability(`The id cannot be changed (${where}).`)
    return false
  }
  if (attribute.returned === 'never') return false
  if (attribute.mutability !== 'readOnly') return true
  const isHarmless = attribute.name === 'groups' || attribute.name === 'schemas'
  if (isNamed && !isHarmless) throw scimFault.mutability(`${attribute.name} cannot be changed by a client (${where}).`)
  return false
}

function stays(type: ResourceType, name: string): boolean {
  return type.schema.attributes.some((each) => each.name === name && each.staysWhenAbsent === true)
}

function immutableAttributes(type: ResourceType) {
  return [type.schema, ...type.extensions].flatMap((schema) =>
    schema.attributes
      .filter(({ mutability }) => mutability === 'immutable')
      .map((attribute) => ({ schema, attribute })),
  )
}

function within(document: Document, type: ResourceType, schema: Schema, attribute: Attribute): Json | undefined {
  const container = schema === type.schema ? document : own(document, schema.id)
  return isObject(container) ? own(container, attribute.name) : undefined
}

/** The schemas a document uses: the core one, and each extension it holds something of (RFC 7643 section 3). */
export function schemasOf(type: ResourceType, document: Document): readonly string[] {
  const extensions = Object.keys(document).filter((name) => name.includes(':'))
  return [type.schema.id, ...extensions]
}
