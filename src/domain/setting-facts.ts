import { z } from 'zod'

/** What a form needs to know about one setting of the installation itself. */
export interface SettingFacts {
  readonly label: string
  readonly help: string
  /** Heading under which settings stand together. */
  readonly group: string
  /** Unit of a number: `seconds`. */
  readonly unit?: string
}

/** Facts of every declared setting, by schema. */
export const settingFacts = z.registry<SettingFacts>()

/** Declares a setting. Apply it outermost: `.optional()` afterwards would make a schema without the facts. */
export function setting<Schema extends z.ZodType>(schema: Schema, facts: SettingFacts): Schema {
  const own = schema.clone() as Schema
  settingFacts.add(own, facts)
  return own
}
