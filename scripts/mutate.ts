// `npm run mutate [-- --mutate src/domain/scope.ts]`: changes the pure parts line by line and counts which changes no test
// notices. `npm run mutate -- --sample 1500 --seed 1 [--part 1/10] [--with-store]`: the same for a random sample of all such
// changes, in pieces if need be. Its tools are many, so they are installed apart from the others, and only when somebody asks
// for this.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keyOf, type Mutant, ofReport, type Sampling, scoreOf } from '../test/mutation/sample.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const settings = join(root, 'test', 'mutation')
const tools = join(root, 'coverage', 'mutation-tools')
const results = join(root, 'coverage', 'mutation-sample')

const options = { sample: { type: 'string' }, seed: { type: 'string' }, part: { type: 'string' } } as const
const { values } = parseArgs({
  options: { ...options, 'with-store': { type: 'boolean' } },
  strict: false,
})

install()
if (values.sample === undefined) stryker([join(settings, 'stryker.config.json'), ...process.argv.slice(2)])
else measureSample(Number(values.sample), String(values.seed ?? '1'))

function install(): void {
  const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const isThere = existsSync(join(tools, 'node_modules')) && existsSync(join(tools, 'package-lock.json'))
  if (isThere && lock(tools) === lock(settings)) return
  mkdirSync(tools, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(settings, file), join(tools, file))
  run('npm', ['ci', '--prefix', tools, '--ignore-scripts', '--no-audit', '--no-fund'], {})
}

/** Status by mutant, as far as it was measured. */
type Statuses = Record<string, string>

function measureSample(size: number, seed: string): void {
  mkdirSync(results, { recursive: true })
  const kept = join(results, `${size}-${seed}.json`)
  const known: Statuses = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Statuses) : {}
  const withStore = values['with-store'] === true
  const part = typeof values.part === 'string' ? (values.part.split('/').map(Number) as [number, number]) : undefined
  const sampling: Sampling & { readonly file: string } = {
    size,
    seed,
    file: join(results, 'sampled.json'),
    ...(part === undefined ? {} : { part }),
    ...(withStore ? { only: Object.keys(known).filter((key) => known[key] === 'NoCoverage') } : {}),
  }
  const report = join(results, 'report.json')
  const config = join(results, 'stryker.json')
  const usual = JSON.parse(readFileSync(join(settings, 'stryker.config.json'), 'utf8')) as object
  const { incrementalFile: _, ...rest } = usual as { readonly incrementalFile?: string }
  const own = {
    checkers: ['sample'],
    plugins: ['@stryker-mutator/*', join(settings, 'sample-checker.ts')],
    incremental: false,
    ignoreStatic: true,
    concurrency: 1,
    // What runs in circles is ended soon: what tests took at first is measured on the same busy machine.
    timeoutMS: 10_000,
    timeoutFactor: 1,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
  }
  writeFileSync(config, JSON.stringify({ ...rest, ...own }))
  stryker([config], { MUTATE_SAMPLE: JSON.stringify(sampling), ...(withStore ? { MUTATE_STORE: '1' } : {}) })
  Object.assign(known, measured(report))
  writeFileSync(kept, JSON.stringify(known, null, 1))
  tell(known)
}

/** Mutants of a report that were tried; those outside the sample were not. */
function measured(report: string): Statuses {
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly mutants: readonly (Mutant & { readonly status: string })[] }>>
  }
  return Object.fromEntries(
    Object.entries(files).flatMap(([fileName, { mutants }]) =>
      mutants
        .filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status))
        .map((mutant) => [keyOf(ofReport({ ...mutant, fileName: `/${fileName}` })), mutant.status]),
    ),
  )
}

/** One line for each file, the worst first, then all together. */
function tell(known: Statuses): void {
  const byFile = Map.groupBy(Object.entries(known), ([key]) => key.split(':')[0]!)
  const lines = Array.from(byFile, ([file, list]) => ({ file, ...counted(list.map(([, status]) => status)) }))
  for (const { file, text } of lines.sort((a, b) => a.score - b.score)) process.stdout.write(`${text}  ${file}\n`)
  process.stdout.write(`${counted(Object.values(known)).text}  all\n`)
}

function counted(statuses: readonly string[]): { readonly score: number; readonly text: string } {
  const noticed = statuses.filter((status) => status === 'Killed' || status === 'Timeout').length
  const never = statuses.filter((status) => status === 'NoCoverage').length
  const { score, low, high } = scoreOf(noticed, statuses.length)
  const [percent, from, to] = [score, low, high].map((each) => each.toFixed(1))
  const text = `${percent}% (${from} to ${to})  ${noticed} of ${statuses.length} noticed, ${never} reached by no test`
  return { score, text }
}

function stryker(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const program = join(tools, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
  run(process.execPath, [program, 'run', ...args], env)
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}
