import type { Finding, Path } from '../finding.ts'

/**
 * What is wrong with rules that fit their schema. `refusals` cannot be saved: they contradict each other or can never do
 * what they say. `warnings` are legal and surely not meant.
 */
export interface RuleFindings {
  readonly refusals: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** Collects findings; places are below the connection. */
export interface Notes extends RuleFindings {
  refuse(at: Path, message: string, hint: string): void
  warn(at: Path, message: string, hint: string): void
}

export function newNotes(connection: Path): Notes {
  const refusals: Finding[] = []
  const warnings: Finding[] = []
  return {
    refusals,
    warnings,
    refuse: (at, message, hint) => void refusals.push({ path: [...connection, ...at], message, hint }),
    warn: (at, message, hint) => void warnings.push({ path: [...connection, ...at], message, hint }),
  }
}
