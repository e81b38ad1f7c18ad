import { RE2JS } from 're2js'
import { z } from 'zod'
import { foldKey } from './identity.ts'

/** A regular expression with RE2 semantics: linear time, whatever the text. */
export const regexSchema = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((text, context) => {
    try {
      RE2JS.compile(text)
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
