import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './arguments.ts'
import { globalOptions } from './command.ts'
import { commands } from './commands.ts'
import { chapters, helpFor } from './help.ts'

describe('the command table', () => {
  it('has every command in one chapter of the help', () => {
    const families = [...new Set(commands.map(({ name }) => name.split(' ')[0]))].sort()
    expect(chapters.flatMap((chapter) => chapter.commands).sort()).toEqual(families)
  })

  it('gives an option of one name the same kind everywhere, so that it may stand anywhere', () => {
    const kinds = new Map<string, string>(Object.entries(globalOptions).map(([name, { kind }]) => [name, kind]))
    const differing = commands.flatMap(({ name: command, options }) =>
      Object.entries(options).flatMap(([name, { kind }]) => {
        const known = kinds.get(name)
        kinds.set(name, known ?? kind)
        // One value or several is read per command; with or without a value is not.
        const same = known === undefined || (known === 'flag') === (kind === 'flag')
        return same ? [] : [`${command} --${name}`]
      }),
    )
    expect(differing).toEqual([])
  })

  it.each(commands.flatMap(({ name, examples }) => examples.map((example) => [example, name])))(
    'has an example that works: muster %s',
    (example, name) => {
      const argv = example.replace(/\s[<>] .*$/, '').match(/(?:[^\s"]|"[^"]*")+/g) ?? []
      expect(parseCommandLine(argv, commands)).toMatchObject({ want: 'run', command: { name } })
    },
  )

  it.each(commands.map(({ name }) => [name]))('explains `%s` in lines that fit a terminal', (name) => {
    const topic = name.split(' ').map((part) => (part.startsWith('<') ? 'hr' : part))
    const text = helpFor(topic, commands, 80)
    expect(text).toContain(`Usage: muster ${name}`)
    expect(text).toContain('Examples:')
    const long = text
      .split('\n')
      .filter((line) => line.length > 80 && !line.startsWith('  muster ') && !line.startsWith('Usage'))
    expect(long).toEqual([])
  })
})

describe('help', () => {
  it('begins with what the program is for and lists each family once', () => {
    const text = helpFor([], commands, 100)
    expect(text).toMatch(/^Muster keeps the users/)
    expect(text.match(/^ {2}sources /gm)).toHaveLength(1)
    expect(text).toContain('--data-dir DIR')
    expect(text).toContain('muster demo')
  })

  it('explains one command with arguments, options and examples', () => {
    expect(helpFor(['approve'], commands, 80)).toBe(
      [
        'Approve a plan as it was reviewed, and release what guards hold.',
        '',
        'Usage: muster approve <plan> [options]',
        '',
        'An approval holds for exactly this plan. Without an option what a guard holds',
        'stays held; the rest may be applied.',
        '',
        'Where the connection asks for two people (review.fourEyes), it is somebody who',
        'neither started the run nor changed the rules since they were last applied.',
        '',
        'Arguments:',
        '  <plan>                    id of a plan, number of its run, name of a',
        '                            connection (its newest plan), or latest',
        '',
        'Options:',
        '  --release GUARD ...       release what these guards hold (several with commas)',
        '  --changes NUMBERS         release these changes, e.g. 3,7-9',
        '  --all                     release everything that is held',
        '  --comment TEXT            kept with the approval',
        '',
        'Examples:',
        '  muster approve 12',
        '  muster approve 12 --release deactivations,group-adoption',
        '  muster approve latest --changes 3,7-9',
        '',
        'Options of every command: muster --help',
      ].join('\n'),
    )
  })

  it('lists a family where no single command was named', () => {
    const text = helpFor(['token'], commands, 100)
    expect(text).toContain('muster token create [name] [options]')
    expect(text).toContain('muster token revoke <token>')
  })

  it('takes words behind a command as its arguments', () => {
    expect(helpFor(['plan', 'staff'], commands, 80)).toContain('Usage: muster plan <connection>')
  })

  it('says what was probably meant', () => {
    expect(() => helpFor(['aprove'], commands, 80)).toThrow('There is no command `muster aprove`.')
  })
})
