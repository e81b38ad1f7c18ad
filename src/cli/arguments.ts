import { parseArgs } from 'node:util'
import { fail } from '../domain/errors.ts'
import { type Command, globalOptions, type Option, type Options } from './command.ts'
import type { GlobalValues } from './global-values.ts'
import { suggestionFor } from './suggestion.ts'

export type Value = boolean | string | number | undefined | readonly string[]

/** What was typed: a command with its values, or a wish to read. */
export type Parsed =
  | { readonly want: 'version' }
  /** `topic` is empty for the whole program. */
  | { readonly want: 'help'; readonly topic: readonly string[] }
  | {
      readonly want: 'run'
      readonly command: Command
      readonly args: Readonly<Record<string, string | undefined>>
      readonly options: Readonly<Record<string, Value>>
    }

interface Given {
  readonly name: string
  readonly raw: string
  readonly value: string | undefined
  readonly inline: boolean
}

/** Reads a command line against the table. Throws `usage` and says what was probably meant. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): Parsed {
  const { words, given } = split(argv, commands)
  if (given.some(({ name }) => name === 'version')) return { want: 'version' }
  if (words.length === 0) {
    refuseUnknown(given, globalOptions, 'muster')
    return { want: 'help', topic: [] }
  }
  if (words[0] === 'help') return { want: 'help', topic: words.slice(1) }
  if (given.some(({ name }) => name === 'help')) return { want: 'help', topic: words }
  const { command, bound, rest } =
    match(words, commands) ?? match([...words, 'list'], commands) ?? refuse(words, commands)
  refuseUnknown(given, { ...command.options, ...globalOptions }, `muster ${command.name}`)
  return {
    want: 'run',
    command,
    args: { ...bound, ...argumentsOf(command, bound, rest) },
    options: valuesOf(command.options, given, command.name),
  }
}

/** The options of the program itself; read apart, so that `--json` also shapes the answer to a faulty command line. */
export function globalValues(argv: readonly string[], commands: readonly Command[]): GlobalValues {
  const { given } = split(argv, commands)
  const text = (name: string) => given.findLast((each) => each.name === name)?.value
  const flag = (name: string) => given.some((each) => each.name === name)
  return {
    config: text('config'),
    dataDir: text('data-dir'),
    url: text('url'),
    tokenFile: text('token-file'),
    json: flag('json'),
    quiet: flag('quiet'),
    noColor: flag('no-color'),
  }
}

/** Options may stand anywhere, so they are told apart from words before the command is known. */
function split(argv: readonly string[], commands: readonly Command[]): { words: string[]; given: Given[] } {
  const all: Options = Object.assign({}, ...commands.map((command) => command.options), globalOptions)
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(all).map(([name, option]) => [
        name,
        {
          type: option.kind === 'flag' ? ('boolean' as const) : ('string' as const),
          multiple: option.kind === 'texts',
          ...(name === 'help' ? { short: 'h' } : {}),
        },
      ]),
    ),
  })
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const given = tokens.flatMap((token) =>
    token.kind === 'option'
      ? [{ name: token.name, raw: token.rawName, value: token.value, inline: token.inlineValue === true }]
      : [],
  )
  return { words, given }
}

interface Matched {
  readonly command: Command
  readonly bound: Readonly<Record<string, string>>
  readonly rest: readonly string[]
}

/** `muster sources` alone means its list. */
function match(words: readonly string[], commands: readonly Command[]): Matched | undefined {
  let best: Matched | undefined
  for (const command of commands) {
    const parts = command.name.split(' ')
    const bound: Record<string, string> = {}
    const fits = parts.every((part, index) => {
      const word = words[index]
      if (word === undefined) return false
      const slot = slotOf(part)
      if (slot !== undefined) bound[slot] = word
      return slot !== undefined || part === word
    })
    if (fits && (best === undefined || parts.length > best.command.name.split(' ').length)) {
      best = { command, bound, rest: words.slice(parts.length) }
    }
  }
  return best
}

/** `<source>` in a command's name is filled by any word. */
function slotOf(part: string): string | undefined {
  return /^<(.+)>$/.exec(part)?.[1]
}

function refuse(words: readonly string[], commands: readonly Command[]): never {
  for (let depth = 0; depth < words.length; depth += 1) {
    const word = words[depth] ?? ''
    const possible = [...new Set(commandsBelow(words.slice(0, depth), commands).map((parts) => parts[depth] ?? ''))]
    if (possible.includes(word) || possible.some((part) => slotOf(part) !== undefined)) continue
    const near = suggestionFor(word, possible)
    const before = ['muster', ...words.slice(0, depth)].join(' ')
    throw fail.usage(`There is no command \`${before} ${word}\`.`, {
      hint:
        near !== undefined
          ? `Did you mean \`${before} ${near}\`?`
          : depth === 0
            ? 'All commands: muster --help'
            : `There is: ${possible.map((part) => `${before} ${part}`).join(', ')}.`,
    })
  }
  const typed = ['muster', ...words].join(' ')
  const next = [...new Set(commandsBelow(words, commands).map((parts) => parts[words.length] ?? ''))]
  throw fail.usage(`\`${typed}\` is not a whole command.`, {
    hint: `Next comes one of: ${next.join(', ')}. Help: ${typed} --help`,
  })
}

/** Names, in parts, of the commands that begin with these words and go on. */
export function commandsBelow(words: readonly string[], commands: readonly Command[]): readonly (readonly string[])[] {
  return commands
    .map((command) => command.name.split(' '))
    .filter(
      (parts) =>
        parts.length > words.length &&
        words.every((word, index) => parts[index] === word || slotOf(parts[index] ?? '') !== undefined),
    )
}

function refuseUnknown(given: readonly Given[], known: Options, typed: string): void {
  for (const { name, raw, value, inline } of given) {
    const option = known[name]
    if (option === undefined) {
      const near = suggestionFor(name, Object.keys(known))
      throw fail.usage(`\`${typed}\` has no option ${raw}.`, {
        hint: near === undefined ? `Its options: ${typed} --help` : `Did you mean --${near}?`,
      })
    }
    if (option.kind === 'flag') {
      if (inline) throw fail.usage(`${raw} takes no value.`, { hint: `Write ${raw} alone.` })
    } else if (value === undefined || value === '' || (!inline && /^-./.test(value))) {
      throw fail.usage(`${raw} needs a value.`, { hint: `Write ${raw} ${option.value ?? 'VALUE'}.` })
    }
  }
  for (const [name, option] of Object.entries(known)) {
    const times = given.filter((each) => each.name === name).length
    if (option.kind !== 'texts' && times > 1) throw fail.usage(`--${name} was given ${times} times.`)
  }
}

function argumentsOf(
  command: Command,
  bound: Readonly<Record<string, string>>,
  rest: readonly string[],
): Record<string, string | undefined> {
  const declared = Object.entries(command.arguments).filter(([name]) => !Object.hasOwn(bound, name))
  const help = `Help: muster ${command.name} --help`
  const values: Record<string, string | undefined> = {}
  for (const [index, [name, { optional, choices }]] of declared.entries()) {
    const value = rest[index]
    if (value === undefined && optional !== true) {
      throw fail.usage(`\`muster ${command.name}\` needs <${name}>.`, { hint: help })
    }
    if (value !== undefined) checkChoice(`<${name}>`, value, choices)
    values[name] = value
  }
  const extra = rest[declared.length]
  if (extra !== undefined) {
    throw fail.usage(`\`muster ${command.name}\` does not know what to do with "${extra}".`, { hint: help })
  }
  return values
}

function valuesOf(declared: Options, given: readonly Given[], name: string): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(declared).map(([optionName, option]) => {
      const texts = given.flatMap((each) => (each.name === optionName && each.value !== undefined ? [each.value] : []))
      if (option.kind === 'flag') return [optionName, given.some((each) => each.name === optionName)]
      for (const text of texts) checkChoice(`--${optionName}`, text, option.choices)
      if (option.kind === 'texts') return [optionName, texts]
      const text = texts[0]
      return [
        optionName,
        text === undefined || option.kind === 'text' ? text : numberOf(text, optionName, option, name),
      ]
    }),
  )
}

function numberOf(text: string, optionName: string, option: Option, name: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw fail.usage(`--${optionName} is a whole number, not "${text}".`, {
    hint: `Write --${optionName} ${option.value ?? 'N'}. Help: muster ${name} --help`,
  })
}

function checkChoice(what: string, value: string, choices: readonly string[] | undefined): void {
  if (choices === undefined || choices.includes(value)) return
  const near = suggestionFor(value, choices)
  throw fail.usage(`"${value}" is not possible for ${what}.`, {
    hint:
      near === undefined
        ? `Use one of: ${choices.join(', ')}.`
        : `Did you mean ${near}? Possible: ${choices.join(', ')}.`,
  })
}
