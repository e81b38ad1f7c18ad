import { z } from 'zod'
import type { KindView } from '../contract/system.ts'
import { settingFacts } from '../domain/setting-facts.ts'
import { secretSchema } from './system.ts'

type Fields = KindView['fields']

/** The settings of the installation itself as a form draws them, in the order of their declaration. */
export function settingFields(schema: z.ZodObject, secrets: readonly string[]): Fields {
  return Object.entries(schema.shape).flatMap(([name, declared]) => {
    const each = declared as z.ZodType
    const facts = settingFacts.get(each)
    if (facts === undefined) return []
    const secret = secrets.includes(name)
    const { $schema: _, ...json } = z.toJSONSchema(each, { io: 'input', unrepresentable: 'any' })
    return [
      { name, ...facts, secret, required: !each.safeParse(undefined).success, schema: secret ? secretSchema : json },
    ]
  })
}
