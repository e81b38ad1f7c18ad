import { z } from 'zod'
import { type FieldFacts, fieldFacts } from './field.ts'

/** One setting as a form, a page or a command shows it. */
export interface DescribedField {
  /** As in a document: `hosts`, `tls.caCertificate`. */
  readonly path: string
  readonly facts: (FieldFacts & { readonly secret: boolean }) | undefined
  readonly required: boolean
  /** What is written in a document, as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** All settings in the order of their declaration; those inside an object stand after it. */
export function describeFields(config: z.ZodObject, prefix = ''): DescribedField[] {
  return Object.entries(config.shape).flatMap(([name, declared]) => {
    const schema = declared as z.ZodType
    const path = prefix + name
    const inner = objectInside(schema)
    const field: DescribedField = {
      path,
      facts: fieldFacts.get(schema),
      required: !schema.safeParse(undefined).success,
      schema: inputSchema(schema),
    }
    return inner === undefined ? [field] : [field, ...describeFields(inner, `${path}.`)]
  })
}

/** A Markdown table per group of settings, for `docs/connectors/<type>.md`. */
export function fieldsTable(config: z.ZodObject): string {
  const groups = Map.groupBy(describeFields(config), (field) => field.facts?.group ?? '')
  const parts = [...groups].map(([group, fields]) => {
    const rows = fields.map((field) => `| \`${field.path}\` | ${cell(meaning(field))} | ${cell(valueText(field))} |`)
    return [`### ${group}`, '', '| Setting | What it is | Value |', '|---|---|---|', ...rows, ''].join('\n')
  })
  return parts.join('\n')
}

function meaning({ facts }: DescribedField): string {
  if (facts === undefined) return ''
  const aliases = facts.aliases === undefined ? '' : ` Elsewhere called ${facts.aliases.join(', ')}.`
  return `**${facts.label}.** ${facts.help}${aliases}`
}

function valueText({ facts, required, schema }: DescribedField): string {
  if (facts?.secret === true) return required ? 'secret, required' : 'secret'
  const { type, enum: choices, const: only, default: standard } = schema
  const kind = Array.isArray(choices)
    ? choices.map((choice) => `\`${choice}\``).join(', ')
    : only !== undefined
      ? `\`${only}\``
      : typeof type === 'string'
        ? type
        : 'several forms'
  const unit = facts?.unit === undefined ? '' : ` (${facts.unit})`
  if (standard !== undefined) return `${kind}${unit}; default \`${JSON.stringify(standard)}\``
  return required ? `${kind}${unit}, required` : `${kind}${unit}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function inputSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

/** The object a setting consists of, if it is one, also behind a default or inside a list. */
function objectInside(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema
  if (schema instanceof z.ZodArray) return objectInside(schema.element as z.ZodType)
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
  return wraps ? objectInside(schema.unwrap() as z.ZodType) : undefined
}
