import { stringify } from 'yaml'
import type { EndDetail, EndState, EndSummary } from '../../contract/ends.ts'
import type { KindView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'
import { type Command, command, type Options, type OptionValues } from '../command.ts'
import { type DocumentParts, readDocument } from '../document.ts'
import type { Colour, Paint } from '../output.ts'
import { everyItem, withCursor } from '../pages.ts'
import { plain, shownTime, table, wrap } from '../render/text.ts'
import { suggestionFor } from '../suggestion.ts'

export const stateColours: Readonly<Record<EndState['state'], Colour>> = {
  ready: 'green',
  incomplete: 'yellow',
  'needs-attention': 'red',
}

/** Options of every `put`. */
export const putOptions = {
  file: { kind: 'text', value: 'FILE', help: 'YAML or JSON with the settings, alone or inside a whole configuration' },
  set: { kind: 'texts', value: 'NAME=VALUE', help: 'one setting; a dot leads into a section' },
  merge: { kind: 'flag', help: 'keep the present settings that are not named' },
} as const satisfies Options

/** How a secret is given without standing in the command line. */
export const secretOptions = {
  'secret-env': {
    kind: 'texts',
    value: 'NAME=VARIABLE',
    help: 'a secret kept in an environment variable of the server',
  },
  'secret-file': { kind: 'texts', value: 'NAME=PATH', help: 'a secret kept in a file of the server' },
  'secret-stdin': { kind: 'text', value: 'NAME', help: 'a secret read from standard input and sealed in the store' },
} as const satisfies Options

/** What the options of a `put` or a trial give. */
export function partsOf(options: OptionValues<Omit<typeof putOptions, 'merge'> & typeof secretOptions>): DocumentParts {
  return {
    file: options.file,
    set: options.set,
    secretEnv: options['secret-env'],
    secretFile: options['secret-file'],
    secretStdin: options['secret-stdin'],
  }
}

/** `list`, `show`, `put`, `remove`, `history` and `kinds` of sources or targets. */
export function endCommands(noun: 'sources' | 'targets'): readonly Command[] {
  const one = noun === 'sources' ? 'source' : 'target'
  const example = noun === 'sources' ? 'corp-ldap' : 'acme'
  const key = { key: { help: `name of the ${one}` } } as const
  return [
    command({
      name: `${noun} list`,
      summary: `list the ${noun} with their state`,
      examples: [`${noun} list`],
      async run({ output, session }) {
        const client = await session.client()
        const items = await everyItem((cursor, limit) =>
          client[noun].list({ query: withCursor(cursor, limit) }, session.call),
        )
        output.show(
          { items },
          items.length === 0
            ? [`There are no ${noun} yet. Kinds to choose from: muster ${noun} kinds`]
            : listLines(items, output.paint),
        )
        return 0
      },
    }),
    command({
      name: `${noun} show`,
      summary: `one ${one} as it was written, without secrets`,
      arguments: key,
      examples: [`${noun} show ${example}`],
      async run({ args, output, session }) {
        const client = await session.client()
        const detail = await client[noun].get({ params: { key: args.key } }, session.call)
        output.show(detail, detailLines(detail, output.paint, output.stdout.columns))
        return 0
      },
    }),
    command({
      name: `${noun} put`,
      summary: `create or replace a ${one}`,
      description: [`What can be set: muster ${noun} kinds <kind>. The name can never change.`],
      arguments: key,
      options: { ...putOptions, ...secretOptions },
      examples: [
        `${noun} put ${example} --file ${example}.yaml`,
        noun === 'sources'
          ? 'sources put corp-ldap --set type=ldap --set hosts=[ldap.example.com] --secret-env password=LDAP_PASSWORD'
          : 'targets put acme --merge --secret-stdin apiToken < token.txt',
      ],
      async run({ args, options, output, session, environment }) {
        const client = await session.client()
        const request = { params: { key: args.key } }
        // What others save in between is not overwritten.
        const present = options.merge ? await client[noun].get(request, session.call) : undefined
        const document = await readDocument(partsOf(options), noun, args.key, environment, present?.document)
        const body = { document, basedOn: present?.version }
        const saved = await client[noun].put({ ...request, body }, session.call)
        output.show(saved, [
          saved.changed
            ? `Saved: ${one} ${saved.key}, version ${saved.version}.`
            : `The ${one} ${saved.key} is as before.`,
        ])
        output.next(`Try it: muster check ${saved.key}`)
        return 0
      },
    }),
    command({
      name: `${noun} remove`,
      summary: `take a ${one} out of use; what Muster remembers stays`,
      arguments: key,
      examples: [`${noun} remove ${example}`],
      async run({ args, output, session }) {
        const client = await session.client()
        const removed = await client[noun].delete({ params: { key: args.key } }, session.call)
        output.show(removed, [`The ${one} ${args.key} is out of use.`])
        return 0
      },
    }),
    command({
      name: `${noun} history`,
      summary: `every saved version of a ${one}, the newest first`,
      arguments: key,
      examples: [`${noun} history ${example}`],
      async run({ args, output, session }) {
        const client = await session.client()
        const items = await everyItem((cursor, limit) =>
          client[noun].history({ params: { key: args.key }, query: withCursor(cursor, limit) }, session.call),
        )
        output.show({ items }, historyLines(items))
        return 0
      },
    }),
    command({
      name: `${noun} kinds`,
      summary: `which kinds of ${noun} there are, and what each can be told`,
      arguments: { kind: { help: 'show the settings of this kind', optional: true } },
      examples: [`${noun} kinds`, noun === 'sources' ? 'sources kinds file' : 'targets kinds jira-cloud'],
      async run({ args, output, session }) {
        const client = await session.client()
        const { [noun]: kinds } = await client.system.catalog(undefined, session.call)
        const width = Math.max(60, output.stdout.columns)
        if (args.kind === undefined) {
          const rows = kinds.map(({ type, title, summary }) => [type, title, summary])
          output.show({ items: kinds }, table([{ title: 'kind' }, { title: 'name' }, { title: 'what it is' }], rows))
          return 0
        }
        const kind = kinds.find(({ type }) => type === args.kind)
        if (kind === undefined) throw unknownKind(args.kind, kinds, one)
        output.show(kind, kindLines(kind, output.paint, width))
        return 0
      },
    }),
  ]
}

function listLines(items: readonly EndSummary[], paint: Paint): string[] {
  const rows = items.map(({ key, type, state, owner, version, savedAt }) => [
    key,
    type,
    state.state,
    state.checkedAt === undefined ? 'never' : shownTime(state.checkedAt),
    owner,
    String(version),
    shownTime(savedAt),
  ])
  const columns = ['name', 'kind', 'state', 'checked', 'kept in', 'version', 'saved'].map((title) => ({ title }))
  return table(columns, rows, (cell, column, row) => {
    const item = items[row]
    return column === 2 && item !== undefined ? paint(stateColours[item.state.state], cell) : cell
  })
}

function detailLines(detail: EndDetail, paint: Paint, columns: number): string[] {
  const { key, title, state, owner, version, savedAt, savedBy, secrets } = detail
  return [
    `${paint('bold', key)}  ${title}, version ${version} of ${shownTime(savedAt)} by ${plain(savedBy)}, kept in ${owner === 'file' ? 'the configuration file' : 'the store'}`,
    ...stateLines(state, paint, columns),
    '',
    ...yamlLines(detail.document),
    ...secretLines(secrets, paint),
  ]
}

/** Where each secret is and whether it can be had; never what it is. */
export function secretLines(secrets: EndDetail['secrets'], paint: Paint): string[] {
  return [
    ...(secrets.length === 0 ? [] : ['', 'Secrets:']),
    ...secrets.map(({ field, from, name, set, expires }) => {
      const where = {
        env: `variable ${name ?? ''}`,
        file: `file ${name ?? ''}`,
        sealed: 'sealed in the store',
        none: 'nowhere',
      }[from]
      return `  ${field}: ${set ? 'set' : paint('yellow', 'not set')}, ${plain(where)}${expires === undefined ? '' : `, expires ${shownTime(expires)}`}`
    }),
  ]
}

export function stateLines({ state, problems, checkedAt }: EndState, paint: Paint, columns: number): string[] {
  const width = Math.max(60, columns) - 4
  return [
    `State: ${paint(stateColours[state], state)}${checkedAt === undefined ? '' : ` (checked ${shownTime(checkedAt)})`}`,
    ...problems.flatMap(({ where, message, hint }) => [
      ...wrap(`${where === undefined ? '' : `${plain(where)}: `}${plain(message)}`, width).map(
        (line, index) => `  ${index === 0 ? '- ' : '  '}${line}`,
      ),
      ...(hint === undefined ? [] : wrap(plain(hint), width - 2).map((line) => `      ${line}`)),
    ]),
  ]
}

export function historyLines(
  items: readonly {
    readonly version: number
    readonly savedAt: string
    readonly savedBy: string
    readonly document: object
  }[],
): string[] {
  return items.flatMap(({ version, savedAt, savedBy, document }) => [
    `version ${version}  ${shownTime(savedAt)} by ${plain(savedBy)}`,
    ...yamlLines(document).map((line) => `    ${line}`),
  ])
}

export function yamlLines(document: object): string[] {
  return stringify(document, { lineWidth: 110 }).trimEnd().split('\n').map(plain)
}

export function kindLines({ type, title, summary, fields }: KindView, paint: Paint, width: number): string[] {
  const lines = [paint('bold', `${type}  ${title}`), ...wrap(summary, width)]
  for (const [group, own] of Map.groupBy(fields, (field) => field.group)) {
    lines.push('', `${group}:`)
    for (const { name, label, help, required, secret, unit, suggested } of own) {
      const facts = [
        required ? 'required' : '',
        secret ? 'secret' : '',
        unit ?? '',
        suggested === undefined ? '' : `e.g. ${String(suggested)}`,
      ].filter((fact) => fact !== '')
      lines.push(`  ${paint('bold', name)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}: ${label}`)
      lines.push(...wrap(help, width - 6).map((line) => `      ${line}`))
    }
  }
  return lines
}

export function unknownKind(typed: string, kinds: readonly KindView[], one: string) {
  const known = kinds.map(({ type }) => type)
  const near = suggestionFor(typed, known)
  return fail.notFound(`There is no kind of ${one} called "${typed}".`, {
    hint: near === undefined ? `There is: ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}
