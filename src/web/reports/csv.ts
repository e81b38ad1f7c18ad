/** The sign by which spreadsheets know that a file is UTF-8. */
const mark = '\uFEFF'

/**
 * Rows as a spreadsheet reads them: RFC 4180, UTF-8. A cell that a spreadsheet would run as a formula - names come from other
 * people - begins with an apostrophe instead.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return mark + rows.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
