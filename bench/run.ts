/**
 * Measures the product: `npm run bench -- [--quick] [--large] [name …]`; `--help` lists them. Each bench stands in `bench/<name>.bench.ts`. Figures
 * are ratios or counts wherever the work allows it; seconds depend on the machine and are printed beside what they are of.
 */
import { readdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Row } from './row.ts'

const usage = 'npm run bench -- [--quick] [--large] [name …]'
const flags = { quick: { type: 'boolean' }, large: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
const say = (line: string) => process.stderr.write(`${line}\n`)

const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.bench.ts')).sort()
const names = files.map((file) => file.replace('.bench.ts', ''))
const { quick, large, help, wanted } = asked()
if (help) {
  const lines = [
    'Without a name all of them run, for an hour or more; --quick shows that a bench runs, --large adds minutes and memory.',
  ]
  process.stdout.write([usage, '', ...lines, '', ...names.map((name) => `  ${name}`), ''].join('\n'))
  process.exit(0)
}
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) refuse(`No bench is called ${unknown.join(', ')}. There are: ${names.join(', ')}.`)

const rows: Row[] = []
for (const name of wanted.length > 0 ? names.filter((each) => wanted.includes(each)) : names) {
  const { default: bench } = (await import(`./${name}.bench.ts`)) as { default: Bench }
  say(`${name} …`)
  rows.push(...(await bench.run({ quick, large, say: (line) => say(`  ${line}`) })))
}
const day = new Date().toISOString().slice(0, 10)
process.stdout.write(
  [
    `Measured ${day} on ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}${quick ? ', quick' : ''}.`,
    '',
    '| work | measured | goal |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.work} | ${row.measured} | ${row.goal} |`),
    '',
  ].join('\n'),
)

function asked() {
  try {
    const { values, positionals } = parseArgs({ options: flags, allowPositionals: true })
    const { quick = false, large = false, help = false } = values
    return { quick, large, help, wanted: positionals }
  } catch (thrown) {
    return refuse(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

function refuse(why: string): never {
  say(`${why}\n${usage}`)
  process.exit(2)
}
