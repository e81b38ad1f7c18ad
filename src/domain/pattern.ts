import { RE2JS } from 're2js'
import { z } from 'zod'
import { foldKey } from './identity.ts'

/**
 * Linear time is still the size of the expression for every character: `\pL{900}` a hundred times over would take minutes
 * for the groups of one directory.
 */
const mostSteps = 2000

/** A regular expression with RE2 semantics: linear time, whatever the text; and of a size that is quick for many names. */
export const regexSchema = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((text, context) => {
    try {
      const steps = RE2JS.compile(text).programSize()
      if (steps > mostSteps) {
        const message = `takes ${steps} steps for every character of a name; at most ${mostSteps} are run`
        context.addIssue({ code: 'custom', message })
      }
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `is not a regular expression RE2 can run: ${error instanceof Error ? error.message : String(error)}`,
      })
    }
  })

/** An exact name (letter case does not matter) or `{ matches: regex }`, which must match the whole name. */
export const patternSchema = z.union([z.string().min(1), z.strictObject({ matches: regexSchema })])
export type Pattern = z.output<typeof patternSchema>

/** One predicate for a list of patterns; compile once, ask often. */
export function matcher(patterns: readonly Pattern[]): (text: string) => boolean {
  const exact = new Set<string>()
  const expressions: RE2JS[] = []
  for (const pattern of patterns) {
    if (typeof pattern === 'string') exact.add(foldKey(pattern))
    else expressions.push(RE2JS.compile(pattern.matches, RE2JS.CASE_INSENSITIVE))
  }
  return (text) => exact.has(foldKey(text)) || expressions.some((expression) => expression.matches(text))
}
