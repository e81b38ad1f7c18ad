import type { FindReport, FoundPerson } from '../../contract/sources.ts'
import { command } from '../command.ts'
import type { Paint } from '../output.ts'
import { plain, shownTime, table, wrap } from '../render/text.ts'

/** Exit code when nobody was found, as that of `not-found`. */
const nobody = 2

export const findCommand = command({
  name: 'find',
  summary: 'look somebody up at a source: record, groups, and what would happen to them',
  description: [
    'Shows the record as the source has it (without secrets), what is mapped, the groups with the way to each, and for every connection of the source whether the person is in scope, which account is theirs, and what a run would do. Both sides are read for that; nothing is changed.',
  ],
  arguments: { source: { help: 'name of a source' }, login: { help: 'login or e-mail address' } },
  options: {
    connection: { kind: 'text', value: 'NAME', help: 'look at this connection only' },
    depth: {
      kind: 'text',
      value: 'DEPTH',
      help: 'how far to look; plan unless told',
      choices: ['record', 'groups', 'plan'],
    },
  },
  examples: [
    'find corp-ldap ann',
    'find corp-ldap ann@example.com --connection staff',
    'find corp-ldap ann --depth record --json',
  ],
  async run({ args, options, output, session }) {
    const client = await session.client()
    output.note(`Looking for "${args.login}" in ${args.source} ...`)
    const report = await client.sources.find(
      {
        params: { key: args.source },
        query: {
          login: args.login,
          ...(options.connection === undefined ? {} : { connection: options.connection }),
          ...(options.depth === undefined ? {} : { depth: options.depth as 'record' | 'groups' | 'plan' }),
        },
      },
      session.call,
    )
    output.show(report, findLines(report, output.paint, output.stdout.columns))
    return report.records.length === 0 ? nobody : 0
  },
})

/** The report in words, from the record to what would happen. */
function findLines({ source, login, records, people, read }: FindReport, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 2
  const lines: string[] = []
  if (records.length === 0) lines.push(paint('yellow', `Nobody in ${source} is called "${plain(login)}".`))
  for (const record of records) {
    lines.push(...(lines.length === 0 ? [] : ['']), paint('bold', plain(record.name)))
    if (record.key !== undefined) lines.push(`  key ${plain(record.key)}`)
    for (const note of record.notes)
      lines.push(...wrap(`! ${plain(note)}`, width - 2).map((line) => paint('yellow', `  ${line}`)))
    const rows = record.attributes.flatMap(({ name, values }) =>
      values.map((value, index) => [index === 0 ? plain(name) : '', plain(value)]),
    )
    const wide = Math.min(30, Math.max(0, ...rows.map(([name = '']) => name.length)))
    lines.push(...rows.map(([name = '', value = '']) => `  ${name.padEnd(wide)}  ${value}`))
  }
  for (const person of people) lines.push('', ...personLines(person, paint, width))
  for (const message of read?.unproven ?? []) {
    lines.push('', ...wrap(`! Not read completely: ${plain(message)}`, width).map((line) => paint('yellow', line)))
  }
  return lines
}

function personLines(person: FoundPerson, paint: Paint, width: number): string[] {
  const { key, active, mapped, groups, connections } = person
  const values = Object.entries(mapped).map(([name, value]) => `${name} ${value === null ? '(empty)' : plain(value)}`)
  const groupRows = groups.map(({ name, path, complete }) => [
    plain(name),
    path.length > 1 ? `through ${path.slice(0, -1).map(plain).join(' > ')}` : 'direct',
    complete ? '' : 'members not proven',
  ])
  return [
    `${paint('bold', plain(key))}: ${active ? 'active' : paint('yellow', 'inactive')}; ${values.join(', ')}`,
    ...(groups.length === 0 ? [] : ['', ...table([{ title: 'group' }, { title: 'how' }, { title: '' }], groupRows)]),
    ...connections.flatMap((each) => ['', ...connectionLines(each, paint, width)]),
  ]
}

type ConnectionOutlook = FoundPerson['connections'][number]
type Outlook = NonNullable<ConnectionOutlook['outlook']>

function connectionLines(
  { connection, target, mode, outlook, error }: ConnectionOutlook,
  paint: Paint,
  width: number,
): string[] {
  const head = `${paint('bold', connection)} -> ${target}${mode === undefined ? '' : ` (${mode})`}`
  if (outlook === undefined) {
    const why =
      error === undefined
        ? 'nothing can be said'
        : `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`
    return [head, ...wrap(plain(why), width - 2).map((line) => paint('red', `  ${line}`))]
  }
  const sentences = [
    scopeWords[outlook.scope],
    accountWords(outlook),
    ...departureWords(outlook),
    ...customWords(outlook),
  ]
  const changes = outlook.changes.map(({ sign, kind, accountLabel, groupLabel, sentence, state, stateReasons }) => {
    const what = groupLabel ?? accountLabel ?? ''
    const held = state === 'ready' ? '' : ` [${state}: ${stateReasons.map(({ sentence: each }) => each).join('; ')}]`
    return `${sign} ${kind} ${plain(what)}, because ${sentence}${held}`
  })
  const items = outlook.workItems.map(({ message }) => `? ${plain(message)}`)
  const nothing = changes.length + items.length === 0 ? ['Nothing would change.'] : []
  const unproven = outlook.unproven.map((message) => `! ${plain(message)}`)
  return [
    head,
    ...[...sentences, ...changes, ...items, ...nothing, ...unproven].flatMap((each) =>
      wrap(each, width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
    ),
  ]
}

const scopeWords: Readonly<Record<Outlook['scope'], string>> = {
  in: 'In scope.',
  out: 'Not in scope.',
  unknown: 'Whether they are in scope cannot be told: something the scope asks for was not delivered.',
}

function accountWords({ found, accounts, because }: Outlook): string {
  const names = accounts.map(plain).join(' or ')
  switch (found) {
    case 'linked':
      return `Linked to ${names}.`
    case 'matched':
      return `Matches ${names} by ${because ?? 'its name'}.`
    case 'undecided':
      return `A person has to decide (${because ?? 'several accounts'}): ${names}.`
    case 'gone':
      return 'Linked to an account that is not there any more.'
    case 'unseen':
      return 'Linked to an account that was not seen, because the target was not read completely.'
    case 'none':
      return 'No account of theirs was found.'
  }
}

function customWords({ custom }: Outlook): string[] {
  if (custom.length === 0) return []
  const values = custom.map(({ name, value }) => `${plain(name)} ${value === null ? '(empty)' : `"${plain(value)}"`}`)
  return [`Custom attributes: ${values.join(', ')}.`]
}

function departureWords({ departure }: Outlook): string[] {
  return departure === undefined
    ? []
    : [`Counts as leaving (${departure.signal}) since ${shownTime(departure.provenSince)}.`]
}
