/** What an entry of the audit log holds beside who, what and when, in lines: `version: 4`, one for each part. */
export function detailLines(detail: unknown): readonly string[] {
  if (typeof detail !== 'object' || detail === null) return detail === undefined ? [] : [words(detail)]
  return Object.entries(detail).map(([name, value]) => `${name}: ${words(value)}`)
}

/** Lists with commas, parts of parts in round brackets. */
function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return `(${Object.entries(value)
    .map(([name, each]) => `${name}: ${words(each)}`)
    .join(', ')})`
}
