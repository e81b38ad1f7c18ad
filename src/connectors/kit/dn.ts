/**
 * Distinguished names (RFC 4514) in one spelling: two spellings of one name become equal, for comparison only. Letter
 * case, spaces around separators and the way of escaping do not matter. A text that is no name is only folded.
 */
export function normalDn(text: string): string {
  const parts = splitUnescaped(text, ',')
  return parts.map((rdn) => splitUnescaped(rdn, '+').map(normalPair).sort().join('+')).join(',')
}

/** The value of the first part of a name: `dev` of `cn=dev,ou=groups`. Undefined when it is no name. */
export function leafOf(dn: string): string | undefined {
  const [first] = splitUnescaped(splitUnescaped(dn, ',')[0] ?? '', '+')
  const equals = first?.indexOf('=') ?? -1
  return first === undefined || equals < 1 ? undefined : unescaped(first.slice(equals + 1))
}

/** True when a name is the base or lies below it; both as `normalDn` gives them. */
export function isWithin(name: string, base: string): boolean {
  return base === '' || name === base || name.endsWith(`,${base}`)
}

/** What keeps a text from being a distinguished name, and at which character (from 1). Undefined = it is one. */
export function dnFault(text: string): { readonly at: number; readonly message: string } | undefined {
  let start = 0
  for (const rdn of splitUnescaped(text, ',')) {
    let from = start
    for (const pair of splitUnescaped(rdn, '+')) {
      const fault = pairFault(pair)
      if (fault !== undefined) return { at: from + fault.at + 1, message: fault.message }
      from += pair.length + 1
    }
    start += rdn.length + 1
  }
  return undefined
}

/** RFC 4514 section 3: a name such as `ou` or an object identifier, `=`, and a value in which some characters are escaped. */
function pairFault(pair: string): { readonly at: number; readonly message: string } | undefined {
  const lead = pair.length - pair.trimStart().length
  const equals = pair.indexOf('=')
  if (pair.trim() === '') return { at: lead, message: 'a part such as ou=people is missing' }
  if (equals < 0) return { at: lead, message: `"${pair.trim()}" has no =; a part is written like ou=people` }
  const type = pair.slice(0, equals).trim()
  if (!/^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)*)$/.test(type)) {
    return { at: lead, message: `"${type}" is not the name of an attribute` }
  }
  const value = pair.slice(equals + 1)
  if (value.trim() === '') return { at: equals + 1, message: `${type} has no value` }
  for (let at = 0; at < value.length; at++) {
    const char = value[at] ?? ''
    if (char === '\\') {
      const next = value.slice(at + 1, at + 3)
      const isEscape = /^[0-9A-Fa-f]{2}$/.test(next) || /^[ "#+,;<=>\\]/.test(next)
      if (!isEscape) return { at: equals + 1 + at, message: 'after \\ comes a special character or two hex digits' }
      at += /^[0-9A-Fa-f]{2}$/.test(next) ? 2 : 1
    } else if (/[;<>"\0]/.test(char) && !value.trim().startsWith('"')) {
      return { at: equals + 1 + at, message: `${JSON.stringify(char)} must be written with \\ before it` }
    }
  }
  return undefined
}

function normalPair(pair: string): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return foldValue(unescaped(pair))
  const type = pair
    .slice(0, equals)
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '')
  return `${type}=${foldValue(unescaped(pair.slice(equals + 1)))}`
}

function foldValue(value: string): string {
  // Escaped again, so that a comma inside a value and a comma between parts stay two things.
  return value
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\,+=]/g, '\\$&')
}

function splitUnescaped(text: string, separator: ',' | '+'): string[] {
  if (!text.includes('\\') && !text.includes('"')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** RFC 4514 section 2.4: `\,`, pairs of hex digits that are bytes of UTF-8; quotes as in RFC 2253. */
function unescaped(value: string): string {
  const text = value.trim()
  if (!text.includes('\\') && !text.includes('"')) return text
  const bytes: number[] = []
  let result = ''
  const flush = () => {
    if (bytes.length > 0) result += Buffer.from(bytes).toString('utf8')
    bytes.length = 0
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char !== '\\') {
      flush()
      if (char !== '"') result += char
      continue
    }
    const hex = text.slice(at + 1, at + 3)
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    } else {
      flush()
      result += text[at + 1] ?? ''
      at += 1
    }
  }
  flush()
  return result
}
