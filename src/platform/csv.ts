/**
 * One line of a CSV file (RFC 4180), with its line end. A cell that a spreadsheet would take for a formula (= + - @, or a tab
 * or line break in front of one) begins with an apostrophe, so that it stays text.
 */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return `${cells.map((cell = '') => quoted(neutral(cell))).join(',')}\r\n`
}

function neutral(cell: string): string {
  return /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
