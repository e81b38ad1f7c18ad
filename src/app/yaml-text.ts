import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml'
import { fail, type Problem } from '../domain/errors.ts'
import { type Finding, type Path, pathText } from './finding.ts'

/** A YAML text with a way back from each setting to its place. */
export interface YamlText {
  /** Undefined when the text could not be understood; then `problems` says why. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** `muster.yaml:12:5` */
  where(path: Path, atName?: boolean): string
}

const maxBytes = 5_000_000

/** Reads YAML 1.2 (JSON is a part of it). Never throws for what is written in it. */
export function readYaml(text: string, file: string): YamlText {
  if (text.length > maxBytes) {
    throw fail.usage(`${file} has more than ${maxBytes / 1_000_000} MB.`, { hint: 'Is it the right file?' })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    where: place(error.pos[0]),
    ...syntaxMessage(error, text),
  }))
  let value: unknown
  if (syntax.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 })
    } catch (thrown) {
      const isTooMany = thrown instanceof Error && thrown.message.startsWith('Excessive')
      syntax.push({
        where: place(0),
        message: isTooMany
          ? 'The text uses more references (*name) than a configuration needs.'
          : 'A reference (*name) has nothing to refer to.',
        hint: isTooMany ? 'Write the values out.' : 'Put a text that begins with * in quotes.',
      })
    }
  }
  return {
    value,
    problems: syntax,
    where: (path, atName = false) => place(offsetOf(document.contents, path, atName)),
  }
}

/** Offset of a setting, or of the nearest thing around it that exists. */
function offsetOf(root: unknown, path: Path, atName: boolean): number {
  let here = root
  let offset = start(root)
  for (const [index, step] of path.entries()) {
    if (!isCollection(here)) break
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step))
      if (pair === undefined) break
      const isLast = index === path.length - 1
      offset = isLast && atName ? start(pair.key) : start(pair.value, start(pair.key))
      here = pair.value
    } else {
      const next = here.items[Number(step)]
      if (next === undefined) break
      offset = start(next)
      here = next
    }
  }
  return offset
}

function start(node: unknown, otherwise = 0): number {
  return (node as Node | null | undefined)?.range?.[0] ?? otherwise
}

function syntaxMessage({ code, message, pos }: YAMLError, text: string): Omit<Problem, 'where'> {
  const line = text.slice(text.lastIndexOf('\n', Math.max(0, pos[0] - 1)) + 1, pos[1])
  switch (code) {
    case 'DUPLICATE_KEY': {
      const name = /^[^:\n]{1,80}/.exec(text.slice(pos[0]))?.[0]?.trim() ?? ''
      return { message: `"${name}" is written twice.`, hint: 'Keep one of them.' }
    }
    case 'TAB_AS_INDENT':
      return { message: 'A line is indented with a tab.', hint: 'Indent with spaces.' }
    case 'BAD_INDENT':
      return {
        message: 'The indentation does not fit to the lines above.',
        hint: 'Indent settings of one group equally.',
      }
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return { message: 'A text in quotes is not closed.', hint: 'Add the closing quote.' }
      return { message: `The text cannot be understood here: ${withoutFullStop(message)}.` }
    case 'MULTIPLE_DOCS':
      return { message: 'The file holds several documents (---).', hint: 'Keep one.' }
    default:
      if (/\t/.test(line)) return { message: 'A line is indented with a tab.', hint: 'Indent with spaces.' }
      return {
        message: `The text cannot be understood here: ${withoutFullStop(message)}.`,
        hint: 'Texts with : # { } [ ] * & or @ at a beginning belong in quotes.',
      }
  }
}

function withoutFullStop(message: string): string {
  return message.replace(/\.$/, '').replace(/^[A-Z]/, (letter) => letter.toLowerCase())
}

/** Findings with their places, in the order of the text. */
export function placed(findings: readonly Finding[], yaml: YamlText): readonly Problem[] {
  const problems = findings.map((finding) => {
    const where = yaml.where(finding.path, finding.atName === true)
    return { where, ...unplaced(finding) }
  })
  const position = (where: string) => where.split(':').slice(-2).map(Number)
  return problems.toSorted((left, right) => {
    const [leftLine = 0, leftColumn = 0] = position(left.where)
    const [rightLine = 0, rightColumn = 0] = position(right.where)
    return leftLine - rightLine || leftColumn - rightColumn
  })
}

/** A finding in a document that never was a text: the name of the setting is its place. */
export function unplaced({ path, message, hint }: Finding): Problem {
  const name = pathText(path)
  return {
    message: `${name === '' ? 'The document' : name} ${message}${/[.!?]$/.test(message) ? '' : '.'}`,
    ...(hint === undefined ? {} : { hint }),
  }
}
