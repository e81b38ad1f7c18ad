/**
 * Measures the product: `npm run bench -- [--quick] [--large] [name …]`. Each bench stands in `bench/<name>.bench.ts`. Figures
 * are ratios or counts wherever the work allows it; seconds depend on the machine and are printed beside what they are of.
 */
import { readdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import type { Bench, Row } from './row.ts'

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const large = args.includes('--large')
const wanted = args.filter((arg) => !arg.startsWith('--'))
const say = (line: string) => process.stderr.write(`${line}\n`)

const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.bench.ts')).sort()
const rows: Row[] = []
for (const file of files) {
  const { default: bench } = (await import(`./${file}`)) as { default: Bench }
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue
  say(`${bench.name} …`)
  rows.push(...(await bench.run({ quick, large, say: (line) => say(`  ${line}`) })))
}
if (rows.length === 0) {
  say(
    `No bench is called ${wanted.join(', ')}. There are: ${files.map((file) => file.replace('.bench.ts', '')).join(', ')}.`,
  )
  process.exit(2)
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
