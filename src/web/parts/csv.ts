/** The sign by which spreadsheets know that a file is UTF-8. */
const mark = '\uFEFF'

/**
 * Rows as a spreadsheet reads them: RFC 4180, UTF-8. A cell that a spreadsheet would run as a formula - names come from other
 * people - begins with an apostrophe instead.
 */
export function csvOf(rows: readonly (readonly (string | undefined)[])[]): string {
  return mark + rows.map((cells) => `${cells.map((cell = '') => cellOf(cell)).join(',')}\r\n`).join('')
}

/** As in exports of the command line: also behind blanks, full-width, and where a semicolon parts cells. */
const formulaStart = /(^|;)([\t\r\n]|[\s"]*[=+\-@＝＋－＠])/g

function cellOf(text: string): string {
  const safe = text.replace(formulaStart, "$1'$2")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
