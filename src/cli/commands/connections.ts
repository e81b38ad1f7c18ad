import type { ConnectionView } from '../../contract/connections.ts'
import { type Command, command } from '../command.ts'
import { readDocument } from '../document.ts'
import type { Paint } from '../output.ts'
import { everyItem, withCursor } from '../pages.ts'
import { stateWords } from '../render/run.ts'
import { plain, shownTime, table } from '../render/text.ts'
import { warningLines } from '../render/warnings.ts'
import { historyLines, putOptions, stateColours, stateLines, yamlLines } from './ends.ts'
import { retireCommand } from './retire.ts'

const key = { key: { help: 'name of the connection' } } as const

export const connectionCommands: readonly Command[] = [
  command({
    name: 'connections list',
    summary: 'list the connections with their state and last run',
    examples: ['connections list'],
    async run({ output, session }) {
      const client = await session.client()
      const items = await everyItem((cursor, limit) =>
        client.connections.list({ query: withCursor(cursor, limit) }, session.call),
      )
      output.show(
        { items },
        items.length === 0
          ? ['There are no connections yet. Make one: muster connections put <key> --set source=... --set target=...']
          : listLines(items, output.paint),
      )
      return 0
    },
  }),
  command({
    name: 'connections show',
    summary: 'one connection as it was written',
    arguments: key,
    options: { effective: { kind: 'flag', help: 'with every default filled in' } },
    examples: ['connections show staff', 'connections show staff --effective'],
    async run({ args, options, output, session }) {
      const client = await session.client()
      const detail = await client.connections.get({ params: { key: args.key } }, session.call)
      const { paint, stdout } = output
      const shown = options.effective ? (detail.effective ?? detail.document) : detail.document
      output.show(detail, [
        `${paint('bold', detail.key)}  ${detail.source} -> ${detail.target}, mode ${detail.mode}, version ${detail.version} of ${shownTime(detail.savedAt)} by ${plain(detail.savedBy)}, kept in ${detail.owner === 'file' ? 'the configuration file' : 'the store'}`,
        ...stateLines(detail.state, paint, stdout.columns),
        ...(detail.lastRun === undefined
          ? []
          : [
              `Last run: ${detail.lastRun.number}, ${stateWords[detail.lastRun.state].word}, ${shownTime(detail.lastRun.startedAt)}`,
            ]),
        ...warningLines(detail.warnings),
        ...pauseLines(detail),
        ...(detail.schedule === undefined ? [] : [`Runs by itself: ${plain(detail.schedule)}`]),
        ...(detail.nextRuns.length === 0 ? [] : [`Next runs: ${detail.nextRuns.map(shownTime).join(', ')}`]),
        '',
        ...yamlLines(shown),
      ])
      return 0
    },
  }),
  command({
    name: 'connections put',
    summary: 'create or replace a connection; changed rules make the next run a preview',
    arguments: key,
    options: putOptions,
    examples: [
      'connections put staff --set source=corp-ldap --set target=acme --set mode=review',
      'connections put staff --merge --set guards.deactivations.cap=20',
    ],
    async run({ args, options, output, session, environment }) {
      const client = await session.client()
      const request = { params: { key: args.key } }
      // What others save in between is not overwritten.
      const present = options.merge ? await client.connections.get(request, session.call) : undefined
      const parts = { file: options.file, set: options.set, secretEnv: [], secretFile: [], secretStdin: undefined }
      const document = await readDocument(parts, 'connections', args.key, environment, present?.document)
      const body = { document, basedOn: present?.version }
      const saved = await client.connections.put({ ...request, body }, session.call)
      output.show(saved, [
        saved.changed
          ? `Saved: connection ${saved.key}, version ${saved.version}.`
          : `The connection ${saved.key} is as before.`,
        ...warningLines(saved.warnings),
      ])
      output.next(`See what it would do: muster plan ${saved.key}`)
      return 0
    },
  }),
  command({
    name: 'connections remove',
    summary: 'take a connection out of use; nothing is removed from the target',
    description: ['To take away what it granted first: muster connections retire <connection> --clean-up'],
    arguments: key,
    examples: ['connections remove staff'],
    async run({ args, output, session }) {
      const client = await session.client()
      const removed = await client.connections.delete({ params: { key: args.key } }, session.call)
      output.show(removed, [
        `The connection ${args.key} is out of use. Nothing was removed from its target.`,
        "What it granted stays there and is nobody's from now on: no run takes it away. A new connection of the same name has it back.",
      ])
      return 0
    },
  }),
  retireCommand,
  command({
    name: 'connections history',
    summary: 'every saved version of a connection, the newest first',
    arguments: key,
    examples: ['connections history staff'],
    async run({ args, output, session }) {
      const client = await session.client()
      const items = await everyItem((cursor, limit) =>
        client.connections.history({ params: { key: args.key }, query: withCursor(cursor, limit) }, session.call),
      )
      output.show({ items }, historyLines(items))
      return 0
    },
  }),
]

function listLines(items: readonly ConnectionView[], paint: Paint): string[] {
  const rows = items.map((item) => [
    item.key,
    item.source,
    item.target,
    item.mode,
    item.state.state,
    item.schedule === undefined ? 'on demand' : plain(item.schedule),
    item.paused !== undefined ? 'paused' : item.nextRunAt === undefined ? '' : shownTime(item.nextRunAt),
    item.lastRun === undefined
      ? 'never'
      : `${item.lastRun.number} ${stateWords[item.lastRun.state].word}, ${shownTime(item.lastRun.startedAt)}`,
  ])
  const columns = ['name', 'source', 'target', 'mode', 'state', 'schedule', 'next run', 'last run'].map((title) => ({
    title,
  }))
  return table(columns, rows, (cell, column, row) => {
    const item = items[row]
    return column === 4 && item !== undefined ? paint(stateColours[item.state.state], cell) : cell
  })
}

function pauseLines({ key, paused }: Pick<ConnectionView, 'key' | 'paused'>): readonly string[] {
  if (paused === undefined) return []
  const why = paused.why === undefined ? '' : `: ${plain(paused.why)}`
  return [`Paused since ${shownTime(paused.since)} by ${plain(paused.by)}${why}. Let it go on: muster resume ${key}`]
}
