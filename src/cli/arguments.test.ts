import { describe, expect, it } from 'vitest'
import { ProvisioningError } from '../domain/errors.ts'
import { globalValues, parseCommandLine } from './arguments.ts'
import { commands } from './commands.ts'

function run(line: string) {
  const parsed = parseCommandLine(line.split(' '), commands)
  if (parsed.want !== 'run') throw new Error(`"${line}" wants ${parsed.want}`)
  return { name: parsed.command.name, args: parsed.args, options: parsed.options }
}

function refusal(line: string): readonly [string, string | undefined] {
  try {
    parseCommandLine(line.split(' '), commands)
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code === 'usage') return [thrown.message, thrown.hint]
    throw thrown
  }
  throw new Error(`"${line}" was accepted`)
}

describe('the command line', () => {
  it('finds the command wherever the options stand', () => {
    expect(run('--json plan --limit 3 staff --kind account.create --kind=membership.add')).toEqual({
      name: 'plan',
      args: { connection: 'staff' },
      options: {
        kind: ['account.create', 'membership.add'],
        state: [],
        text: undefined,
        limit: 3,
        all: false,
        csv: false,
        'detailed-exit-code': false,
      },
    })
  })

  it('reads the source in the middle of a command of the built-in directory', () => {
    expect(run('local hr members add dev anna --group')).toMatchObject({
      name: 'local <source> members add',
      args: { source: 'hr', group: 'dev', member: 'anna' },
      options: { group: true },
    })
  })

  it.each([
    ['sources', 'sources list'],
    ['connections', 'connections list'],
    ['local hr groups', 'local <source> groups list'],
    ['audit', 'audit list'],
  ])('takes `%s` alone as its list', (typed, name) => {
    expect(run(typed).name).toBe(name)
  })

  it.each([
    ['plna staff', 'There is no command `muster plna`.', 'Did you mean `muster plan`?'],
    ['aply 12', 'There is no command `muster aply`.', 'Did you mean `muster apply`?'],
    ['frobnicate', 'There is no command `muster frobnicate`.', 'All commands: muster --help'],
    ['token creat ci', 'There is no command `muster token creat`.', 'Did you mean `muster token create`?'],
    [
      'local hr peopel add x',
      'There is no command `muster local hr peopel`.',
      'Did you mean `muster local hr people`?',
    ],
    [
      'local hr',
      '`muster local hr` is not a whole command.',
      'Next comes one of: people, groups, members. Help: muster local hr --help',
    ],
    [
      'plan staff --detailed-exitcode',
      '`muster plan` has no option --detailed-exitcode.',
      'Did you mean --detailed-exit-code?',
    ],
    ['approve 3 --relase x', '`muster approve` has no option --relase.', 'Did you mean --release?'],
    ['--jsno runs', '`muster runs` has no option --jsno.', 'Did you mean --json?'],
    ['plan', '`muster plan` needs <connection>.', 'Help: muster plan --help'],
    ['plan a b', '`muster plan` does not know what to do with "b".', 'Help: muster plan --help'],
    ['plan a --limit many', '--limit is a whole number, not "many".', 'Write --limit N. Help: muster plan --help'],
    ['plan a --limit', '--limit needs a value.', 'Write --limit N.'],
    ['plan a --text --all', '--text needs a value.', 'Write --text TEXT.'],
    ['plan a --all=yes', '--all takes no value.', 'Write --all alone.'],
    ['plan a --text x --text y', '--text was given 2 times.', undefined],
    [
      'plan a --state helt',
      '"helt" is not possible for --state.',
      'Did you mean held? Possible: ready, held, blocked.',
    ],
    ['check a --as thing', '"thing" is not possible for --as.', 'Use one of: source, target.'],
  ])('refuses `%s` and says what to do', (line, message, hint) => {
    expect(refusal(line)).toEqual([message, hint])
  })

  it('tells a wish to read from a wish to act', () => {
    expect(parseCommandLine([], commands)).toEqual({ want: 'help', topic: [] })
    expect(parseCommandLine(['plan', 'staff', '-h'], commands)).toEqual({ want: 'help', topic: ['plan', 'staff'] })
    expect(parseCommandLine(['help', 'token'], commands)).toEqual({ want: 'help', topic: ['token'] })
    expect(parseCommandLine(['plan', '--version'], commands)).toEqual({ want: 'version' })
  })

  it('knows the options of the program even where the rest is wrong', () => {
    expect(globalValues(['nonsense', '--json', '--data-dir', '/d', '--frob'], commands)).toMatchObject({
      json: true,
      dataDir: '/d',
      quiet: false,
    })
  })
})
