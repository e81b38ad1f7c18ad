/** The known word a mistyped one most likely means; undefined when none is near. */
export function suggestionFor(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase()
  const reach = Math.max(1, Math.floor(wanted.length / 3))
  const near = known
    .map((word) => ({ word, distance: word.startsWith(wanted) ? 0 : distance(wanted, word.toLowerCase()) }))
    .filter((each) => each.distance <= reach)
    .sort((left, right) => left.distance - right.distance)
  return near[0]?.word
}

/** Letters to insert, delete, replace or swap with their neighbour until one word is the other. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let row = 1; row <= from.length; row += 1) {
    rows.push([row])
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swaps = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swapped = swaps ? at(row - 2, column - 2) + 1 : replaced
      rows[row]?.push(Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, replaced, swapped))
    }
  }
  return at(from.length, to.length)
}
