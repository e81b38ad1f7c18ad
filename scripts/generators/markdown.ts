/** A table; `|` and line breaks in cells are made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** The first comment of a generated file: where to change it instead. */
export function generatedFrom(source: string): string {
  return `<!-- Made by \`npm run generate\` from ${source}; change it there. -->`
}

/** The text between `<!-- begin: name -->` and `<!-- end: name -->`, replaced. Throws when the marks are not there. */
export function replaceSection(document: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`]
  const start = document.indexOf(begin)
  const stop = document.indexOf(end)
  if (start < 0 || stop < start) throw new Error(`the marks "${begin}" and "${end}" are missing`)
  return `${document.slice(0, start + begin.length)}\n${content}\n${document.slice(stop)}`
}
