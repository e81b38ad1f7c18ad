import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../src/contract/client.ts'
import { Installation } from '../test/support/installation.ts'
import { twinProcess } from '../test/support/sandbox.ts'
import { dayLater, settledCompany, withWideGroups } from './embedded/company.ts'
import type { Held } from './embedded/statements.ts'
import { type Bench, megabytes, type Row, seconds } from './row.ts'
import { addressOf, finished, memoryOf } from './serving.ts'

const script = (name: string) => fileURLToPath(new URL(`./embedded/${name}`, import.meta.url))
const timeoutMs = 3_600_000

/**
 * A whole sync on the embedded store while somebody looks at it: a site that is as it should be but for one person in a
 * hundred is read, planned, mended and proven by one `muster serve`. Memory is that of its only process, the store included;
 * the wait of a timer of 1 ms is taken inside it, and how long its store served one caller alone. Then the same for a plan of a million
 * changes, which is not carried out. `MUSTER_BENCH_PEOPLE=20000` takes a smaller company.
 */
const bench: Bench = {
  name: 'embedded',
  async run({ quick, say }) {
    const people = quick ? 1_000 : Number(process.env.MUSTER_BENCH_PEOPLE ?? 100_000)
    const { directory } = settledCompany(people)
    const memberships = directory.groups.reduce((sum, { members }) => sum + members.length, 0)
    const size = `${people.toLocaleString('en')} people, ${directory.groups.length.toLocaleString('en')} groups, ${memberships.toLocaleString('en')} direct memberships`
    say(size)
    await using sandbox = await twinProcess(script('twin-process.ts'), `${people}`)
    using installation = new Installation(sandbox)
    await installation.writeCompany(directory)
    const settled = await serving(installation, say, async ({ client, told }) => {
      const run = await planned(client)
      await client.plans.approve({
        params: { plan: run.plan },
        body: { fingerprint: run.fingerprint, release: { all: true } },
      })
      const applied = await finished(client, await client.plans.apply({ params: { plan: run.plan } }))
      return {
        work: 'the site is taken over',
        measured: `${run.total} changes, ${applied.state}, ${told()}`,
        goal: '-',
      }
    })
    say(`${settled.work}: ${settled.measured}`)

    const rows: Row[] = []
    const row = (work: string, measured: string, goal: string) => {
      rows.push({ work: `embedded: ${work}`, measured, goal })
      say(`${work}: ${measured}`)
    }
    await installation.writeCompany(dayLater(directory))
    const small = await serving(installation, say, async ({ client, told, peak }) => {
      const rest = peak()
      const began = performance.now()
      const run = await finished(
        client,
        await client.connections.run({ params: { key: 'staff' }, body: { kind: 'full' } }),
      )
      const took = performance.now() - began
      const changes = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0)
      return { state: run.state, changes, took, rest, peak: peak(), told: told() }
    })
    row(
      `whole sync, console open (${size}; ${small.changes} changes, run ${small.state})`,
      `${seconds(small.took)}; peak ${megabytes(small.peak)} (${megabytes(small.rest)} at rest); ${small.told}`,
      '<= 500 MB; p99 <= 10 ms',
    )
    await installation.writeCompany(withWideGroups(directory, 10))
    const wide = await serving(installation, say, async ({ client, told, peak }) => {
      const began = performance.now()
      const { total } = await planned(client)
      return { total, took: performance.now() - began, peak: peak(), told: told() }
    })
    row(
      `plan of ${wide.total.toLocaleString('en')} changes, beside the sync above`,
      `${seconds(wide.took)}; peak ${megabytes(wide.peak)}: ${megabytes(wide.peak - small.peak)} more; ${wide.told}`,
      '<= 50 MB more',
    )
    return rows
  },
}

interface Served {
  readonly client: Client
  /** Bytes. */
  peak(): number
  /** How late a timer of 1 ms was since the server was ready, and how long the overview took to answer. */
  told(): string
}

/** Does something with a server that somebody has open in the console: the overview, and the run that is under way. */
async function serving<Result>(
  installation: Installation,
  say: (line: string) => void,
  does: (served: Served) => Promise<Result>,
): Promise<Result> {
  const made = await installation.run(['token', 'create', 'bench', '--role', 'admin', '--role', 'approver', '--json'])
  const { value: token } = JSON.parse(made.stdout) as { value: string }
  const file = join(installation.folder, `timer-${performance.now()}.json`)
  const held = join(installation.folder, `held-${performance.now()}.jsonl`)
  const env = {
    NODE_OPTIONS: `--import=${script('timer.ts')} --import=${script('statements.ts')}`,
    MUSTER_BENCH_TIMER: file,
    MUSTER_BENCH_STATEMENTS: held,
  }
  const server = installation.start(['serve', '--port', '0'], { timeoutMs, env })
  const looking = new AbortController()
  try {
    const client = createClient({ fetch, baseUrl: await addressOf(server.child.stdout), token })
    const looks: number[] = []
    const looked = look(client, looking.signal, looks, say)
    await pause(3_000)
    const before = countsIn(file)
    writeFileSync(held, '')
    const memory = memoryOf(server.child.pid)
    const told = () => `${lateness(before, countsIn(file))}; ${answered(looks)}; ${longestHeld(held)}`
    const result = await does({ client, peak: memory.peak, told })
    looking.abort()
    await looked
    return result
  } finally {
    looking.abort()
    server.child.kill('SIGTERM')
    await server.finished
  }
}

/** Milliseconds of each look at the overview, as often as its page asks; Infinity where it was refused. */
async function look(client: Client, until: AbortSignal, times: number[], say: (line: string) => void): Promise<void> {
  while (!until.aborted) {
    const began = performance.now()
    const [connections, runs] = await Promise.allSettled([
      client.connections.list({}),
      client.runs.list({ query: { limit: 50 } }),
    ])
    const wrong = [connections, runs].find((answer) => answer.status === 'rejected')
    times.push(wrong === undefined ? performance.now() - began : Number.POSITIVE_INFINITY)
    if (wrong !== undefined) say(`refused after ${seconds(performance.now() - began)}: ${String(wrong.reason)}`)
    await pause(5_000, undefined, { signal: until }).catch(() => undefined)
  }
}

function answered(looks: readonly number[]): string {
  const good = looks.filter(Number.isFinite)
  return `the overview took at most ${seconds(Math.max(0, ...good))}, refused ${looks.length - good.length} of ${looks.length} times`
}

/** The longest times that others waited for the store, each by another statement. */
function longestHeld(file: string): string {
  const all = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Held]))
    .sort((one, other) => other.ms - one.ms)
  const byStatement = new Map<string, Held>()
  for (const held of all) if (!byStatement.has(held.statement)) byStatement.set(held.statement, held)
  const named = [...byStatement.values()].slice(0, 3)
  if (named.length === 0) return 'the store served nobody alone for 100 ms'
  return `the store served one alone for ${named.map(({ ms, statement }) => `${seconds(ms)} (${statement})`).join(', ')}`
}

async function planned(client: Client) {
  const run = await finished(
    client,
    await client.connections.run({ params: { key: 'staff' }, body: { kind: 'preview' } }),
  )
  const plan = run.planId ?? ''
  const { summary, fingerprint } = await client.plans.get({ params: { plan } })
  return { plan, fingerprint, total: summary.total }
}

type Counts = ReadonlyMap<number, number>

const countsIn = (file: string): Counts => new Map(JSON.parse(readFileSync(file, 'utf8')) as [number, number][])

/**
 * What somebody waits who comes at any moment: a stall of n ms is n of them, who wait n, n - 1 … 1 ms. (Counted by ticks a
 * stall of a second would be one of thousands.)
 */
function lateness(before: Counts, after: Counts): string {
  const ticks = [...after].map(([ms, count]) => [ms, count - (before.get(ms) ?? 0)] as const)
  const longest = ticks.findLast(([, count]) => count > 0)?.[0] ?? 0
  const waits = new Float64Array(longest + 1)
  for (const [ms, count] of ticks) for (let wait = ms === 0 ? 0 : 1; wait <= ms; wait += 1) waits[wait]! += count
  const all = waits.reduce((sum, count) => sum + count, 0)
  const at = (share: number) => {
    let seen = 0
    return waits.findIndex((count) => {
      seen += count
      return seen >= all * share
    })
  }
  return `a timer of 1 ms waits ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${longest} ms`
}

export default bench
