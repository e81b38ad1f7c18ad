import type { z } from 'zod'

/** The parts of a zod definition that are walked here. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly out?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
  readonly options?: readonly z.ZodType[]
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition
}

/** The schema below defaults, optionals and transforms. */
function bare(schema: z.ZodType): z.ZodType {
  const { innerType, in: input, out } = definitionOf(schema)
  if (innerType !== undefined) return bare(innerType)
  if (input === undefined) return schema
  return bare(definitionOf(input).type === 'transform' && out !== undefined ? out : input)
}

/** The schema of a setting inside a document, or undefined when the path leads nowhere. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const here = bare(schema)
  const [step, ...rest] = path
  if (step === undefined) return here
  const { shape, valueType, element, options } = definitionOf(here)
  if (options !== undefined) {
    for (const option of options) {
      const found = schemaAt(option, path)
      if (found !== undefined) return found
    }
    return undefined
  }
  const next = shape !== undefined ? shape[String(step)] : typeof step === 'number' ? element : valueType
  return next === undefined ? undefined : schemaAt(next, rest)
}

/** Names of the settings an object may have; of all its forms where it has several. */
export function settingNames(schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return []
  const { shape, options } = definitionOf(bare(schema))
  if (shape !== undefined) return Object.keys(shape)
  return [...new Set((options ?? []).flatMap(settingNames))]
}
