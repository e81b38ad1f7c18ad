/** Distinguished names, RFC 4514. A key is what two writings of one name have in common. */

export interface Dn {
  /** As it was written. */
  readonly text: string
  readonly key: string
  /** Key of what it hangs below; empty at the top. */
  readonly parentKey: string
  /** Type and value of the first part; of the first pair where it has several. */
  readonly rdn: { readonly type: string; readonly value: string }
}

/** Reads a name; undefined when it is not one. The empty name is the root. */
export function parseDn(text: string): Dn | undefined {
  if (text.trim() === '') return { text: '', key: '', parentKey: '', rdn: { type: '', value: '' } }
  const parts = splitOutsideEscapes(text, ',')
  const keys: string[] = []
  let rdn: Dn['rdn'] | undefined
  for (const part of parts) {
    const pairs = splitOutsideEscapes(part, '+').map(parsePair)
    if (pairs.some((pair) => pair === undefined)) return undefined
    rdn ??= pairs[0]
    keys.push(
      pairs
        .map((pair) => `${pair?.type.toLowerCase()}=${keyOfValue(pair?.value ?? '')}`)
        .sort()
        .join('+'),
    )
  }
  return { text, key: keys.join(','), parentKey: keys.slice(1).join(','), rdn: rdn ?? { type: '', value: '' } }
}

/** Key of every text that is no name; no entry has it. */
export const notADn = '?'

/** The key of a name. */
export function dnKey(text: string): string {
  let key = keysSeen.get(text)
  if (key === undefined) {
    key = parseDn(text)?.key ?? notADn
    if (keysSeen.size > 500_000) keysSeen.clear()
    keysSeen.set(text, key)
  }
  return key
}
const keysSeen = new Map<string, string>()

/** Whether a key is the base itself or below it. */
export function isBelow(key: string, base: string): boolean {
  return base === '' || key === base || key.endsWith(`,${base}`)
}

/** RFC 4514, 2.4, with the backslash forms that servers prefer. */
export function escapeDnValue(value: string): string {
  return value
    .replaceAll(/[",+;<>\\=]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
}

function splitOutsideEscapes(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === separator || (separator === ',' && text[at] === ';')) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

function parsePair(text: string): { type: string; value: string } | undefined {
  const at = text.indexOf('=')
  const type = text.slice(0, Math.max(0, at)).trim()
  if (!/^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/i.test(type)) return undefined
  const value = unescapeValue(
    text
      .slice(at + 1)
      .replace(/^ +/, '')
      .replace(/(?<!\\) +$/, ''),
  )
  return value === undefined ? undefined : { type, value }
}

function unescapeValue(text: string): string | undefined {
  if (!text.includes('\\')) return text
  const bytes: Buffer[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') {
      const end = text.indexOf('\\', at)
      bytes.push(Buffer.from(text.slice(at, end < 0 ? undefined : end), 'utf8'))
      at = (end < 0 ? text.length : end) - 1
      continue
    }
    const hex = /^[0-9a-f]{2}/i.exec(text.slice(at + 1))
    if (hex !== null) {
      bytes.push(Buffer.from(hex[0], 'hex'))
      at += 2
    } else if (at + 1 < text.length) {
      bytes.push(Buffer.from(text[at + 1] as string, 'utf8'))
      at += 1
    } else return undefined
  }
  return Buffer.concat(bytes).toString('utf8')
}

/** Spaces and letter case do not count; what separates parts is written so that it cannot be taken for one. */
function keyOfValue(value: string): string {
  const folded = value.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  return folded.replaceAll(/[,+\\]/g, (character) => `\\${character.charCodeAt(0).toString(16)}`)
}
