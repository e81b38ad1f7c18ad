import { type Client, createClient } from '../src/contract/client.ts'
import type { ChangeView } from '../src/contract/plans.ts'
import { makeCompany } from '../src/sandbox/company/company.ts'
import { Installation } from '../test/support/installation.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import { type Bench, type Row, seconds } from './row.ts'
import { addressOf, finished, memoryOf } from './serving.ts'

const pageSize = 200
const membershipsPerPerson = 4
/** Everything is wide but creations: each new account waits for a person, and its memberships wait for it. */
const creationsAreHeld = `
    guards:
      creates: { floor: 0, percent: 0, cap: 0 }`

/**
 * A plan of 100,000 changes on a served Muster with the embedded store: planned, listed page by page, searched, approved in
 * part, applied in part. Memory is the whole process, store included.
 */
const bench: Bench = {
  name: 'bigplan',
  async run({ quick, say }) {
    const people = quick ? 400 : 20_000
    const part = people / 10
    const shape = { seed: 1, peoplePerGroup: quick ? 20 : 40, membershipsPerPerson }
    await using sandbox = await sandboxProcess({ company: people, ...shape })
    using installation = new Installation(sandbox, { connection: creationsAreHeld })
    await installation.writeCompany(makeCompany(people, shape).directory)
    const made = await installation.run(['token', 'create', 'bench', '--role', 'admin', '--role', 'approver', '--json'])
    const { value: token } = JSON.parse(made.stdout) as { value: string }
    const server = installation.start(['serve', '--port', '0'], { timeoutMs: 3_600_000 })
    const rows: Row[] = []
    try {
      const client = createClient({ fetch, baseUrl: await addressOf(server.child.stdout), token })
      const memory = memoryOf(server.child.pid)
      const step = async <Result>(
        work: string,
        does: () => Promise<Result>,
        more: (result: Result) => string = () => '',
      ) => {
        memory.begin()
        const began = performance.now()
        const result = await does()
        const measured = `${seconds(performance.now() - began)}${more(result)}, ${memory.told()}`
        rows.push({ work: `bigplan: ${work}`, measured, goal: '-' })
        say(`${work}: ${measured}`)
        return result
      }
      say(`the server rests at ${memory.told()}`)
      const planned = await step('read both ends, plan and store', async () =>
        finished(client, await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } })),
      )
      const params = { plan: planned.planId ?? '' }
      const { summary, fingerprint } = await client.plans.get({ params })
      say(`${summary.total} changes: ${summary.ready} ready, ${summary.held} held`)
      rows.push({ work: 'bigplan: changes', measured: `${summary.total}, of them ${summary.held} held`, goal: '-' })

      await step('list it page by page, 200 changes each', () => walk(client, params), told)
      await step('what a reviewer should look at', () => client.plans.impact({ params }))
      await step(
        'filter it by text, page and counts',
        () => search(client, params),
        (times) => `: ${times.join(', ')} ms (goal 200)`,
      )

      const seqs = await creations(client, params, part)
      await step(
        `approve a selection of ${seqs.length} accounts, with what waits for them`,
        async () => client.plans.approve({ params, body: { fingerprint, release: { seqs } } }),
        ({ released }) => `: ${released} changes released`,
      )
      await step(
        'apply and verify that part',
        async () => finished(client, await client.plans.apply({ params })),
        ({ outcomes, state }) => `: ${outcomes.applied ?? 0} applied, run ${state}`,
      )
      await step('list it again afterwards', () => walk(client, params), told)
      return rows
    } finally {
      server.child.kill('SIGTERM')
      await server.finished
    }
  },
}

type Params = { readonly plan: string }

/** Milliseconds of every page, in order. */
async function walk(client: Client, params: Params): Promise<readonly number[]> {
  const times: number[] = []
  for (let cursor: string | undefined; ; ) {
    const began = performance.now()
    const page = await client.plans.changes({ params, query: { limit: pageSize, cursor } })
    times.push(performance.now() - began)
    cursor = page.next
    if (cursor === undefined) return times
  }
}

function told(pages: readonly number[]): string {
  const tenth = Math.max(1, Math.floor(pages.length / 10))
  const middle = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
  const [first, last] = [middle(pages.slice(0, tenth)), middle(pages.slice(-tenth))].map(Math.round)
  return `: ${pages.length} pages, ${first} ms each at the beginning, ${last} ms at the end, ${Math.round(Math.max(...pages))} ms the slowest`
}

async function search(client: Client, params: Params): Promise<readonly number[]> {
  const times: number[] = []
  const { items } = await client.plans.changes({ params, query: { limit: 1 } })
  const [name = ''] = /\w+/.exec(items[0]?.groupLabel ?? '') ?? []
  for (const text of ['smith', 'no such text', '@acme', name]) {
    const began = performance.now()
    await Promise.all([
      client.plans.facets({ params, query: { text } }),
      client.plans.changes({ params, query: { text, limit: pageSize } }),
    ])
    times.push(Math.round(performance.now() - began))
  }
  return times
}

async function creations(client: Client, params: Params, count: number): Promise<[number, ...number[]]> {
  const seqs: number[] = []
  for (let cursor: string | undefined; seqs.length < count; ) {
    const query = { kind: 'account.create', state: 'held', limit: pageSize, cursor } as const
    const page: { readonly items: readonly ChangeView[]; readonly next?: string | undefined } =
      await client.plans.changes({ params, query })
    seqs.push(...page.items.map(({ seq }) => seq))
    cursor = page.next
    if (cursor === undefined) break
  }
  return seqs.slice(0, count) as [number, ...number[]]
}

export default bench
