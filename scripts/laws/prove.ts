import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runStep } from '../check/step.ts'
import type { Law, Mutation } from './law.ts'

/**
 * `proven`: the tests pass with the law kept and at least one fails with it broken. `unnoticed`: they pass in both
 * cases, so nothing guards the law. `unusable`: they fail even with the law kept, were not found or were skipped, or the
 * broken code cannot be loaded. `no mutation`: nobody said how to break it.
 */
type Verdict = 'proven' | 'unnoticed' | 'unusable' | 'no mutation'

export interface Proof {
  readonly law: Law
  readonly verdict: Verdict
  readonly note: string
}

type TestState = 'passed' | 'failed' | 'skipped' | 'not found'

/** The parts of the test runner's JSON report that we read. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

/** Not part of what the tests need, or too large to copy. */
const left = new Set(['node_modules', '.git', 'dist', 'coverage', 'muster-data', '.muster'])
const testTimeoutMs = 5 * 60_000

/** A copy of the repository to break things in: nobody who works in the real one notices, and nothing has to be undone. */
export function workingCopy(root: string): { readonly root: string; remove(): void } {
  const copy = mkdtempSync(join(tmpdir(), 'muster-laws-'))
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path).split('/')[0] ?? '') })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return { root: copy, remove: () => rmSync(copy, { recursive: true, force: true }) }
}

/** Tries one law in a working copy, which is the same afterwards as before. Proven = every way to break it is noticed. */
export async function prove(law: Law, copy: string): Promise<Proof> {
  if (law.mutation.length === 0) return { law, verdict: 'no mutation', note: 'nobody said how to break it' }
  const kept = await runTests(law, copy)
  const useless = kept.states.find(({ state }) => state !== 'passed')
  if (useless !== undefined) {
    const note = `with the law kept, "${useless.name}" is ${useless.state} ${kept.note}`.trim()
    return { law, verdict: 'unusable', note }
  }
  const notes: string[] = []
  for (const mutation of law.mutation) {
    const { verdict, note } = await breakLaw(law, mutation, copy)
    if (verdict !== 'proven') return { law, verdict, note: `${note} (${mutation.find.trim()})` }
    notes.push(note)
  }
  return { law, verdict: 'proven', note: notes.join('; ') }
}

async function breakLaw(law: Law, mutation: Mutation, copy: string): Promise<Omit<Proof, 'law'>> {
  const path = join(copy, mutation.file)
  const original = readFileSync(path, 'utf8')
  const broken = original.replace(mutation.find, () => mutation.replace)
  if (broken === original) return { verdict: 'unusable', note: `nothing to break in ${mutation.file}` }
  try {
    writeFileSync(path, broken)
    const { states, note } = await runTests(law, copy)
    const failed = states.filter(({ state }) => state === 'failed')
    if (failed.length > 0)
      return { verdict: 'proven', note: `${failed.length} of ${states.length} tests fail without it` }
    const lost = states.find(({ state }) => state !== 'passed')
    if (lost === undefined) return { verdict: 'unnoticed', note: 'all its tests pass without it' }
    return { verdict: 'unusable', note: `with the law broken, "${lost.name}" is ${lost.state} ${note}`.trim() }
  } finally {
    writeFileSync(path, original)
  }
}

/** State of every test the law names, and the runner's own words when a file could not be loaded. */
async function runTests(law: Law, copy: string) {
  const files = [...new Set(law.tests.map(({ file }) => file))]
  const names = law.tests.map(({ name }) => titlePattern(name).source).join('|')
  const reportFile = join(copy, 'law-report.json')
  rmSync(reportFile, { force: true })
  const args = ['run', ...files, '-t', names, '--reporter=json', `--outputFile=${reportFile}`]
  const { output } = await runStep({ name: law.law, command: ['vitest', ...args] }, copy, testTimeoutMs)
  const report = readReport(reportFile)
  const results = report?.testResults ?? []
  return {
    states: law.tests.map(({ file, name }) => ({
      name,
      state: stateOf(
        results.filter((result) => relative(copy, result.name) === file).flatMap((result) => result.assertionResults),
        name,
      ),
    })),
    note:
      results.flatMap(({ message }) => message.split('\n')[0] || [])[0] ?? (report === undefined ? output.trim() : ''),
  }
}

function readReport(file: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestReport
  } catch {
    return undefined
  }
}

function stateOf(results: TestReport['testResults'][number]['assertionResults'], name: string): TestState {
  const pattern = new RegExp(`^${titlePattern(name).source}$`)
  const states = results.filter(({ title }) => pattern.test(title)).map(({ status }) => status)
  if (states.length === 0) return 'not found'
  if (states.includes('failed')) return 'failed'
  return states.every((status) => status === 'passed') ? 'passed' : 'skipped'
}

/** A test's name as a pattern; the places of a table's values (`%s`, `$name`) match anything. */
function titlePattern(name: string): RegExp {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(literal.replaceAll(/%[sdifjoO#]|\\\$\w+(?:\\\.\w+)*/g, '.*'))
}
