import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { forEachOf } from '../src/connectors/kit/waiting.ts'
import { catalog } from '../src/connectors/registry.ts'
import { Secret } from '../src/platform/secret.ts'
import type { Source } from '../src/ports/source.ts'
import { quickClock } from '../test/doubles/quick-clock.ts'
import { contextOn } from '../test/doubles/scim-target.ts'
import { type Bench, type BenchOptions, type Row, ratio } from './row.ts'
import type { RecorderOrder, RecorderReady, Recording } from './sources/recorder.ts'
import { benchSources, isSignIn } from './sources/stands.ts'

const recorder = join(import.meta.dirname, 'sources', 'recorder.ts')
/** As many groups as a run reads at once. */
const membersAtOnce = 4
/** No provider on the internet answers faster. */
const answerMs = 10

/**
 * Every source that is read over HTTP: a whole read beside a bare client that asks for the same pages in the same order, as many at
 * once as the source did. Both are answered from memory by another process: as soon as a near provider would, and at once, which leaves nothing but
 * the work of the two clients.
 */
const bench: Bench = {
  name: 'sources',
  async run(options) {
    const rows: Row[] = []
    for (const source of Object.keys(benchSources).sort()) rows.push(...(await rowsOf(source, options)))
    return rows
  },
}

async function rowsOf(source: string, { quick, say }: BenchOptions): Promise<readonly Row[]> {
  const size = quick
    ? { people: 200, groups: 20, membersPerGroup: 10, pageSize: 50 }
    : { people: 5000, groups: 250, membersPerGroup: 40, pageSize: 200 }
  const order: RecorderOrder = { source, ...size }
  const child = spawn(process.execPath, [recorder, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const ready = await readyOf(child)
    const { url } = ready
    const told = await wholeRead(ready, order, (phase) => tell(url, `phase=${phase}`))
    const { calls, atOnce } = await tell(url, `pause=${answerMs}`)
    // A client that has a token already is what is compared with.
    const pages = calls.filter((call) => !isSignIn(call.url))
    const both = async (rounds: number) => {
      const [own, bare]: [number[], number[]] = [[], []]
      for (let round = 0; round < rounds; round += 1) {
        own.push(await timed(() => wholeRead(ready, order)))
        bare.push(await timed(() => bareRead(url, { calls: pages, atOnce })))
      }
      return [Math.min(...own), Math.min(...bare)] as const
    }
    const [mine, plain] = await both(quick ? 1 : 3)
    await tell(url, 'pause=0')
    const [mineAtOnce, plainAtOnce] = await both(quick ? 3 : 8)
    const more = ((mineAtOnce - plainAtOnce) / pages.length).toFixed(2)
    const read = `${told.people} people, ${told.groups} groups, ${told.members} members in ${pages.length} calls`
    const rows: readonly Row[] = [
      {
        work: `read of ${source} (${read}), each answered after ${answerMs} ms, beside a bare client`,
        measured: `${ratio(mine, plain)} (${Math.round(mine)} ms and ${Math.round(plain)} ms)`,
        goal: '<= 1.30x',
      },
      {
        work: 'the same, answered at once from memory',
        measured: `${ratio(mineAtOnce, plainAtOnce)} (${Math.round(mineAtOnce)} ms and ${Math.round(plainAtOnce)} ms): ${more} ms more a call`,
        goal: '-',
      },
    ]
    for (const { work, measured } of rows) say(`${work}: ${measured}`)
    return rows
  } finally {
    child.kill()
  }
}

async function readyOf({ stdout }: ChildProcess): Promise<RecorderReady> {
  if (stdout === null) throw new Error('The recorder says nothing.')
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string]
  return JSON.parse(line) as RecorderReady
}

async function tell(url: string, what: string): Promise<Recording> {
  const answer = await fetch(new URL(`/__recorder?${what}`, url))
  return (await answer.json()) as Recording
}

function opened({ url, secrets: told }: RecorderReady, order: RecorderOrder): Source {
  const stand = benchSources[order.source]
  const kind = catalog.sources.find(({ type }) => type === stand?.type)
  if (stand === undefined || kind === undefined) throw new Error(`There is no source ${order.source}`)
  const secrets = Object.fromEntries(Object.entries(told).map(([field, value]) => [field, new Secret(value)]))
  return kind.connect(kind.config.parse({ ...stand.settings(url, order), ...secrets }), contextOn(quickClock(), []))
}

async function wholeRead(
  ready: RecorderReady,
  order: RecorderOrder,
  began: (phase: string) => Promise<unknown> = async () => {},
) {
  const source = opened(ready, order)
  const signal = AbortSignal.timeout(600_000)
  let [people, members] = [0, 0]
  await began('users')
  for await (const { items } of source.users(signal)) people += items.length
  await began('groups')
  const groups = []
  for await (const { items } of source.groups(signal)) groups.push(...items)
  await began('members')
  if (source.membershipsComeWith === 'calls') {
    await forEachOf(groups, membersAtOnce, async (group) => {
      for await (const { items } of source.members(group, signal)) members += items.length
    })
  } else members = groups.reduce((sum, group) => sum + (group.members?.length ?? 0), 0)
  await source.close()
  return { people, groups: groups.length, members }
}

async function bareRead(base: string, { calls, atOnce }: Recording): Promise<void> {
  for (const [phase, ofPhase] of Map.groupBy(calls, (call) => call.phase)) {
    await forEachOf(ofPhase, atOnce[phase] ?? 1, async ({ method, url, headers, body }) => {
      const answer = await fetch(new URL(url, base), { method, headers, ...(body === '' ? {} : { body }) })
      return (await answer.json()) as unknown
    })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export default bench
