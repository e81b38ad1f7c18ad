import type { SourceTrialView } from '../../contract/sources.ts'
import { command } from '../command.ts'
import { isNothing, readDocument } from '../document.ts'
import type { Paint } from '../output.ts'
import { plain, table, wrap } from '../render/text.ts'
import { partsOf, putOptions, secretOptions } from './ends.ts'

export const tryCommand = command({
  name: 'sources try',
  summary: 'the first answer, five people and the members of one group, before anything is saved',
  description: [
    'Without --file or --set the saved settings are tried. Only first pages are asked for: this shows what the settings make of them, and proves nothing about completeness.',
    'The exit code is 2 where a setting leads nowhere.',
  ],
  arguments: { key: { help: 'name of the source, also one that does not exist yet' } },
  options: { ...putOptions, ...secretOptions },
  examples: ['sources try hr --file hr.yaml', 'sources try hr --merge --set users.items=$.people', 'sources try hr'],
  async run({ args, options, output, session, environment }) {
    const client = await session.client()
    const params = { key: args.key }
    const parts = partsOf(options)
    const isSaved = isNothing(parts)
    const before = options.merge ? (await client.sources.get({ params }, session.call)).document : {}
    const body = isSaved ? {} : { document: await readDocument(parts, 'sources', args.key, environment, before) }
    output.note(`Trying ${args.key} ...`)
    const trial = await client.sources.tryOut({ params, body }, session.call)
    output.show(trial, trialLines(trial, output.paint, output.stdout.columns))
    if (trial.problems.length > 0) return 2
    output.next(
      isSaved ? `Read everything once: muster check ${args.key}` : `Save it: muster sources put ${args.key} ...`,
    )
    return 0
  },
})

/** The answer, what became of it, and what leads nowhere. */
function trialLines(trial: SourceTrialView, paint: Paint, columns: number): string[] {
  const { answer, people, group, notes, problems } = trial
  const width = Math.max(60, columns) - 4
  const names = [...new Set(people.flatMap(({ mapped }) => Object.keys(mapped)))]
  const rows = people.map(({ key, active, mapped }) => [
    plain(key),
    active ? 'yes' : 'no',
    ...names.map((name) => plain(mapped[name] ?? '')),
  ])
  const members = group?.members ?? []
  return [
    ...(answer === undefined ? [] : [paint('bold', `The first answer, of ${plain(answer.from)}`)]),
    ...(answer === undefined ? [] : answer.text.split('\n').map((line) => `  ${plain(line)}`)),
    '',
    paint('bold', 'People as Muster reads them'),
    ...(people.length === 0
      ? ['  none']
      : table([{ title: 'key' }, { title: 'active' }, ...names.map((title) => ({ title }))], rows)),
    ...people.slice(0, 1).flatMap(({ attributes }) => [
      `Attributes of the first: ${Object.entries(attributes)
        .map(([name, value]) => `${plain(name)}=${plain(String(value ?? ''))}`)
        .join(', ')}`,
    ]),
    ...(group === undefined
      ? []
      : [
          '',
          paint('bold', `Members of ${plain(group.name)} (${plain(group.key)})`),
          members.length === 0 ? '  none on the first page' : `  ${members.map(memberText).join(', ')}`,
        ]),
    '',
    ...notes.map((note) => `  - ${plain(note)}`),
    ...problems.flatMap(({ where, message, hint }) => [
      ...wrap(`${where === undefined ? '' : `${plain(where)}: `}${plain(message)}`, width).map(
        (line, index) => `${index === 0 ? `${paint('red', '✗')} ` : '  '}${line}`,
      ),
      ...(hint === undefined ? [] : wrap(plain(hint), width - 2).map((line) => `    ${line}`)),
    ]),
  ]
}

function memberText({ kind, key }: NonNullable<SourceTrialView['group']>['members'][number]): string {
  return kind === 'group' ? `group ${plain(key)}` : plain(key)
}
