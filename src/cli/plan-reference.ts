import type { CallOptions, Client } from '../contract/client.ts'
import type { PlanView } from '../contract/plans.ts'
import type { RunView } from '../contract/runs.ts'
import { fail, ProvisioningError } from '../domain/errors.ts'
import type { RunState } from '../domain/run.ts'

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** States in which a plan can still be approved or applied. */
const openStates: readonly RunState[] = ['planned', 'waiting', 'held', 'partial', 'cancelled', 'failed', 'applying']

/**
 * The plan somebody means: its id, the number of its run, `latest`, or a connection (its newest plan). Throws
 * `not-found`, and `usage` when `latest` could be several.
 */
export async function findPlan(client: Client, reference: string, call: CallOptions): Promise<PlanView> {
  if (idPattern.test(reference)) return planOrRun(client, reference, call)
  if (/^\d{1,15}$/.test(reference)) return planOfRun(client, reference, call)
  const run = reference === 'latest' ? await latestRun(client, call) : await newestOf(client, reference, call)
  return getPlan(client, run, call)
}

async function planOrRun(client: Client, id: string, call: CallOptions): Promise<PlanView> {
  try {
    return await client.plans.get({ params: { plan: id } }, call)
  } catch (thrown) {
    if (!(thrown instanceof ProvisioningError) || thrown.code !== 'not-found') throw thrown
    // People also paste the id of the run.
    return planOfRun(client, id, call).catch(() => {
      throw thrown
    })
  }
}

async function planOfRun(client: Client, numberOrId: string, call: CallOptions): Promise<PlanView> {
  return getPlan(client, await client.runs.get({ params: { run: numberOrId } }, call), call)
}

async function getPlan(client: Client, run: RunView, call: CallOptions): Promise<PlanView> {
  if (run.planId === undefined) {
    throw fail.notFound(`Run ${run.number} of "${run.connection}" has no plan: it is ${run.state}.`, {
      hint:
        run.state === 'planning'
          ? `Watch it: muster runs ${run.number} --watch`
          : `What happened: muster runs ${run.number}`,
    })
  }
  return client.plans.get({ params: { plan: run.planId } }, call)
}

async function newestOf(client: Client, connection: string, call: CallOptions): Promise<RunView> {
  if (!/^[a-z0-9-]{1,40}$/.test(connection)) {
    throw fail.usage(`"${connection}" is neither a plan, a run nor a connection.`, {
      hint: 'Give the id of a plan, the number of a run, the name of a connection, or latest.',
    })
  }
  const { items } = await client.runs.list({ query: { connection, limit: 50 } }, call)
  const run = items.find((each) => each.planId !== undefined)
  if (run !== undefined) return run
  // Tells an unknown connection apart from one without a plan.
  await client.connections.get({ params: { key: connection } }, call)
  throw fail.notFound(`The connection "${connection}" has no plan yet.`, {
    hint: `Make one: muster plan ${connection}`,
  })
}

async function latestRun(client: Client, call: CallOptions): Promise<RunView> {
  const { items } = await client.runs.list({ query: { limit: 200 } }, call)
  const withPlan = items.filter((run) => run.planId !== undefined)
  const open = withPlan.filter((run) => openStates.includes(run.state))
  const connections = [...new Set(open.map((run) => run.connection))]
  if (connections.length > 1) {
    throw fail.usage(`"latest" could be the plan of ${connections.map((each) => `"${each}"`).join(' or ')}.`, {
      hint: 'Name the connection, the run or the plan.',
    })
  }
  const run = open[0] ?? withPlan[0]
  if (run !== undefined) return run
  throw fail.notFound('There is no plan yet.', { hint: 'Make one: muster plan <connection>' })
}
