/**
 * One line of a CSV file (RFC 4180), with its line end. A cell that a spreadsheet would take for a formula (= + - @, or a tab
 * or line break in front of one) begins with an apostrophe, so that it stays text.
 */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return `${cells.map((cell = '') => quoted(neutral(cell))).join(',')}\r\n`
}

/**
 * Also behind blanks, full-width (Excel reads those alike in some languages), and behind a semicolon, at which a spreadsheet of
 * most European languages cuts (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const formulaStart = /(^|;)([\t\r\n]|[\s"]*[=+\-@＝＋－＠])/g

function neutral(cell: string): string {
  return cell.replace(formulaStart, "$1'$2")
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
