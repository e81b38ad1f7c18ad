/**
 * The form in which texts without exact letter case are compared: NFKC, then lower case. The store keeps its `*_key`
 * columns in this form, so that filters in memory and in SQL agree.
 */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Order by code points, which is the order of UTF-8 bytes and of the store's collation "C". */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a === b) continue
    // A surrogate stands for a code point above every other 16-bit unit.
    const aboveA = a >= 0xd800 && a <= 0xdfff
    const aboveB = b >= 0xd800 && b <= 0xdfff
    return aboveA === aboveB ? a - b : aboveA ? 1 : -1
  }
  return left.length - right.length
}

/** A text any store can keep: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** `2026-11-21T03:04:05Z` (xsd:dateTime with or without zone; without one it is UTC) as an instant in milliseconds. */
export function instantOf(text: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/i.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, , , , fraction = '', zone = 'Z'] = parts
  const milliseconds = fraction === '' ? '' : fraction.slice(0, 4)
  const instant = Date.parse(`${text.slice(0, 19).toUpperCase()}${milliseconds}${zone.toUpperCase()}`)
  if (Number.isNaN(instant)) return undefined
  // 31 February would roll over to March.
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
    ? instant
    : undefined
}
