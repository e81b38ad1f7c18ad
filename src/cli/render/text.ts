/** Breaks a text between words; a longer word stands alone on its line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** `1,204` */
export function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 person`, `3 people` */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : several}`
}

/** `a`, `a and b`, `a, b and c` */
export function listed(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** `2026-11-21 03:04:05Z` out of an ISO instant. */
export function shownTime(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z')
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function shownDuration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600)
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/**
 * Text of a stranger as one harmless line: a name from a directory may hold line breaks or escape sequences, which must
 * not move the cursor or paint over what stands above.
 */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is replaced here
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�')
}

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Columns as wide as their longest cell, without ruling lines. `styled` colours a cell after its width is settled. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  styled: (cell: string, column: number, row: number) => string = (cell) => cell,
): string[] {
  const clean = rows.map((row) => row.map(plain))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...clean.map((row) => (row[index] ?? '').length)),
  )
  const pad = (cell: string, index: number) =>
    columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)
  const header = columns.map(({ title }, index) => pad(title, index)).join('  ')
  const lines = clean.map((row, at) =>
    columns.map((_, index) => styled(pad(row[index] ?? '', index), index, at)).join('  '),
  )
  return [header, ...lines].map((line) => line.trimEnd())
}
