import type { CallOptions, Client } from '../contract/client.ts'
import type { ChangeView, PlanView } from '../contract/plans.ts'
import type { ChangeKind } from '../domain/change.ts'
import type { Output } from './output.ts'
import { everyItem, everyPage } from './pages.ts'
import { changeLines, type RowStyle } from './render/changes.ts'
import { countsByKind, kindWords } from './render/kinds.ts'
import { wholePlanGuards } from './render/plan.ts'
import { grouped } from './render/text.ts'

/** How many changes of each kind are listed unless asked for more. */
export const shownPerKind = 50

type Query = NonNullable<Parameters<Client['plans']['changes']>[0]['query']>

export interface ChangeFilter {
  readonly kinds: readonly ChangeKind[]
  readonly states: readonly ChangeView['state'][]
  readonly outcomes: readonly ChangeView['outcome'][]
  readonly text?: string | undefined
}

export interface ListedChanges {
  readonly client: Client
  readonly call: CallOptions
  readonly output: Output
  readonly plan: PlanView
  readonly filter: ChangeFilter
  /** At most so many of each kind. */
  readonly limit: number
  /** Reports tell what became of each change. */
  readonly outcomes: boolean
  /** What to type for the rest, e.g. `muster plan 12 --all`. */
  readonly rest: string
}

/** Prints the changes that fit, kind by kind, and says what was left out. */
export async function printChanges(listed: ListedChanges): Promise<void> {
  const { output, plan, filter, limit, outcomes, rest } = listed
  const columns = Math.max(60, output.stdout.columns)
  const { customNames } = plan
  const style: RowStyle = { paint: output.paint, columns, heldAltogether: wholePlanGuards(plan), customNames, outcomes }
  let shown = 0
  for (const [kind, count] of fitting(plan, filter)) {
    let printed = 0
    const read = readChanges(listed, [kind])
    for await (const changes of everyPage(read, limit)) {
      if (changes.length === 0) break
      // A text is looked for by the server, which tells no count of what fits.
      const heading = kindWords[kind].heading(filter.text === undefined ? count : changes.length)
      output.print([...(printed === 0 ? ['', output.paint('bold', heading)] : []), ...changeLines(changes, style)])
      printed += changes.length
    }
    shown += printed
    if (printed > 0 && printed < count && filter.text === undefined) {
      output.print([`  ... and ${grouped(count - printed)} more: ${rest}`])
    }
  }
  if (shown === 0 && isNarrowed(filter)) output.print(['', 'No change fits these filters.'])
}

/** Writes the changes as the rows of a JSON list, page by page, so that a plan of any size fits. */
export async function writeChanges(listed: ListedChanges): Promise<void> {
  let first = true
  for (const kind of listed.filter.kinds.length > 0 || Number.isFinite(listed.limit) ? kindsOf(listed) : [undefined]) {
    const read = readChanges(listed, kind === undefined ? [] : [kind])
    for await (const changes of everyPage(read, listed.limit)) {
      for (const change of changes) {
        listed.output.writeJson(`${first ? '' : ',\n'}    ${JSON.stringify(change)}`)
        first = false
      }
    }
  }
}

/** Pages of the changes that fit, in the order of the plan; at most `limit` changes in all. */
export function changePages(
  listed: Pick<ListedChanges, 'client' | 'call' | 'plan' | 'filter'>,
  limit: number,
): AsyncIterable<readonly ChangeView[]> {
  return everyPage(readChanges(listed, listed.filter.kinds), limit)
}

/** Changes that fit, at most `limit` in all. */
export function someChanges(
  listed: Pick<ListedChanges, 'client' | 'call' | 'plan' | 'filter'>,
  limit: number,
): Promise<ChangeView[]> {
  return everyItem(readChanges(listed, listed.filter.kinds), limit)
}

function readChanges(
  { client, call, plan, filter }: Pick<ListedChanges, 'client' | 'call' | 'plan' | 'filter'>,
  kinds: readonly ChangeKind[],
) {
  return (cursor: string | undefined, limit: number) => {
    const query: Query = {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
      ...(kinds.length === 0 ? {} : { kind: [...kinds] }),
      ...(filter.states.length === 0 ? {} : { state: [...filter.states] }),
      ...(filter.outcomes.length === 0 ? {} : { outcome: [...filter.outcomes] }),
      ...(filter.text === undefined ? {} : { text: filter.text }),
    }
    return client.plans.changes({ params: { plan: plan.id }, query }, call)
  }
}

function fitting(
  { tally }: PlanView,
  { kinds, states, outcomes }: ChangeFilter,
): readonly (readonly [ChangeKind, number])[] {
  return countsByKind(
    tally.filter(
      (row) =>
        (kinds.length === 0 || kinds.includes(row.kind)) &&
        (states.length === 0 || states.includes(row.state)) &&
        (outcomes.length === 0 || outcomes.includes(row.outcome)),
    ),
  )
}

function kindsOf({ plan, filter }: ListedChanges): readonly ChangeKind[] {
  return fitting(plan, filter).map(([kind]) => kind)
}

function isNarrowed({ kinds, states, outcomes, text }: ChangeFilter): boolean {
  return kinds.length + states.length + outcomes.length > 0 || text !== undefined
}
