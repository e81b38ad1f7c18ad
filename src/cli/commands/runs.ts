import type { CallOptions, Client } from '../../contract/client.ts'
import type { RunView } from '../../contract/runs.ts'
import { fail } from '../../domain/errors.ts'
import type { RunState } from '../../domain/run.ts'
import { runStates } from '../../domain/run.ts'
import { command, type Invocation } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { everyItem } from '../pages.ts'
import { runColumns, runRow, stateWords } from '../render/run.ts'
import { table } from '../render/text.ts'
import { exitCodeOfRun } from '../run-exit.ts'
import { showPlan } from '../show-plan.ts'
import { nextAfterRun, planOf, printReport } from '../show-run.ts'
import { filterOf, limitOf, listOptions } from './plan.ts'

const listedUnlessAsked = 20

export const runsCommand = command({
  name: 'runs',
  summary: 'list runs, or report one: what it did, before and after, and what failed by cause',
  arguments: { run: { help: 'number or id of a run, or latest', optional: true } },
  options: {
    connection: { kind: 'text', value: 'KEY', help: 'in the list: only runs of this connection' },
    state: { kind: 'texts', value: 'STATE', help: 'in the list: only this state', choices: runStates },
    kind: { ...listOptions.kind, help: 'in a report: only changes of this kind' },
    text: { ...listOptions.text, help: 'in a report: only where the name contains this' },
    limit: { kind: 'number', value: 'N', help: 'at most N runs, or N changes of each kind' },
    all: { kind: 'flag', help: 'every run, or every change' },
    watch: { kind: 'flag', help: 'follow a run until it ends; Ctrl-C leaves it alone' },
  },
  examples: ['runs', 'runs --connection staff --state failed', 'runs 12', 'runs 12 --watch', 'runs latest --json'],
  run: (invocation) => (invocation.args.run === undefined ? list(invocation) : report(invocation, invocation.args.run)),
})

interface Options {
  readonly connection: string | undefined
  readonly state: readonly string[]
  readonly kind: readonly string[]
  readonly text: string | undefined
  readonly limit: number | undefined
  readonly all: boolean
  readonly watch: boolean
}
type Given = Pick<Invocation, 'output' | 'session' | 'environment'> & { readonly options: Options }

async function list({ options, output, session }: Given): Promise<number> {
  if (options.watch) throw fail.usage('--watch needs the number of a run.', { hint: 'muster runs <run> --watch' })
  const client = await session.client()
  const { connection } = options
  const state = options.state as readonly RunState[]
  const items = await everyItem(
    (cursor, limit) =>
      client.runs.list(
        {
          query: {
            limit,
            ...(cursor === undefined ? {} : { cursor }),
            ...(connection === undefined ? {} : { connection }),
            ...(state.length === 0 ? {} : { state: [...state] }),
          },
        },
        session.call,
      ),
    limitOf(options) ?? listedUnlessAsked,
  )
  const rows = items.map(runRow)
  const lines =
    items.length === 0
      ? ['No runs. Make a plan: muster plan <connection>']
      : table(runColumns, rows, (cell, column, row) => {
          const run = items[row]
          return column === 2 && run !== undefined ? output.paint(stateWords[run.state].colour, cell) : cell
        })
  output.show({ items }, lines)
  return 0
}

async function report(given: Given, reference: string): Promise<number> {
  const { options, output, session, environment } = given
  if (options.connection !== undefined || options.state.length > 0) {
    throw fail.usage('--connection and --state choose runs of the list, not changes of one run.', {
      hint: `To see changes by state: muster plan ${reference} --state held`,
    })
  }
  const client = await session.client()
  const found =
    reference === 'latest'
      ? await newest(client, session.call)
      : await client.runs.get({ params: { run: reference } }, session.call)
  const run = options.watch ? await followRun({ client, run: found, output, environment, onSignal: 'leave' }) : found
  if (options.watch && environment.signal.aborted)
    throw fail.cancelled(`No longer watching run ${run.number}; it goes on.`)
  const plan = await planOf(session, run)
  if (output.json) {
    if (plan === undefined) output.show({ run }, [])
    else await showPlan(given, plan, filterOf({ ...options, state: [] }), limitOf(options), true)
  } else {
    await printReport(given, run, plan)
    if (plan !== undefined) {
      output.print([''])
      await showPlan(given, plan, filterOf({ ...options, state: [] }), limitOf(options), true)
    }
    output.next(...nextAfterRun(run, plan))
  }
  return options.watch ? exitCodeOfRun(run) : 0
}

async function newest(client: Client, call: CallOptions): Promise<RunView> {
  const { items } = await client.runs.list({ query: { limit: 1 } }, call)
  if (items[0] !== undefined) return items[0]
  throw fail.notFound('There is no run yet.', { hint: 'Make a plan: muster plan <connection>' })
}
