import type { ConnectionConfig } from '../../domain/connection.ts'
import type { Path } from '../finding.ts'
import { checkCustomAttributes } from './custom-attributes.ts'
import { checkGroups } from './groups.ts'
import { checkLimits } from './limits.ts'
import { checkNames } from './names.ts'
import { newNotes, type RuleFindings } from './notes.ts'
import { checkPatterns } from './patterns.ts'
import { checkPeople } from './people.ts'
import { checkScopes } from './scope.ts'
import type { TargetFacts } from './target-facts.ts'

/**
 * Judges the rules of a connection that fits its schema; asks no network. A connection that was saved before a refusal was
 * known runs on as the planner decides: nobody's leavers may stay active because of a rule that was always idle.
 */
export function checkRules(config: ConnectionConfig, target: TargetFacts | undefined, path: Path): RuleFindings {
  const notes = newNotes(path)
  checkPatterns(config, notes)
  checkNames(config, target, notes)
  checkScopes(config, notes)
  checkGroups(config, target, notes)
  checkPeople(config, target, notes)
  checkCustomAttributes(config, target, notes)
  checkLimits(config, notes)
  return notes
}
