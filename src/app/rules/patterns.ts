import type { ConnectionConfig } from '../../domain/connection.ts'
import type { Step } from '../../domain/mapping.ts'
import type { Pattern } from '../../domain/pattern.ts'
import { matchesNothing, senseOf } from '../../domain/pattern-sense.ts'
import type { Path } from '../finding.ts'
import type { Notes } from './notes.ts'

/** Expressions that match nothing never do what they were written for; those that match everything do too much. */
export function checkPatterns({ groups, users }: ConnectionConfig, notes: Notes): void {
  const check = (at: Path, patterns: readonly Pattern[], everything: (place: Path) => void) => {
    for (const [index, pattern] of patterns.entries()) {
      if (typeof pattern === 'string') continue
      const place = [...at, index, 'matches']
      const sense = senseOf(pattern.matches)
      if (sense === 'nothing') notes.refuse(place, 'matches no name at all', 'Correct the expression, or take it out.')
      if (sense === 'everything') everything(place)
    }
  }
  const pointless = (place: Path) => notes.warn(place, 'matches everything', 'Without it the rule means the same.')

  check(['groups', 'scope', 'include'], groups.scope.include, pointless)
  check(['groups', 'scope', 'exclude'], groups.scope.exclude, (place) =>
    notes.refuse(place, 'matches every name, so no group takes part', 'To leave all groups out: groups.import: false.'),
  )
  check(['groups', 'protected'], groups.protected, (place) =>
    notes.warn(
      place,
      'matches every name, so nobody is ever taken out of any group',
      'If that is meant, groups.ownership: add-only says it better.',
    ),
  )
  for (const list of ['include', 'exclude'] as const) {
    for (const [index, condition] of users.scope[list].entries()) {
      const [field, patterns] = 'memberOf' in condition ? ['memberOf', condition.memberOf] : ['in', condition.in]
      const at = ['users', 'scope', list, index, field as string]
      const what = 'memberOf' in condition ? 'any group' : `any ${condition.attribute}`
      const anybody = (place: Path) =>
        notes.warn(place, `matches everything: everybody with ${what}`, 'Narrow it unless that is meant.')
      check(at, patterns as readonly Pattern[], anybody)
    }
  }
  if (groups.byName !== undefined) checkSteps(['groups', 'byName', 'transform'], groups.byName.transform, notes)
  for (const [name, { steps }] of Object.entries(users.mapping)) {
    checkSteps(['users', 'mapping', name, 'steps'], steps, notes)
  }
}

function checkSteps(at: Path, steps: readonly Step[], notes: Notes): void {
  for (const [index, step] of steps.entries()) {
    if (!('regex' in step) || !matchesNothing(step.regex.pattern, 'part')) continue
    const place = [...at, index, 'regex', 'pattern']
    notes.refuse(place, 'is found in no text at all', 'Correct the expression, or take the step out.')
  }
}
