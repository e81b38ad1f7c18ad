import type { KindView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'

export type Field = KindView['fields'][number]
export type Document = Readonly<Record<string, unknown>>

/** How a setting is edited. */
export type Control = 'secret' | 'choice' | 'choices' | 'switch' | 'number' | 'list' | 'text' | 'json'

/** The control for a setting, from the schema its connector declares. */
export function controlOf({ secret, schema }: Field): Control {
  if (secret) return 'secret'
  const { type, enum: choices, items, anyOf, oneOf } = schema
  if (Array.isArray(choices)) return 'choice'
  if (type === 'boolean') return 'switch'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'array') {
    const { type: entry, enum: offered } = (items ?? {}) as { type?: unknown; enum?: unknown }
    return entry !== 'string' ? 'json' : Array.isArray(offered) ? 'choices' : 'list'
  }
  if (type === 'object' || anyOf !== undefined || oneOf !== undefined) return 'json'
  return type === 'string' ? 'text' : 'json'
}

/**
 * Whether a form must ask for a setting: one inside a group of settings only where something of that group is there, because
 * the group itself may be left out.
 */
export function isDemanded(
  { name, required }: Pick<Field, 'name' | 'required'>,
  texts: Readonly<Record<string, string>>,
): boolean {
  const group = name.slice(0, name.lastIndexOf('.') + 1)
  if (!required || group === '') return required
  return Object.entries(texts).some(([each, text]) => each.startsWith(group) && text !== '')
}

/**
 * The settings a form draws. One whose parts are settings themselves is drawn by its parts, unless it was written in a longer
 * form than these can hold, such as a list.
 */
export function drawnFields(fields: readonly Field[], document: Document): readonly Field[] {
  const isLonger = (name: string) => {
    const value = valueAt(document, name)
    return value !== undefined && !isObject(value)
  }
  return fields.filter(({ name }) => {
    const parts = fields.filter((each) => each.name.startsWith(`${name}.`))
    const whole = fields.find((each) => name.startsWith(`${each.name}.`))
    return whole === undefined ? parts.length === 0 || isLonger(name) : !isLonger(whole.name)
  })
}

/** What a document says at `tls.caCertificate`. */
export function valueAt(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), document)
}

/** The text a control begins with. A secret begins empty: it never comes back. */
export function textOf(field: Field, document: Document): string {
  const value = valueAt(document, field.name)
  const control = controlOf(field)
  if (value === undefined || control === 'secret') return ''
  if ((control === 'list' || control === 'choices') && Array.isArray(value)) return value.join('\n')
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/** The document with what was typed. Throws `usage` for text that cannot be the setting's value. */
export function withTexts(
  document: Document,
  fields: readonly Field[],
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  let result: Record<string, unknown> = { ...document }
  for (const field of fields) {
    const text = texts[field.name]
    if (text !== undefined)
      result = put(result, field.name.split('.'), parsed(field, text, valueAt(document, field.name)))
  }
  return result
}

function parsed(field: Field, text: string, before: unknown): unknown {
  const control = controlOf(field)
  if (text === '') return control === 'secret' ? before : undefined
  switch (control) {
    case 'secret':
      return { value: text }
    case 'switch':
      return text === 'true'
    case 'number':
      if (Number.isFinite(Number(text))) return Number(text)
      throw fail.usage(`${field.label}: "${text}" is not a number.`)
    case 'list':
    case 'choices':
      return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
    case 'json':
      return jsonOrText(text)
    default:
      return text
  }
}

/** Some settings are a text or something larger: what is not JSON is meant as the text. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function put(into: Document, [name = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const { [name]: before, ...others } = into
  const after = rest.length === 0 ? value : put(isObject(before) ? before : {}, rest, value)
  const isNothing = after === undefined || (rest.length > 0 && isObject(after) && Object.keys(after).length === 0)
  return isNothing ? others : { ...others, [name]: after }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
