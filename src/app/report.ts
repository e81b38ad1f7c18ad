import { type ReportRow, reportPresets } from '../contract/report.ts'
import type { Handlers } from '../contract/routes.ts'
import { accessText } from '../domain/access.ts'
import { fail } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import type { AccessThen, ReportedChange, ReportFilter } from '../ports/report.ts'
import type { UseCase } from './use-case.ts'
import { changeView, timeOrNone } from './views.ts'

const dayMs = 86_400_000

export function reportUseCases(useCase: UseCase): Handlers['report'] {
  const { store, clock } = useCase
  const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text)
  const begin = (text: string) => Date.parse(text)
  const end = (text: string) => (isDate(text) ? begin(text) + dayMs : begin(text))
  const instants = ({ on, and }: { readonly on?: string | undefined; readonly and?: string | undefined }) => ({
    first: on === undefined ? clock.now() : begin(on),
    second: and === undefined ? undefined : begin(and),
  })

  return {
    async changes(_caller, { query }) {
      const { person, application, from, until, kind, outcome, preset, cursor, limit } = query
      const chosen = preset === undefined ? undefined : reportPresets[preset]
      const filter: ReportFilter = {
        person,
        connections: application === undefined ? undefined : await connectionsOf(useCase, application),
        from: from === undefined ? undefined : begin(from),
        until: until === undefined ? undefined : end(until),
        kinds: kind === undefined ? chosen : kind.filter((each) => chosen?.some((known) => known === each) !== false),
        outcomes: outcome,
        administration: preset === 'administrators' ? true : undefined,
      }
      const { items, next } = await store.report.changes(filter, { cursor, limit })
      return {
        items: items.map(reportRow),
        next,
      }
    },

    async group(_caller, { query }) {
      const { first, second } = instants(query)
      const named = await store.report.groupsNamed(query.group)
      if (named.length === 0) throw nothingCalled('group', query.group)
      const members = async (directoryKey: string, id: string, at: number) =>
        (await store.directories.members(directoryKey, id, at)).map(({ since, ...rest }) => ({
          ...rest,
          since: isoTime(since),
        }))
      const groups = []
      for (const { directoryKey, id, name } of named) {
        const then = await members(directoryKey, id, first)
        const later = second === undefined ? undefined : await members(directoryKey, id, second)
        groups.push({
          directoryKey,
          id,
          name,
          knownSince: timeOrNone(await store.report.knownSince(directoryKey)),
          members: then,
          ...(later === undefined ? {} : difference(then, later, ({ accountId }) => accountId)),
        })
      }
      return { on: isoTime(first), and: timeOrNone(second), groups }
    },

    async person(_caller, { query }) {
      const { first, second } = instants(query)
      const named = await store.report.accountsNamed(query.person)
      if (named.length === 0) throw nothingCalled('account', query.person)
      const accounts = []
      for (const { directoryKey, id, name } of named) {
        const then = await store.report.accessOf(directoryKey, id, first)
        const later = second === undefined ? undefined : await store.report.accessOf(directoryKey, id, second)
        const { groups, access } = things(then)
        const after = later === undefined ? undefined : things(later)
        accounts.push({
          directoryKey,
          id,
          name,
          knownSince: timeOrNone(await store.report.knownSince(directoryKey)),
          state: then.state,
          stateThen: later?.state,
          groups,
          access,
          ...(after === undefined
            ? {}
            : difference([...groups, ...access], [...after.groups, ...after.access], (each) => each.id)),
        })
      }
      return { on: isoTime(first), and: timeOrNone(second), accounts }
    },
  }
}

export function reportRow({
  at,
  connection,
  runNumber,
  startedBy,
  directoryKey,
  fingerprint,
  ...change
}: ReportedChange): ReportRow {
  return { ...changeView(change), at: isoTime(at), connection, run: runNumber, startedBy, directoryKey, fingerprint }
}

/** Connections by their own name, or by that of their source or target; a removed one is still in the report. */
async function connectionsOf(useCase: UseCase, name: string): Promise<readonly string[]> {
  const all = await useCase.objects('connection')
  const joined = all.filter(({ document }) => document.source === name || document.target === name)
  return [...new Set([name, ...joined.map(({ key }) => key)])]
}

function nothingCalled(what: 'group' | 'account', name: string) {
  return fail.notFound(`No ${what} called "${name}" was ever seen in a target.`, {
    hint: `Give its whole name or id; what is known comes from the runs so far (muster runs).`,
  })
}

function things({ groups, access }: AccessThen) {
  return {
    groups: groups.map(({ since, until: _, ...rest }) => ({ ...rest, since: isoTime(since) })),
    access: access.map(({ since, until: _, product, role, ...rest }) => ({
      ...rest,
      id: `${product} ${role}`,
      name: accessText({ product, role }),
      since: isoTime(since),
    })),
  }
}

function difference<Thing>(
  before: readonly Thing[],
  after: readonly Thing[],
  keyOf: (thing: Thing) => string,
): { gained: Thing[]; lost: Thing[] } {
  const [then, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))]
  return {
    gained: after.filter((thing) => !then.has(keyOf(thing))),
    lost: before.filter((thing) => !now.has(keyOf(thing))),
  }
}
