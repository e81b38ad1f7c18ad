import type { PushResource, PushShown, PushWritten } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'
import { assertVersion, etagOf, isUnmodified } from '../../scim/etag.ts'
import { type Json, type JsonObject, own } from '../../scim/json.ts'
import { projection } from '../../scim/projection.ts'
import { listQueryFromUrl } from '../../scim/query.ts'
import { createDocument, patchDocument, replaceDocument, type Written } from '../../scim/resource.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { ScimAnswer, ScimRequest } from './answer.ts'
import { represent, wantsRelated } from './represent.ts'
import { bodyOf, locationOf, type ScimScope } from './scope.ts'

/** A written group answers with its members only up to here, unless they are asked for: 5,000 of them help nobody. */
const mostMembersUnasked = 1_000

/** What one write needs; a bulk operation brings the same. */
export interface WriteRequest {
  readonly query: URLSearchParams
  readonly ifMatch?: string | undefined
  readonly body?: Json | undefined
}

export async function createResource(scope: ScimScope, type: ResourceType, request: WriteRequest): Promise<ScimAnswer> {
  const { directory, source, settings } = scope
  const written = createDocument(type, bodyOf(request.body), settings)
  const document = type.name === 'User' ? withActive(written.document) : written.document
  const write = { document, members: written.members }
  const result = await directory.create(source, type, write, settings, shownOf(type, request.query))
  // Nobody is in a group at the moment of creation.
  const resource = type.name === 'User' ? { ...result.resource, related: [] } : result.resource
  return {
    status: 201,
    headers: { location: locationOf(scope, type, resource.id), etag: etagOf(resource.version) },
    body: await shown(scope, type, resource, request.query),
    subject: subjectOf(resource),
    notices: noticesOf(written, result),
    isChange: true,
  }
}

/** Whoever is created without a word about it is active. */
function withActive(document: JsonObject): JsonObject {
  return own(document, 'active') === undefined ? { ...document, active: true } : document
}

export async function readResource(
  scope: ScimScope,
  type: ResourceType,
  id: string,
  request: ScimRequest,
): Promise<ScimAnswer> {
  const { attributes, excludedAttributes } = listQueryFromUrl(namesOnly(request.query))
  const seen = projection(type, { attributes, excludedAttributes })
  const resource = await scope.directory.get(scope.source, type, id, { withRelated: wantsRelated(type, seen) })
  if (resource === undefined) throw noSuch(type, id)
  const headers = { etag: etagOf(resource.version) }
  if (isUnmodified(request.ifNoneMatch, resource.version)) return { status: 304, headers, subject: subjectOf(resource) }
  const [body] = await represent(scope, type, [resource], seen)
  return {
    status: 200,
    headers: { ...headers, location: locationOf(scope, type, id) },
    body,
    subject: subjectOf(resource),
  }
}

export async function replaceResource(
  scope: ScimScope,
  type: ResourceType,
  id: string,
  request: WriteRequest,
): Promise<ScimAnswer> {
  const body = bodyOf(request.body)
  const make = ({ document }: PushResource) => replaceDocument(type, document, body, scope.settings)
  const { written, result } = await change(scope, type, id, request, make, shownOf(type, request.query))
  return changed(result, written, 200, await shown(scope, type, result.resource, request.query))
}

export async function patchResource(
  scope: ScimScope,
  type: ResourceType,
  id: string,
  request: WriteRequest,
): Promise<ScimAnswer> {
  const body = bodyOf(request.body)
  // Groups: 204 is what Entra wants, and nobody needs the members back. People: the whole person (scim.md 2.1).
  const isShown = type.name === 'User' || request.query.has('attributes') || request.query.has('excludedAttributes')
  const make = (current: PushResource) => patchDocument(type, current, body, scope.settings)
  const { written, result } = await change(
    scope,
    type,
    id,
    request,
    make,
    isShown ? shownOf(type, request.query) : undefined,
  )
  refuseAllUnknown(written, result)
  if (!isShown) return changed(result, written, 204, undefined)
  return changed(result, written, 200, await shown(scope, type, result.resource, request.query))
}

export async function removeResource(
  scope: ScimScope,
  type: ResourceType,
  id: string,
  { ifMatch }: Pick<WriteRequest, 'ifMatch'>,
): Promise<ScimAnswer> {
  let subject: string | undefined
  const removed = await scope.directory.remove(scope.source, type, id, (current) => {
    assertVersion(ifMatch, current.version)
    subject = subjectOf(current)
  })
  if (!removed) throw noSuch(type, id)
  return { status: 204, subject, isChange: true }
}

/** One transaction: what `make` throws leaves everything as it was. */
async function change(
  { directory, source, settings }: ScimScope,
  type: ResourceType,
  id: string,
  { ifMatch }: WriteRequest,
  make: (current: PushResource) => Written,
  shown?: PushShown,
): Promise<{ readonly written: Written; readonly result: PushWritten }> {
  let written: Written | undefined
  const decide = (current: PushResource) => {
    assertVersion(ifMatch, current.version)
    written = make(current)
    return written
  }
  const result = await directory.update(source, type, id, decide, settings, shown)
  if (result === undefined || written === undefined) throw noSuch(type, id)
  return { written, result }
}

/** One unknown member must not lose a push, but a push of nothing but unknown members is a mistake (scim.md 2.2). */
function refuseAllUnknown({ members }: Written, { unknownMembers, isChanged }: PushWritten): void {
  const named = members.flatMap((step) =>
    step.kind === 'change' ? step.add : step.kind === 'replace' ? step.members : [],
  )
  if (isChanged || unknownMembers.length === 0 || unknownMembers.length < named.length) return
  throw scimFault.invalidValue(`This directory has none of the members named: ${listed(unknownMembers)}.`)
}

function changed(result: PushWritten, written: Written, status: 200 | 204, body: JsonObject | undefined): ScimAnswer {
  return {
    status,
    headers: { etag: etagOf(result.resource.version) },
    ...(body === undefined ? {} : { body }),
    subject: subjectOf(result.resource),
    notices: noticesOf(written, result),
    isChange: result.isChanged,
  }
}

/** What of a written resource will be shown. Throws what is wrong with the names, before anything is written. */
function shownOf(type: ResourceType, query: URLSearchParams): PushShown {
  const names = listQueryFromUrl(namesOnly(query))
  const isWanted = wantsRelated(type, projection(type, names))
  if (type.name === 'User' || !isWanted) return {}
  return { membersUpTo: names.attributes.length === 0 ? mostMembersUnasked : Number.POSITIVE_INFINITY }
}

async function shown(
  scope: ScimScope,
  type: ResourceType,
  resource: PushResource,
  query: URLSearchParams,
): Promise<JsonObject | undefined> {
  const { attributes, excludedAttributes } = listQueryFromUrl(namesOnly(query))
  const isLarge = resource.memberCount > mostMembersUnasked && attributes.length === 0
  const names = { attributes, excludedAttributes: isLarge ? [...excludedAttributes, 'members'] : excludedAttributes }
  const [body] = await represent(scope, type, [resource], projection(type, names))
  return body
}

function namesOnly(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => /attributes$/i.test(name)))
}

function noticesOf({ notices }: Written, { unknownMembers }: PushWritten): readonly string[] {
  if (unknownMembers.length === 0) return notices
  return [...notices, `Members this directory does not have were left out: ${listed(unknownMembers)}.`]
}

function listed(ids: readonly string[]): string {
  const shownIds = ids.slice(0, 10).map((id) => id.slice(0, 100))
  return ids.length > 10 ? `${shownIds.join(', ')} and ${ids.length - 10} more` : shownIds.join(', ')
}

function subjectOf({ document, kind }: PushResource): string {
  return String(own(document, kind === 'group' ? 'displayName' : 'userName') ?? '')
}

function noSuch(type: ResourceType, id: string) {
  return scimFault.notFound(`There is no ${type.name} with the id "${id.slice(0, 100)}".`)
}
