import type { Attributes, AttributeValue, SourceUser } from '../domain/identity.ts'

/**
 * Records of a source that leaves empty attributes out: what was delivered for anybody is empty where it is missing, and
 * stays unknown where nobody has it, since then the reader may not be allowed to see it (D21).
 */
export function withEmptyAttributes(users: readonly SourceUser[]): readonly SourceUser[] {
  const delivered = new Set<string>()
  for (const user of users) for (const name in user.attributes) delivered.add(name)
  const names = [...delivered]
  return users.map((user) => ({ ...user, attributes: filled(user.attributes, names) }))
}

/** Every record gets its names in one order, so that many of them take little memory. */
function filled(attributes: Attributes, names: readonly string[]): Attributes {
  const all: Record<string, AttributeValue> = new Names()
  for (const name of names) all[name] = Object.hasOwn(attributes, name) ? attributes[name]! : null
  return all
}

/** Inherits nothing: an attribute of a source may be called `constructor` or `__proto__`. */
const Names = (() => {
  function Empty() {}
  Empty.prototype = Object.create(null)
  return Empty as unknown as new () => Record<string, AttributeValue>
})()
