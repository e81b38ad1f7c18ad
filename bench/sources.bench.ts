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
import type { RecordedCall, RecorderOrder, RecorderReady, Recording } from './sources/recorder.ts'
import { benchSources } from './sources/stands.ts'

const recorder = join(import.meta.dirname, 'sources', 'recorder.ts')
/** As many groups as a run reads at once. */
const membersAtOnce = 4
const rounds = 5

/**
 * Every source that is read over HTTP: a whole read beside a bare client that asks for the same pages in the same order, as many at
 * once as the source did. Both are answered from memory by another process, so that the server costs next to nothing.
 */
const bench: Bench = {
  name: 'sources',
  async run(options) {
    const rows: Row[] = []
    for (const source of Object.keys(benchSources).sort()) rows.push(await rowOf(source, options))
    return rows
  },
}

async function rowOf(source: string, { quick, say }: BenchOptions): Promise<Row> {
  const size = quick
    ? { people: 200, groups: 20, membersPerGroup: 10, pageSize: 50 }
    : { people: 5000, groups: 250, membersPerGroup: 40, pageSize: 200 }
  const order: RecorderOrder = { source, ...size }
  const child = spawn(process.execPath, [recorder, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const ready = await readyOf(child)
    const { url } = ready
    const told = await wholeRead(ready, order, (phase) => tell(url, `phase=${phase}`))
    const recording = await tell(url, 'replay')
    const pages = recording.calls.filter((call) => !isSignIn(call))
    const [own, bare]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      own.push(await timed(() => wholeRead(ready, order)))
      bare.push(await timed(() => bareRead(url, { ...recording, calls: pages })))
    }
    const [mine, plain] = [Math.min(...own), Math.min(...bare)]
    const measured = `${ratio(mine, plain)} (${Math.round(mine)} ms and ${Math.round(plain)} ms)`
    const work = `read of ${source}: ${told.people} people, ${told.groups} groups, ${told.members} members in ${pages.length} calls, beside a bare client`
    say(`${work}: ${measured}`)
    return { work, measured, goal: '<= 1.30x' }
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

/** A token is asked for once a read, whatever its size; a client that has one already is what is compared with. */
function isSignIn({ url }: RecordedCall): boolean {
  return /\/token$/.test(url)
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
