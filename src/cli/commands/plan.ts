import type { ChangeView, PlanView } from '../../contract/plans.ts'
import { type ChangeKind, changeKinds } from '../../domain/change.ts'
import { fail } from '../../domain/errors.ts'
import { command, type Invocation, type Options } from '../command.ts'
import { followRun } from '../follow-run.ts'
import type { ChangeFilter } from '../plan-changes.ts'
import { writePlanCsv } from '../plan-csv.ts'
import { findPlan } from '../plan-reference.ts'
import { exitCodeOfRun } from '../run-exit.ts'
import { nextSteps, showPlan } from '../show-plan.ts'
import { printReport } from '../show-run.ts'

/** Exit code of `--detailed-exit-code` when the plan is not empty. */
const hasChanges = 10

const states = ['ready', 'held', 'blocked'] as const

/** Options that choose which changes are listed. */
export const listOptions = {
  kind: { kind: 'texts', value: 'KIND', help: 'only this kind', choices: Object.keys(changeKinds) },
  state: { kind: 'texts', value: 'STATE', help: 'only this state', choices: states },
  text: { kind: 'text', value: 'TEXT', help: 'only where the name of the person, account or group contains this' },
  limit: { kind: 'number', value: 'N', help: 'list at most N changes of each kind' },
  all: { kind: 'flag', help: 'list every change' },
} as const satisfies Options

export function filterOf(options: {
  readonly kind: readonly string[]
  readonly state: readonly string[]
  readonly text: string | undefined
}): ChangeFilter {
  return {
    // The parser let only the declared choices through.
    kinds: options.kind as readonly ChangeKind[],
    states: options.state as readonly ChangeView['state'][],
    outcomes: [],
    text: options.text,
  }
}

export function limitOf({
  all,
  limit,
}: {
  readonly all: boolean
  readonly limit: number | undefined
}): number | undefined {
  return all ? Number.POSITIVE_INFINITY : limit
}

export const planCommand = command({
  name: 'plan',
  summary: 'read both sides and show what would change, and why; nothing is sent',
  description: [
    'With the name of a connection a new plan is made. With the number of a run, the id of a plan or `latest` an earlier plan is shown again.',
    'Each change stands under its reason, with its number: `muster approve --changes` takes these numbers.',
    'In a CSV file a cell that begins with = + - or @ begins with an apostrophe, so that no spreadsheet runs it.',
  ],
  arguments: { connection: { help: 'name of a connection, number of a run, id of a plan, or latest' } },
  options: {
    ...listOptions,
    csv: { kind: 'flag', help: 'the changes as a CSV file on standard output' },
    'detailed-exit-code': { kind: 'flag', help: 'exit with 10 when the plan is not empty' },
  },
  examples: [
    'plan staff',
    'plan staff --detailed-exit-code --json',
    'plan 12 --kind account.deactivate --all',
    'plan latest --state held',
    'plan 12 --csv > plan-12.csv',
  ],
  async run(invocation) {
    const { args, options, output, session } = invocation
    if (options.csv && output.json) throw fail.usage('--csv and --json are two forms; give one of them.')
    const isEarlier =
      args.connection === 'latest' ||
      /^\d+$/.test(args.connection) ||
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/i.test(args.connection)
    const made = isEarlier ? await earlier(invocation, args.connection) : await makePlan(invocation, args.connection)
    if (typeof made === 'number') return made
    const { plan, mode } = made
    if (options.csv) {
      const to = { client: await session.client(), call: session.call, output }
      await writePlanCsv(to, plan, filterOf(options), options.limit ?? Number.POSITIVE_INFINITY)
    } else {
      await showPlan(invocation, plan, filterOf(options), limitOf(options))
    }
    if (mode !== undefined && !options.csv) output.next(...nextSteps(plan, mode))
    return options['detailed-exit-code'] && plan.summary.total > 0 ? hasChanges : 0
  },
})

type Surroundings = Pick<Invocation, 'output' | 'session' | 'environment'>
type Made = { readonly plan: PlanView; readonly mode: 'preview' | 'review' | 'automatic' | undefined }

async function earlier({ session }: Surroundings, reference: string): Promise<Made> {
  const client = await session.client()
  const plan = await findPlan(client, reference, session.call)
  const canGoOn = ['planned', 'waiting', 'held', 'partial', 'cancelled'].includes(plan.run.state)
  if (!canGoOn) return { plan, mode: undefined }
  const { mode } = await client.connections.get({ params: { key: plan.connection } }, session.call)
  return { plan, mode }
}

/** Makes a preview and waits for it. A number is the exit code of a run that did not come to a plan; it was reported. */
async function makePlan(surroundings: Surroundings, key: string): Promise<Made | number> {
  const { output, session, environment } = surroundings
  const client = await session.client()
  const { mode } = await client.connections.get({ params: { key } }, session.call)
  const started = await client.connections.run({ params: { key }, body: { kind: 'preview' } }, session.call)
  const run = await followRun({ client, run: started, output, environment, onSignal: 'stop' })
  if (run.planId === undefined || run.state === 'failed' || run.state === 'cancelled') {
    if (output.json) output.show({ run }, [])
    await printReport(surroundings, run, undefined)
    return exitCodeOfRun(run)
  }
  return { plan: await client.plans.get({ params: { plan: run.planId } }, session.call), mode }
}
