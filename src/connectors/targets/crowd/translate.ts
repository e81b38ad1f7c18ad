import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { type Attributes, type AttributeValue, foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import { idOf } from '../../kit/crowd/reader.ts'
import type { CrowdGroup, CrowdUser } from '../../kit/crowd/schemas.ts'

/** Records of Crowd as records of ours. Pure. */

/** Begins the names of our custom attributes in Crowd; lists end with `[]`, so that a list of one stays a list. */
const prefix = 'muster.'
const listMark = '[]'

export function accountOf(user: CrowdUser): TargetAccount {
  const custom = customOf(user)
  return {
    id: idOf(user),
    kind: 'person',
    state: user.active === false ? 'suspended' : 'active',
    userName: user.name,
    email: user.email ?? '',
    displayName: user['display-name'] ?? '',
    attributes: { givenName: user['first-name'] || null, familyName: user['last-name'] || null },
    ...(custom === undefined ? {} : { custom }),
  }
}

/** Undefined where attributes were not told, or none of them is ours. */
function customOf({ attributes }: CrowdUser): Attributes | undefined {
  const found: Record<string, AttributeValue> = {}
  for (const { name, values } of attributes?.attributes ?? []) {
    if (!name.startsWith(prefix)) continue
    const id = name.slice(prefix.length)
    if (id.endsWith(listMark)) found[id.slice(0, -listMark.length)] = values ?? []
    else found[id] = values?.[0] ?? null
  }
  return Object.keys(found).length === 0 ? undefined : found
}

/** Names of our attributes that an account has. */
export function customNames({ attributes }: CrowdUser): readonly string[] {
  return (attributes?.attributes ?? []).map(({ name }) => name).filter((name) => name.startsWith(prefix))
}

/** The values as attributes of Crowd; empty ones are none. */
export function customAttributesOf(
  values: Attributes,
): readonly { readonly name: string; readonly values: readonly string[] }[] {
  return Object.entries(values).flatMap(([id, value]) => {
    if (value === null || value.length === 0) return []
    return typeof value === 'string'
      ? [{ name: `${prefix}${id}`, values: [value] }]
      : [{ name: `${prefix}${id}${listMark}`, values: value }]
  })
}

const builtIn = new Set(builtInProtectedGroups.map(foldCase))

/** A group is its name; Crowd can neither rename it nor say whether it administers something. */
export function groupOf({ name, description, active }: CrowdGroup, adminNames: ReadonlySet<string>): TargetGroup {
  return {
    id: name,
    name,
    ...(description ? { description } : {}),
    ...(active === false ? { readOnlyBecause: 'this group is switched off in Crowd' } : {}),
    grantsAdmin: builtIn.has(foldCase(name)) || adminNames.has(foldCase(name)),
  }
}
