import { changeCells, changeHead } from '../../contract/change-cells.ts'
import { presetNames, type ReportPreset, type ReportRow } from '../../contract/report.ts'
import { accessText } from '../../domain/access.ts'
import { type ChangeKind, changeKinds, type Outcome, outcomes } from '../../domain/change.ts'
import { fail } from '../../domain/errors.ts'
import { csvLine } from '../../platform/csv.ts'
import { command } from '../command.ts'
import { everyPage } from '../pages.ts'
import { plain, shownTime, table } from '../render/text.ts'

const listedUnlessAsked = 200

export const reportCommand = command({
  name: 'report',
  summary: 'what was done to whom, when, why and with which outcome, the newest first',
  description: [
    'Without filters everything by time. What is planned and not done yet is left out unless --outcome open asks for it.',
    'Presets: leavers (accounts that were ended), new-access (accounts, memberships and roles that were given), administrators (memberships of groups that administer), seats (what takes or frees a licence).',
    'In a CSV file a cell that begins with = + - or @ begins with an apostrophe, so that no spreadsheet runs it.',
  ],
  options: {
    person: { kind: 'text', value: 'WHO', help: 'key or id, or part of a name or address' },
    application: { kind: 'text', value: 'NAME', help: 'name of a connection, a source or a target' },
    from: { kind: 'text', value: 'DATE', help: 'from this day or instant on (UTC)' },
    until: { kind: 'text', value: 'DATE', help: 'to the end of this day, or before this instant (UTC)' },
    kind: { kind: 'texts', value: 'KIND', help: 'only this kind of change', choices: Object.keys(changeKinds) },
    outcome: { kind: 'texts', value: 'OUTCOME', help: 'only this outcome', choices: [...outcomes, 'open'] },
    preset: { kind: 'text', value: 'NAME', help: 'a ready-made choice of kinds', choices: presetNames },
    limit: { kind: 'number', value: 'N', help: `at most N rows (${listedUnlessAsked} if left out)` },
    all: { kind: 'flag', help: 'every row' },
    csv: { kind: 'flag', help: 'a CSV file on standard output' },
  },
  examples: [
    'report --from 2026-03-01 --until 2026-03-31 --csv --all',
    'report --person ann@example.com',
    'report --preset leavers --application corp-ldap --json',
  ],
  async run({ options, output, session }) {
    if (options.csv && output.json) throw fail.usage('--csv and --json are two forms; give one of them.')
    const client = await session.client()
    const { person, application, from, until, preset } = options
    const filter = {
      ...(person === undefined ? {} : { person }),
      ...(application === undefined ? {} : { application }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(preset === undefined ? {} : { preset: preset as ReportPreset }),
      ...(options.kind.length === 0 ? {} : { kind: options.kind as ChangeKind[] }),
      ...(options.outcome.length === 0 ? {} : { outcome: options.outcome as (Outcome | 'open')[] }),
    }
    const pages = everyPage(
      (cursor, limit) =>
        client.report.changes(
          { query: { ...filter, limit, ...(cursor === undefined ? {} : { cursor }) } },
          session.call,
        ),
      options.all ? undefined : (options.limit ?? listedUnlessAsked),
    )
    if (options.csv) {
      output.stdout.write(csvLine(csvHead))
      for await (const rows of pages) output.stdout.write(rows.map((row) => csvLine(csvCells(row))).join(''))
      return 0
    }
    const items: ReportRow[] = []
    for await (const rows of pages) items.push(...rows)
    const shown = items.map(tableCells)
    output.show(
      { items },
      items.length === 0
        ? ['Nothing was done that fits.']
        : table(
            tableHead.map((title) => ({ title })),
            shown,
          ),
    )
    return 0
  },
})

const tableHead = ['at', 'connection', 'run', 'what', 'who', 'where', 'because', 'outcome']

function tableCells(row: ReportRow): string[] {
  return [
    shownTime(row.at),
    row.connection,
    String(row.run),
    row.kind,
    plain(whoOf(row)),
    plain(whereOf(row)),
    row.reason,
    row.outcome === 'open' ? row.state : row.outcome,
  ]
}

const csvHead = ['at', 'connection', 'run', 'started by', ...changeHead, 'fingerprint of the plan']

function csvCells(row: ReportRow): (string | undefined)[] {
  return [row.at, row.connection, String(row.run), row.startedBy, ...changeCells(row), row.fingerprint]
}

function whoOf({ accountLabel, person }: ReportRow): string {
  return accountLabel ?? person?.label ?? person?.key ?? ''
}

function whereOf({ groupLabel, access, after }: ReportRow): string {
  if (groupLabel !== undefined) return groupLabel
  return access === undefined ? Object.keys(after ?? {}).join(', ') : accessText(access)
}

const dateOptions = {
  on: { kind: 'text', value: 'DATE', help: 'on this day (its first moment, UTC) or at this instant; now if left out' },
  and: { kind: 'text', value: 'DATE', help: 'and on this one: tell what came and went in between' },
} as const

const datesOf = ({ on, and }: { readonly on: string | undefined; readonly and: string | undefined }) => ({
  ...(on === undefined ? {} : { on }),
  ...(and === undefined ? {} : { and }),
})

export const reportGroup = command({
  name: 'report group',
  summary: 'who is in a group of a target, or was on a day, and who came and went',
  arguments: { group: { help: 'name or id of the group' } },
  options: dateOptions,
  examples: ['report group jira-administrators --on 2026-03-01', 'report group dev --on 2026-03-01 --and 2026-06-01'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const report = await client.report.group({ query: { group: args.group, ...datesOf(options) } }, session.call)
    const lines: string[] = []
    for (const { name, directoryKey, members, gained, lost, knownSince } of report.groups) {
      if (lines.length > 0) lines.push('')
      lines.push(`${output.paint('bold', plain(name))} in ${directoryKey}, ${shownTime(report.on)}: ${members.length}`)
      lines.push(...unknownThen(report.on, knownSince))
      lines.push(...held(members.map(({ label, ...rest }) => ({ name: label, ...rest }))))
      lines.push(
        ...between(
          report.and,
          gained?.map(({ label }) => label),
          lost?.map(({ label }) => label),
        ),
      )
    }
    output.show(report, lines)
    return 0
  },
})

export const reportPerson = command({
  name: 'report person',
  summary: 'what somebody has in the targets, or had on a day, and what came and went',
  arguments: { person: { help: 'key at the source, or id, name or address of the account' } },
  options: dateOptions,
  examples: ['report person ann@example.com', 'report person ann@example.com --on 2026-03-01 --and 2026-06-01 --json'],
  async run({ args, options, output, session }) {
    const client = await session.client()
    const report = await client.report.person({ query: { person: args.person, ...datesOf(options) } }, session.call)
    const lines: string[] = []
    for (const { name, directoryKey, state, groups, access, gained, lost, knownSince } of report.accounts) {
      if (lines.length > 0) lines.push('')
      lines.push(
        `${output.paint('bold', plain(name))} in ${directoryKey}, ${shownTime(report.on)}: ${state ?? 'no account'}`,
      )
      lines.push(...unknownThen(report.on, knownSince))
      lines.push(...held([...groups, ...access]))
      lines.push(
        ...between(
          report.and,
          gained?.map((each) => each.name),
          lost?.map((each) => each.name),
        ),
      )
    }
    output.show(report, lines)
    return 0
  },
})

interface Held {
  readonly name: string
  readonly since: string
  readonly grantedBy?: string | undefined
  readonly administers?: boolean | undefined
}

function held(things: readonly Held[]): string[] {
  if (things.length === 0) return ['  nothing']
  const rows = things.map(({ name, since, grantedBy, administers }) => [
    `  ${plain(name)}`,
    `since ${shownTime(since)}`,
    grantedBy === undefined ? 'not ours' : `by ${grantedBy}`,
    administers === true ? 'administers' : '',
  ])
  return table([{ title: '' }, { title: '' }, { title: '' }, { title: '' }], rows).slice(1)
}

function unknownThen(on: string, knownSince: string | undefined): string[] {
  if (knownSince === undefined) return ['  Nothing was read there yet.']
  return on < knownSince ? [`  Nothing is known before ${shownTime(knownSince)}, when it was first read.`] : []
}

function between(and: string | undefined, gained: readonly string[] = [], lost: readonly string[] = []): string[] {
  if (and === undefined) return []
  const came = gained.map((name) => `  + ${plain(name)}`)
  const went = lost.map((name) => `  - ${plain(name)}`)
  const nothing = came.length + went.length === 0 ? ['  no difference'] : []
  return [`until ${shownTime(and)}:`, ...came, ...went, ...nothing]
}
