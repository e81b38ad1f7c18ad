export type Values = Readonly<Record<string, string | number>>

/**
 * A message with its values, in the part of ICU MessageFormat that the catalogue uses: `{name}`, `{count, number}`,
 * `{count, plural, =0 {none} one {# change} other {# changes}}` and `{who, select, me {you} other {somebody}}`. A value
 * that is missing stays visible as `{name}`.
 */
export function formatMessage(message: string, values: Values, locale: string): string {
  let text = ''
  let at = 0
  while (at < message.length) {
    const open = message.indexOf('{', at)
    if (open < 0) return text + message.slice(at)
    const close = closingBrace(message, open)
    text += message.slice(at, open) + argument(message.slice(open + 1, close), values, locale)
    at = close + 1
  }
  return text
}

function argument(inner: string, values: Values, locale: string): string {
  const [name = '', type, ...rest] = inner.split(',')
  const value = values[name.trim()]
  if (value === undefined) return `{${inner}}`
  const kind = type?.trim()
  if (kind === undefined) return String(value)
  if (kind === 'number') return shownNumber(value, locale)
  const chosen = choose(branches(rest.join(',')), kind, value, locale)
  const numbered = kind === 'plural' ? chosen.replaceAll('#', shownNumber(value, locale)) : chosen
  return formatMessage(numbered, values, locale)
}

function choose(options: ReadonlyMap<string, string>, kind: string, value: string | number, locale: string): string {
  const category = kind === 'plural' ? new Intl.PluralRules(locale).select(Number(value)) : String(value)
  return options.get(`=${value}`) ?? options.get(category) ?? options.get('other') ?? ''
}

/** `one {…} other {…}` by selector. */
function branches(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let at = 0
  for (;;) {
    const open = text.indexOf('{', at)
    if (open < 0) return found
    const close = closingBrace(text, open)
    found.set(text.slice(at, open).trim(), text.slice(open + 1, close))
    at = close + 1
  }
}

function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  return text.length
}

function shownNumber(value: string | number, locale: string): string {
  return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value
}
