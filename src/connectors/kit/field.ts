import { z } from 'zod'
import { Secret } from '../../platform/secret.ts'

/** What a form, the docs and the command line need to know about one setting. */
export interface FieldFacts {
  readonly label: string
  readonly help: string
  /** Heading under which fields stand together. */
  readonly group: string
  /** Unit of a number: `entries`, `seconds`. */
  readonly unit?: string
  /** Pre-filled in a form only; unlike a default it is not used when absent. */
  readonly suggested?: string | number | boolean
  /** Known elsewhere under these names. */
  readonly aliases?: readonly string[]
}

/** Facts of every declared setting, by schema. */
export const fieldFacts = z.registry<FieldFacts & { readonly secret: boolean }>()

/** Declares a setting. Apply it outermost: `.optional()` afterwards would make a schema without the facts. */
export function field<Schema extends z.ZodType>(schema: Schema, facts: FieldFacts): Schema {
  const own = schema.clone() as Schema
  fieldFacts.add(own, { ...facts, secret: false })
  return own
}

/**
 * Declares a secret setting. In a document it is a reference - `{ env: NAME }`, `{ file: path }` or `{ sealed: true }`
 * for a value kept in the store; the configuration layer resolves it to a `Secret` before `connect`.
 */
export function secret(facts: FieldFacts) {
  const schema = z.instanceof(Secret)
  fieldFacts.add(schema, { ...facts, secret: true })
  return schema
}

/** A secret that may be left out. */
export function optionalSecret(facts: FieldFacts) {
  const schema = z.instanceof(Secret).optional()
  fieldFacts.add(schema, { ...facts, secret: true })
  return schema
}
