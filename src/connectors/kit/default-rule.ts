import type { MappingRule, Step } from '../../domain/mapping.ts'

/** A character no name holds; it marks a full name that is there, see `fullName`. */
const mark = '\u001f'

/** The first of several attributes that has a value. */
export function firstOf(attributes: readonly string[]): MappingRule {
  const [from, ...others] = attributes
  return { ...(from === undefined ? {} : { from }), steps: fallbacks(others), onlyIfEmpty: false }
}

/**
 * The full name as the source has it, else given name and surname. A chain of steps has no "else": a full name gets a
 * mark at its end, the other names are joined behind it, and what stands behind a mark is dropped again.
 */
export function fullName(
  fullNames: readonly string[],
  givenNames: readonly string[],
  surnames: readonly string[],
): MappingRule {
  const [from, ...others] = fullNames
  const [given, ...rest] = [...givenNames, ...surnames]
  const joined: Step[] = given === undefined ? [] : [{ join: { with: [given, ...rest], separator: ' ' } }]
  return {
    ...(from === undefined ? {} : { from }),
    steps: [...fallbacks(others), { suffix: mark }, ...joined, { before: mark }],
    onlyIfEmpty: false,
  }
}

function fallbacks(attributes: readonly string[]): Step[] {
  return attributes.map((fallback) => ({ fallback }))
}
