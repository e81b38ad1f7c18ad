import { errorCodes, type ProvisioningError } from '../domain/errors.ts'
import type { TextOutput } from './environment.ts'
import { plain, wrap } from './render/text.ts'

export type Colour = 'green' | 'blue' | 'red' | 'yellow' | 'grey' | 'bold'

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  green: [32, 39],
  blue: [34, 39],
  red: [31, 39],
  yellow: [33, 39],
  grey: [90, 39],
  bold: [1, 22],
}

/** Paints a text, or returns it as it is where colours are not wanted. */
export type Paint = (colour: Colour, text: string) => string

export const noPaint: Paint = (_, text) => text

export interface OutputOptions {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly json: boolean
  readonly quiet: boolean
  readonly colour: boolean
}

/**
 * Where a command says things: results on standard output, everything said meanwhile on standard error. With `--json`
 * standard output holds one JSON document and nothing else.
 */
export class Output {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly json: boolean
  readonly quiet: boolean
  readonly #colour: boolean
  #begunJson = false

  constructor({ stdout, stderr, json, quiet, colour }: OutputOptions) {
    this.stdout = stdout
    this.stderr = stderr
    this.json = json
    this.quiet = quiet
    this.#colour = colour
  }

  /** For what goes to standard output. */
  readonly paint: Paint = (colour, text) => (this.#colour && this.stdout.isTty ? painted(colour, text) : text)
  /** For what goes to standard error. */
  readonly paintNote: Paint = (colour, text) => (this.#colour && this.stderr.isTty ? painted(colour, text) : text)

  /** The result: the document with `--json`, the lines otherwise. */
  show(document: unknown, lines: Iterable<string>): void {
    if (this.json) this.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    else this.print(lines)
  }

  /** Lines of a result in words; nothing with `--json`. */
  print(lines: Iterable<string>): void {
    if (this.json) return
    const all = [...lines]
    if (all.length > 0) this.stdout.write(`${all.join('\n')}\n`)
  }

  /** A piece of a JSON document that is written while it is read. */
  writeJson(piece: string): void {
    if (!this.json) return
    this.#begunJson = true
    this.stdout.write(piece)
  }

  /** Something said beside the result; silent with `--quiet`. */
  note(text: string): void {
    if (!this.quiet) this.stderr.write(`${text}\n`)
  }

  /** What a person must see even with `--quiet`. */
  warn(text: string): void {
    this.stderr.write(`${this.paintNote('yellow', text)}\n`)
  }

  /** What to type next; for people only. */
  next(...lines: readonly string[]): void {
    if (!this.json && !this.quiet && lines.length > 0)
      this.print(['', ...lines.map((line) => this.paint('bold', line))])
  }

  /** A failure: what happened, what to do, all its problems; never a stack. With `--json` also as the API's error body. */
  fail(error: ProvisioningError): void {
    // A document that broke off in the middle cannot be saved by a second one behind it.
    if (this.json && !this.#begunJson) this.stdout.write(`${JSON.stringify({ error: errorView(error) }, null, 2)}\n`)
    this.stderr.write(`${errorLines(error, this.paintNote, this.stderr.columns).join('\n')}\n`)
  }
}

function painted(colour: Colour, text: string): string {
  const [on, off] = codes[colour]
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`
}

/** The exit code of a command that ended with this failure. */
export function exitCodeOf(error: ProvisioningError): number {
  return errorCodes[error.code].exit
}

interface Told {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly problems?:
    | readonly {
        readonly where?: string | undefined
        readonly message: string
        readonly hint?: string | undefined
      }[]
    | undefined
}

function errorView({ code, message, hint, problems }: ProvisioningError) {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(problems.length === 0 ? {} : { problems }),
  }
}

/** An error, or the error kept in a run, in words. */
export function errorLines(error: Told, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 2
  const [first = '', ...rest] = wrap(`Error (${error.code}): ${plain(error.message)}`, width)
  const lines = [paint('red', first), ...rest.map((line) => paint('red', line))]
  for (const { where, message, hint } of error.problems ?? []) {
    lines.push(
      ...wrap(`${where === undefined ? '' : `${plain(where)}: `}${plain(message)}`, width - 4).map(indent('  - ')),
    )
    if (hint !== undefined) lines.push(...wrap(plain(hint), width - 6).map((line) => `      ${line}`))
  }
  if (error.hint !== undefined) lines.push(...wrap(`What to do: ${plain(error.hint)}`, width))
  return lines
}

const indent = (mark: string) => (line: string, index: number) =>
  `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`
