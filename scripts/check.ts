// `npm run check`: everything that needs no socket, store or browser, in well under two minutes. A part of it: name the
// steps, `npm run check -- types "house rules"`.
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runSteps, type Step, type StepResult } from './check/step.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The longest first, so that two lanes end at nearly the same time. */
const steps: readonly Step[] = [
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of console', command: ['tsc', '-p', 'src/web'] },
  { name: 'unused code', command: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'import rule', command: ['node', 'scripts/import-rule.ts'] },
  { name: 'house rules', command: ['node', 'scripts/house-rules.ts'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings'] },
]

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`There is no step "${unknown.join('", "')}". Steps: ${steps.map((step) => step.name).join(', ')}.`)
  process.exit(2)
}

const chosen = asked.length === 0 ? steps : steps.filter((step) => asked.includes(step.name))
const started = performance.now()
const results = await runSteps(chosen, { cwd: root, width: Math.min(4, availableParallelism()), report })
const failed = results.filter((result) => !result.ok)
const total = ((performance.now() - started) / 1000).toFixed(1)

for (const result of failed) console.log(`\n--- ${result.name} ---\n${result.output.trimEnd()}`)
console.log(
  failed.length === 0
    ? `check: all ${results.length} steps passed in ${total} s`
    : `\ncheck: ${failed.length} of ${results.length} steps failed in ${total} s: ${failed.map((result) => result.name).join(', ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1

function report(result: StepResult): void {
  console.log(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name.padEnd(16)} ${result.seconds.toFixed(1).padStart(6)} s`)
}
