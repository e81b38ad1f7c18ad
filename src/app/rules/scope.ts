import type { ConnectionConfig } from '../../domain/connection.ts'
import { foldKey } from '../../domain/identity.ts'
import type { Pattern } from '../../domain/pattern.ts'
import { shown } from '../finding.ts'
import type { Notes } from './notes.ts'

/** What is both let in and shut out: the exclusion wins, and the other rule says something that never happens. */
export function checkScopes({ groups, users }: ConnectionConfig, notes: Notes): void {
  const included = new Set(groups.scope.include.map(textOf))
  for (const [index, pattern] of groups.scope.exclude.entries()) {
    if (!included.has(textOf(pattern))) continue
    notes.refuse(
      ['groups', 'scope', 'exclude', index],
      `excludes ${shown(nameOf(pattern))}, which groups.scope.include includes`,
      'Take it out of one of the two lists; while it is in both, the group is left out.',
    )
  }
  const letIn = new Set(users.scope.include.map(conditionText))
  for (const [index, condition] of users.scope.exclude.entries()) {
    if (!letIn.has(conditionText(condition))) continue
    notes.refuse(
      ['users', 'scope', 'exclude', index],
      'excludes exactly whom users.scope.include includes',
      'Take the condition out of one of the two lists; while it is in both, these people count as having left.',
    )
  }
}

type Condition = ConnectionConfig['users']['scope']['include'][number]

function conditionText(condition: Condition): string {
  const [what, patterns] = 'memberOf' in condition ? ['', condition.memberOf] : [condition.attribute, condition.in]
  return JSON.stringify([what, ...patterns.map(textOf).sort()])
}

/** Two patterns with one text mean the same. */
function textOf(pattern: Pattern): string {
  return typeof pattern === 'string' ? `=${foldKey(pattern)}` : `~${pattern.matches}`
}

function nameOf(pattern: Pattern): string {
  return typeof pattern === 'string' ? pattern : pattern.matches
}
