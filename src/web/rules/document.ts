import type { Pattern } from '../../domain/pattern.ts'

export type Document = Readonly<Record<string, unknown>>
/** Where a setting is, from the top of its document: `['groups', 'byTable', 0, 'from']`. */
export type Path = readonly (string | number)[]

/** What a document says there; undefined where it says nothing. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    document,
  )
}

/** The document with this value there; undefined takes the setting out, and what then holds no setting any more with it. */
export function withValue(document: Document, [step, ...rest]: Path, value: unknown): Document {
  if (step === undefined) return document
  const { [step]: before, ...others } = document
  const after = rest.length === 0 ? value : withValue(isDocument(before) ? before : {}, rest, value)
  const isNothing = after === undefined || (rest.length > 0 && isDocument(after) && Object.keys(after).length === 0)
  return isNothing ? others : { ...others, [step]: after }
}

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** A setting as people write its place: `groups.byTable[0].from`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

/** Names one per line; a line between slashes is a regular expression, a line in double quotes is meant letter by letter. */
export function patternLines(patterns: readonly unknown[]): string {
  return patterns
    .map((pattern) => {
      if (typeof pattern === 'string') return /^(\/.*\/|".*")$/.test(pattern) ? JSON.stringify(pattern) : pattern
      return `/${String(valueAt(pattern, ['matches']))}/`
    })
    .join('\n')
}

/** What `patternLines` writes, read back. */
export function patternsIn(text: string): readonly Pattern[] {
  return linesIn(text).map((line) => {
    if (/^\/.+\/$/.test(line)) return { matches: line.slice(1, -1) }
    return /^".*"$/.test(line) ? unquoted(line) : line
  })
}

function unquoted(line: string): string {
  try {
    return String(JSON.parse(line))
  } catch {
    return line
  }
}

export function linesIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}
