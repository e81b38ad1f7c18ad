/** A spreadsheet shows no more rows than about these, and a browser holds no more of them well. */
const mostRows = 1_000_000
const rowsAtOnce = 1_000

/** One part of a list, after the one that ended with this cursor. */
export type AskRows<Row> = (
  part: { readonly cursor?: string; readonly limit: number },
  signal: AbortSignal,
) => Promise<{ readonly items: readonly Row[]; readonly next?: string | undefined }>

export interface EveryRow<Row> {
  readonly rows: readonly Row[]
  /** False when the list goes on: whoever hands the rows out has to say so. */
  readonly isWhole: boolean
}

/** The rows of a list, part by part, at most `most`; `heard` is told how many there are by now. Throws when aborted. */
export async function everyRow<Row>(
  ask: AskRows<Row>,
  signal: AbortSignal,
  heard: (count: number) => void,
  most = mostRows,
): Promise<EveryRow<Row>> {
  const rows: Row[] = []
  let cursor: string | undefined
  for (;;) {
    const limit = Math.min(rowsAtOnce, most - rows.length)
    const { items, next } = await ask({ limit, ...(cursor === undefined ? {} : { cursor }) }, signal)
    rows.push(...items)
    heard(rows.length)
    if (next === undefined) return { rows, isWhole: true }
    if (rows.length >= most) return { rows, isWhole: false }
    cursor = next
  }
}
