import { isoTime } from '../../platform/clock.ts'
import type { PushMembership, PushResource } from '../../ports/push-directory.ts'
import { etagOf } from '../../scim/etag.ts'
import type { Json, JsonObject } from '../../scim/json.ts'
import type { Projection } from '../../scim/projection.ts'
import { schemasOf } from '../../scim/resource.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { locationOf, type ScimScope } from './scope.ts'

/** Whether a projection of this type shows memberships. */
export function wantsRelated(type: ResourceType, projection: Projection): boolean {
  return projection.wants(type.name === 'Group' ? 'members' : 'groups')
}

/** Resources as a client sees them. Memberships are read only where the projection shows them and they did not come along. */
export async function represent(
  scope: ScimScope,
  type: ResourceType,
  resources: readonly PushResource[],
  projection: Projection,
): Promise<readonly JsonObject[]> {
  const related = await relatedOf(scope, type, resources, projection)
  return resources.map((resource) => projection.apply(whole(scope, type, resource, related)))
}

type Related =
  | { readonly name: 'members' | 'groups'; readonly of: ReadonlyMap<string, readonly PushMembership[]> }
  | undefined

async function relatedOf(
  { lists, source }: ScimScope,
  type: ResourceType,
  resources: readonly PushResource[],
  projection: Projection,
): Promise<Related> {
  if (!wantsRelated(type, projection)) return undefined
  const isGroup = type.name === 'Group'
  const missing = resources.filter(({ related, memberCount }) => related === undefined && (!isGroup || memberCount > 0))
  const ids = missing.map(({ id }) => id)
  const read = isGroup ? lists.members : lists.groupsOf
  const of = new Map(ids.length === 0 ? [] : await read(source, ids))
  for (const { id, related = [] } of resources) if (related.length > 0) of.set(id, related)
  return { name: isGroup ? 'members' : 'groups', of }
}

function whole(scope: ScimScope, type: ResourceType, resource: PushResource, related: Related): JsonObject {
  const { id, document, version, createdAt, modifiedAt } = resource
  const memberships = related?.of.get(id)
  return {
    schemas: schemasOf(type, document),
    id,
    ...document,
    ...(related === undefined || memberships === undefined
      ? {}
      : { [related.name]: memberships.map((each) => membership(scope, related.name, each)) }),
    meta: {
      resourceType: type.name,
      created: isoTime(createdAt),
      lastModified: isoTime(modifiedAt),
      location: locationOf(scope, type, id),
      version: etagOf(version),
    },
  }
}

function membership(scope: ScimScope, name: 'members' | 'groups', { id, kind, display }: PushMembership): Json {
  const [users, groups] = scope.registry.types
  const type = name === 'groups' ? 'direct' : kind === 'group' ? 'Group' : 'User'
  return {
    value: id,
    $ref: locationOf(scope, kind === 'group' ? groups : users, id),
    ...(display === undefined ? {} : { display }),
    type,
  }
}
