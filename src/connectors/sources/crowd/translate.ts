import { type AttributeValue, foldCase, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import { idOf } from '../../kit/crowd/reader.ts'
import type { CrowdGroup, CrowdUser } from '../../kit/crowd/schemas.ts'

/** Never shown and never mapped. */
const leftOut = /password|secret|token/i

/** Records of Crowd as records of ours, under Crowd's own names. Pure. */
export function asUser(user: CrowdUser): SourceUser {
  const attributes: Record<string, AttributeValue> = {
    name: user.name,
    email: user.email || null,
    'first-name': user['first-name'] || null,
    'last-name': user['last-name'] || null,
    'display-name': user['display-name'] || null,
  }
  for (const { name, values } of user.attributes?.attributes ?? []) {
    if (leftOut.test(name) || Object.hasOwn(attributes, name)) continue
    const [only, ...more] = values ?? []
    attributes[name] = only === undefined ? null : more.length === 0 ? only : [only, ...more]
  }
  return { key: idOf(user), active: user.active !== false, attributes }
}

/** A group is its name, whatever its letter case: Crowd cannot rename it. */
export function asGroup({ name, description }: CrowdGroup): SourceGroup {
  return { key: foldCase(name), name, ...(description ? { description } : {}) }
}
