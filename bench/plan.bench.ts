import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Made, Measured } from './planning/child.ts'
import { topSelfTimes } from './planning/profile.ts'
import { type Bench, megabytes, type Row, ratio, seconds } from './row.ts'

const child = join(import.meta.dirname, 'planning', 'child.ts')
const rounds = 3
const goals = { time: 0.75, memory: 0.35, tenfold: 12 }

/**
 * The whole way from rows as the two ends deliver them to a judged plan, beside a straightforward planner that must come
 * to the same changes. Each measurement is a process of its own; memory is what planning adds to the rows.
 */
const bench: Bench = {
  name: 'plan',
  async run({ quick, large, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
    try {
      const size = quick ? [2_000, 200, 20_000] : [100_000, 10_000, 1_000_000]
      const normal = await compare(folder, size, quick ? 1 : rounds, say)
      const rows = [...normal.rows]
      if (!quick && missed(normal)) await profile(folder, say)
      if (large) {
        const tenfold = await compare(
          folder,
          size.map((each) => each * 10),
          1,
          say,
        )
        rows.push(...tenfold.rows, {
          work: 'plan: ten times the data',
          measured: `${ratio(tenfold.product.ms, normal.product.ms)} the time, ${ratio(tenfold.product.cpuMs, normal.product.cpuMs)} the processor time (reference ${ratio(tenfold.reference.ms, normal.reference.ms)} and ${ratio(tenfold.reference.cpuMs, normal.reference.cpuMs)}), ${ratio(added(tenfold.product), added(normal.product))} the memory`,
          goal: `<= ${goals.tenfold}x the time`,
        })
      }
      return rows
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Comparison {
  readonly product: Measured
  readonly reference: Measured
  readonly rows: readonly Row[]
}

async function compare(
  folder: string,
  size: readonly number[],
  times: number,
  say: (line: string) => void,
): Promise<Comparison> {
  const file = join(folder, 'rows')
  const made = await run<Made>(['make', file, ...size.map(String)])
  const what = `${grouped(made.users)} people, ${grouped(made.groups)} groups, ${grouped(made.direct)} direct memberships at the source, ${grouped(made.target)} in the target, ${grouped(made.grants)} grants`
  say(what)
  const products: Measured[] = []
  const references: Measured[] = []
  for (let round = 0; round < times; round += 1) {
    references.push(await run<Measured>(['reference', file]))
    products.push(await run<Measured>(['product', file]))
    const [reference, product] = [references[round]!, products[round]!]
    if (reference.digest !== product.digest) {
      throw new Error(
        `The planner and the reference do not plan the same: ${JSON.stringify(product.counts)} and ${JSON.stringify(reference.counts)}.`,
      )
    }
    say(`reference ${told(reference)}; product ${told(product)}, of it ${seconds(product.collectMs ?? 0)} for reading`)
  }
  const product = medians(products)
  const reference = medians(references)
  say(`the same ${grouped(product.changes)} changes from both`)
  const rows: Row[] = [
    {
      work: `plan: time (${what}; ${grouped(product.changes)} changes)`,
      measured: `${seconds(product.ms)} beside ${seconds(reference.ms)} of the reference: ${ratio(product.ms, reference.ms)} (processor time ${seconds(product.cpuMs)} and ${seconds(reference.cpuMs)}: ${ratio(product.cpuMs, reference.cpuMs)})`,
      goal: `<= ${goals.time}x`,
    },
    {
      work: 'plan: memory that planning adds to the rows',
      measured: `${megabytes(added(product))} beside ${megabytes(added(reference))}: ${ratio(added(product), added(reference))} (rows ${megabytes(product.before)})`,
      goal: `<= ${goals.memory}x`,
    },
    {
      work: 'plan: time beside JSON.parse of the same rows',
      measured: `${ratio(product.ms, product.decodeMs)} of ${seconds(product.decodeMs)} (reference ${ratio(reference.ms, reference.decodeMs)})`,
      goal: 'stretch <= 4x',
    },
  ]
  return { product, reference, rows }
}

async function run<Answer>(args: readonly string[], flags: readonly string[] = []): Promise<Answer> {
  const all = ['--max-old-space-size=16000', ...flags, child, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, all, { timeout: 1_800_000 })
  return JSON.parse(stdout) as Answer
}

function missed({ product, reference }: Comparison): boolean {
  return product.ms > goals.time * reference.ms || added(product) > goals.memory * added(reference)
}

async function profile(folder: string, say: (line: string) => void): Promise<void> {
  await run(['product', join(folder, 'rows')], ['--cpu-prof', `--cpu-prof-dir=${folder}`])
  say('a goal is missed; self times of the whole process, decoding of the rows included:')
  for (const line of topSelfTimes(folder, 10)) say(line)
}

function medians(list: readonly Measured[]): Measured {
  const of = (value: (each: Measured) => number) => {
    const sorted = list.map(value).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? 0
  }
  return {
    ...list[0]!,
    ms: of((each) => each.ms),
    cpuMs: of((each) => each.cpuMs),
    decodeMs: of((each) => each.decodeMs),
    // Of two medians only the difference matters.
    before: of((each) => each.before),
    peak: of((each) => each.before) + of(added),
  }
}

function added({ peak, before }: Measured): number {
  return peak - before
}

function told(measured: Measured): string {
  return `${seconds(measured.ms)}, processor ${seconds(measured.cpuMs)}, ${megabytes(added(measured))}`
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

export default bench
