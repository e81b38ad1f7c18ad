import { fail } from '../../../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'
import { path, textOf, textsAt, valueAt } from './path.ts'
import type { ActiveRule, PeopleMap, Recipe } from './recipe.ts'

/** Never shown and never mapped. */
export const leftOut = /(password|passwd|pwd|secret|token|otp|ssn)$/i

const named = ['userName', 'email', 'displayName', 'givenName', 'familyName'] as const

/** The id of an entry; an entry without one makes a list worthless. */
export function idAt(value: unknown, at: string, what: string, position: number): string {
  const told = valueAt(value, path(at))
  const id = textOf(told)
  if (typeof told === 'number' && Number.isInteger(told) && !Number.isSafeInteger(told)) {
    throw fail.incompleteRead(`Entry ${position + 1} of ${what} has a number at ${at} that is too large to be exact.`, {
      hint: 'Two people could have the same id. Ask the API for ids as texts, or take another field as id.',
    })
  }
  if (id !== undefined) return id
  throw fail.incompleteRead(`Entry ${position + 1} of ${what} has nothing at ${at}, where its id should be.`, {
    hint: 'Correct the path of the id; every entry must have one.',
  })
}

export function asUser(value: unknown, map: PeopleMap, position = 0): SourceUser {
  const attributes: Record<string, string | readonly string[]> = {}
  const add = (name: string, texts: readonly string[]) => {
    const [only] = texts
    if (only !== undefined && !leftOut.test(name)) attributes[name] = texts.length === 1 ? only : texts
  }
  const further = map.attributes === '*' ? firstLevel(value) : Object.entries(map.attributes)
  for (const [name, at] of further) add(name, textsAt(value, path(at)))
  for (const name of named) {
    const at = map[name]
    // Not set there means that an attribute of the same name stays as it came.
    if (at !== undefined) add(name, textsAt(value, path(at)).slice(0, 1))
  }
  return { key: idAt(value, map.id, 'people', position), active: isActive(value, map.active), attributes }
}

function firstLevel(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .filter((name) => !/['\]]/.test(name))
    .map((name) => [name, `$['${name}']`])
}

/** Only what is said counts: neither an absent nor an unexpected value makes anybody inactive, unless the rule says so. */
export function isActive(value: unknown, rule: ActiveRule | undefined): boolean {
  if (rule === undefined) return true
  const told = textOf(valueAt(value, path(rule.path)))?.toLowerCase()
  if (told === undefined) return true
  const isOneOf = (some: readonly unknown[] = []) => some.some((each) => String(each).toLowerCase() === told)
  if (isOneOf(rule.falseWhen)) return false
  return rule.trueWhen === undefined || isOneOf(rule.trueWhen)
}

export function asGroup(value: unknown, { map }: NonNullable<Recipe['groups']>, position = 0): SourceGroup {
  const key = idAt(value, map.id, 'groups', position)
  const name = textOf(valueAt(value, path(map.name)))
  if (name === undefined) {
    throw fail.incompleteRead(`The group ${key} has nothing at ${map.name}, where its name should be.`, {
      hint: 'Correct the path of the name.',
    })
  }
  const description = map.description === undefined ? undefined : textOf(valueAt(value, path(map.description)))
  return { key, name, ...(description === undefined ? {} : { description }) }
}

/** Who an entry of a list of members is. */
export function asMember(
  value: unknown,
  rule: {
    readonly idPath: string
    readonly kind?: { readonly path: string; readonly groupWhen: readonly string[] } | undefined
  },
  position: number,
): MemberRef {
  const key = idAt(value, rule.idPath, 'members', position)
  const kind = rule.kind === undefined ? undefined : textOf(valueAt(value, path(rule.kind.path)))
  return { kind: kind !== undefined && rule.kind?.groupWhen.includes(kind) === true ? 'group' : 'user', key }
}
