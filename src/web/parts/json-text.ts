import { fail } from '../../domain/errors.ts'

/** The object that a person typed as JSON. Throws `usage` with where it stops being JSON. */
export function jsonObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw fail.usage(`This is not JSON: ${why}`, { hint: 'Look for a missing comma, quote or brace.' })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw fail.usage('This is not a JSON object.', { hint: 'It begins with { and ends with }.' })
}
