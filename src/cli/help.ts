import { fail } from '../domain/errors.ts'
import { commandsBelow, parseCommandLine } from './arguments.ts'
import { type Command, globalOptions, type Options } from './command.ts'
import { wrap } from './render/text.ts'

/** The groups of the first page, in the order somebody needs them; a test holds that every command is in one. */
export const chapters: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: 'Start', commands: ['demo', 'serve', 'sandbox'] },
  {
    title: 'Set up',
    commands: ['validate', 'check', 'find', 'import', 'export', 'sources', 'targets', 'connections', 'local'],
  },
  {
    title: 'Sync',
    commands: [
      'plan',
      'approve',
      'reject',
      'apply',
      'sync',
      'undo',
      'runs',
      'cancel',
      'pause',
      'resume',
      'items',
      'accounts',
      'people',
    ],
  },
  { title: 'Ask', commands: ['person', 'why', 'drift', 'report'] },
  {
    title: 'Operate',
    commands: ['notifications', 'users', 'single-sign-on', 'token', 'secrets', 'audit', 'backup', 'restore'],
  },
]

/** Help of the program (no topic), of a command, or of all commands that begin with these words. Throws `usage`. */
export function helpFor(topic: readonly string[], commands: readonly Command[], columns: number): string {
  const width = Math.min(Math.max(columns, 60), 110)
  if (topic.length === 0) return programHelp(commands, width)
  const exact = commands.find((command) => fits(command.name.split(' '), topic))
  if (exact !== undefined) return commandHelp(exact, commands, width)
  const below = commandsBelow(topic, commands).map((parts) => parts.join(' '))
  if (below.length > 0)
    return familyHelp(
      commands.filter((command) => below.includes(command.name)),
      width,
    )
  // Words that follow a whole command are its arguments.
  if (topic.length > 1) return helpFor(topic.slice(0, -1), commands, columns)
  parseCommandLine(topic, commands)
  throw fail.notFound(`There is no help about "${topic.join(' ')}".`)
}

function fits(parts: readonly string[], topic: readonly string[]): boolean {
  return parts.length === topic.length && parts.every((part, index) => part.startsWith('<') || part === topic[index])
}

function programHelp(commands: readonly Command[], width: number): string {
  const lines = [
    'Muster keeps the users, groups and memberships of Atlassian sites equal to what your identity providers say.',
    '',
    'Usage: muster <command> [options]',
  ]
  for (const { title, commands: names } of chapters) {
    lines.push('', `${title}:`)
    for (const name of names) {
      const family = commands.filter((command) => command.name.split(' ')[0] === name)
      const own = family.find((command) => command.name === name) ?? family[0]
      if (own === undefined) continue
      const verbs = [...new Set(family.map((command) => command.name.split(' ').at(-1)))]
      const summary =
        family.length === 1 || own.name === name ? own.summary : `${familySummary[name] ?? ''} (${verbs.join(', ')})`
      lines.push(...row(name, summary, 16, width))
    }
  }
  lines.push('', 'Options of every command:', ...optionRows(globalOptions, width))
  lines.push(
    '',
    'Help of a command: muster <command> --help. Nothing set up yet? Type: muster demo',
    'Exit codes: 0 done, 1 some changes failed, 2 usage or configuration, 3 credentials, 4 unreachable or incomplete,',
    '            5 a person is needed, 6 our own store, 10 plan has changes (--detailed-exit-code), 70 bug, 130 stopped.',
  )
  return lines.join('\n')
}

/** What a family of commands is about, where no command has the bare name. */
const familySummary: Readonly<Record<string, string>> = {
  sources: 'where people and groups come from',
  targets: 'Atlassian sites that receive them',
  connections: 'a source joined to a target by rules',
  local: 'people and groups of the built-in directory',
  accounts: 'accounts that no record of a source stands behind',
  people: 'whose account is whose',
  token: 'tokens for the API',
  secrets: 'sealed secrets',
  audit: 'who did what',
  notifications: 'who is told that something waits, fails or ends soon',
}

function familyHelp(family: readonly Command[], width: number): string {
  const lines = ['Commands:']
  for (const command of family) lines.push(...row(usageOf(command), command.summary, 44, width))
  return [...lines, '', 'Help of one: muster <command> --help'].join('\n')
}

function commandHelp(command: Command, commands: readonly Command[], width: number): string {
  const lines = [...wrap(sentence(command.summary), width), '', `Usage: ${usageOf(command)}`]
  for (const paragraph of command.description) lines.push('', ...wrap(paragraph, width))
  const named = Object.entries(command.arguments)
  if (named.length > 0) {
    lines.push('', 'Arguments:')
    for (const [name, argument] of named)
      lines.push(...row(`<${name}>`, withChoices(argument.help, argument.choices), 26, width))
  }
  if (Object.keys(command.options).length > 0) lines.push('', 'Options:', ...optionRows(command.options, width))
  lines.push('', 'Examples:', ...command.examples.map((example) => `  muster ${example}`))
  const below = commandsBelow(command.name.split(' '), commands)
  const others = below.map((parts) => `muster ${parts.join(' ')}`).join(', ')
  if (below.length > 0) lines.push('', ...wrap(`See also: ${others}`, width))
  lines.push('', 'Options of every command: muster --help')
  return lines.join('\n')
}

function usageOf(command: Command): string {
  const inName = new Set(command.name.split(' '))
  const named = Object.entries(command.arguments)
    .filter(([name]) => !inName.has(`<${name}>`))
    .map(([name, { optional }]) => (optional === true ? `[${name}]` : `<${name}>`))
  const options = Object.keys(command.options).length > 0 ? ['[options]'] : []
  return ['muster', command.name, ...named, ...options].join(' ')
}

function optionRows(options: Options, width: number): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const typed =
      option.kind === 'flag'
        ? `--${name}`
        : `--${name} ${option.value ?? 'VALUE'}${option.kind === 'texts' ? ' ...' : ''}`
    return row(typed, withChoices(option.help, option.choices), 26, width)
  })
}

function withChoices(help: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? help : `${help}: ${choices.join(', ')}`
}

/** Two columns; the right one is wrapped below itself. */
function row(left: string, right: string, leftWidth: number, width: number): string[] {
  const lines = wrap(right, width - leftWidth - 2)
  const indent = ' '.repeat(leftWidth + 2)
  if (left.length >= leftWidth) return [`  ${left}`, ...lines.map((line) => `${indent}${line}`)]
  return lines.map((line, index) => (index === 0 ? `  ${left.padEnd(leftWidth)}${line}` : `${indent}${line}`))
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return first.endsWith('.') ? first : `${first}.`
}
