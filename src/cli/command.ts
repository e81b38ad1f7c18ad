import type { CliEnvironment } from './environment.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'

/** One option of a command. `flag` stands alone, the others take a value; `texts` may be given several times. */
export interface Option {
  readonly kind: 'flag' | 'text' | 'number' | 'texts'
  readonly help: string
  /** Name of the value in help, e.g. `FILE`. */
  readonly value?: string
  readonly choices?: readonly string[]
}

/** One positional argument; those that are required come first. */
export interface Argument {
  readonly help: string
  readonly optional?: true
  readonly choices?: readonly string[]
}

export type Options = Readonly<Record<string, Option>>
export type Arguments = Readonly<Record<string, Argument>>

type ValueOf<Given extends Option> = Given['kind'] extends 'flag'
  ? boolean
  : Given['kind'] extends 'texts'
    ? readonly string[]
    : Given['kind'] extends 'number'
      ? number | undefined
      : string | undefined

export type OptionValues<Given extends Options> = { readonly [Name in keyof Given]: ValueOf<Given[Name]> }
export type ArgumentValues<Given extends Arguments> = {
  readonly [Name in keyof Given]: Given[Name] extends { readonly optional: true } ? string | undefined : string
}

/** What a command works with. It never touches `process`. */
export interface Invocation<Named extends Arguments = Arguments, Given extends Options = Options> {
  readonly args: ArgumentValues<Named>
  readonly options: OptionValues<Given>
  readonly output: Output
  readonly session: Session
  readonly environment: CliEnvironment
}

export interface Declared<Named extends Arguments, Given extends Options> {
  /** What is typed: `token create`. */
  readonly name: string
  readonly summary: string
  /** Further paragraphs of its help. */
  readonly description?: readonly string[]
  readonly arguments?: Named
  readonly options?: Given
  /** Without the program's name: `plan staff --kind account.create`. */
  readonly examples: readonly string[]
  /** Resolves to the exit code. */
  run(invocation: Invocation<Named, Given>): Promise<number>
}

/** A line of the command table. */
export interface Command {
  readonly name: string
  readonly summary: string
  readonly description: readonly string[]
  readonly arguments: Arguments
  readonly options: Options
  readonly examples: readonly string[]
  run(invocation: Invocation): Promise<number>
}

/** Declares a command and keeps the exact types of its arguments and options. */
export function command<
  const Named extends Arguments = Record<never, never>,
  const Given extends Options = Record<never, never>,
>(declared: Declared<Named, Given>): Command {
  return {
    name: declared.name,
    summary: declared.summary,
    description: declared.description ?? [],
    arguments: declared.arguments ?? {},
    options: declared.options ?? {},
    examples: declared.examples,
    // The parser fills in exactly what was declared.
    run: (invocation) => declared.run(invocation as unknown as Invocation<Named, Given>),
  }
}

/** Options that every command takes. */
export const globalOptions = {
  config: { kind: 'text', value: 'FILE', help: 'configuration file; it is the truth for what it names' },
  'data-dir': { kind: 'text', value: 'DIR', help: 'where Muster keeps its data' },
  url: { kind: 'text', value: 'URL', help: 'talk to a running server instead of a data directory' },
  'token-file': { kind: 'text', value: 'FILE', help: 'file with the API token for --url' },
  json: { kind: 'flag', help: 'one JSON document on standard output' },
  quiet: { kind: 'flag', help: 'no progress and no notes' },
  'no-color': { kind: 'flag', help: 'no colours (also: NO_COLOR)' },
  version: { kind: 'flag', help: 'print the version' },
  help: { kind: 'flag', help: 'print this help; with a command, the help of that command' },
} as const satisfies Options
