import type { ConnectionConfig } from '../../domain/connection.ts'
import { attributesRead } from '../../domain/mapping.ts'
import type { Notes } from './notes.ts'
import type { TargetFacts } from './target-facts.ts'

/** Custom attributes that the target has no place for, that nobody would see (D27), or that never have a value. */
export function checkCustomAttributes(
  { users }: ConnectionConfig,
  target: TargetFacts | undefined,
  notes: Notes,
): void {
  for (const [id, rule] of Object.entries(users.customAttributes)) {
    const place = ['users', 'customAttributes', id]
    if (attributesRead(rule).size === 0 && !rule.steps.some((step) => 'constant' in step)) {
      notes.refuse(place, 'never has a value: it reads no attribute', 'Add from: <attribute>, or a constant step.')
    }
    if (target === undefined) continue
    if (target.custom === undefined) {
      notes.refuse(
        place,
        `cannot be kept: ${target.title} has no place for custom attributes with these settings`,
        'Give the target what its connector needs for them (for Jira Cloud an API token), or take the mapping out.',
      )
    } else if (target.custom.hidden === true) {
      notes.warn(place, `is kept where people do not see it: ${target.custom.seen}`, 'Fine for apps and the REST API.')
    }
  }
}
