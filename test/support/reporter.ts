import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node'
import { requiredComponents } from './require.ts'

/** How many tests ended how. `missing` counts skipped tests by the component that was missing. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly missing: Readonly<Record<string, number>>
  /** Skipped although nothing was missing, with no reason in a name. */
  readonly unexplained: number
  /** Skipped because the run was told to look at certain names only. */
  readonly notChosen: number
  /** Not reached because a suite failed before its tests began. */
  readonly notReached: number
  /** Errors that belong to no test: an exception after its end, a rejection nobody waited for. */
  readonly strayErrors: number
}

/** What is missing, as `component()` of test/support/require.ts writes it into the name of a suite. */
const missingPattern = /\[missing ([a-z0-9-]+): ([^\]]*)\]/

/**
 * Writes one line for each skipped suite and one last line that counts everything, so that a run that tested less than
 * another cannot look the same.
 */
export class CountingReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    requiredComponents(process.env.MUSTER_REQUIRE) // a misspelt name ends the run before its first test
  }

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly unknown[]): void {
    const root = this.#vitest?.config.root ?? '.'
    const lines = modules.flatMap((module) => skippedSuites(module, relative(root, module.moduleId)))
    const { unexplained, ...counted } = count(modules)
    const chosen = this.#vitest?.config.testNamePattern !== undefined
    const [notChosen, quiet] = chosen ? [unexplained, 0] : [0, unexplained]
    const tally = { ...counted, unexplained: quiet, notChosen, strayErrors: strayErrors.length }
    if (quiet > 0) process.exitCode = 1
    this.#vitest?.logger.log([...lines, lastLine(tally)].join('\n'))
  }
}

/** A file that could not be loaded and a suite whose preparation failed count as one failure each. */
function count(modules: readonly TestModule[]): Omit<Tally, 'notChosen' | 'strayErrors'> {
  const missing: Record<string, number> = {}
  const tally = { passed: 0, failed: 0, skipped: 0, unexplained: 0, notReached: 0 }
  for (const module of modules) {
    for (const suite of [module, ...module.children.allSuites()]) if (suite.errors().length > 0) tally.failed++
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') tally.passed++
      else if (state === 'failed') tally.failed++
      else if (state === 'pending' || hasFailedParent(test)) tally.notReached++
      else {
        tally.skipped++
        const component = missingOf(test)
        if (component === undefined) tally.unexplained++
        else missing[component] = (missing[component] ?? 0) + 1
      }
    }
  }
  return { ...tally, missing }
}

/** `tests: 812 passed, 0 failed, 12 skipped (postgresql 9, strace 3)` */
export function lastLine(tally: Tally): string {
  const because = Object.entries(tally.missing).map(([component, tests]) => `${component} ${tests}`)
  if (tally.notChosen > 0) because.push(`not chosen ${tally.notChosen}`)
  if (tally.unexplained > 0) because.push(`no reason ${tally.unexplained}`)
  return [
    `tests: ${tally.passed} passed`,
    `${tally.failed} failed`,
    `${tally.skipped} skipped${because.length === 0 ? '' : ` (${because.join(', ')})`}`,
    ...(tally.notReached === 0 ? [] : [`${tally.notReached} not reached`]),
    ...(tally.strayErrors === 0 ? [] : [`${tally.strayErrors} errors outside of tests`]),
  ].join(', ')
}

function* suitesAbove(test: TestCase): Generator<TestSuite | TestModule> {
  for (let above = test.parent; ; above = above.parent) {
    yield above
    if (above.type === 'module') return
  }
}

function hasFailedParent(test: TestCase): boolean {
  return suitesAbove(test).some((above) => above.state() === 'failed' && above.errors().length > 0)
}

function missingOf(test: TestCase): string | undefined {
  return missingPattern.exec(test.fullName)?.[1]
}

/** One line per outermost suite that names what it misses. */
function skippedSuites(module: TestModule, file: string): readonly string[] {
  const lines = new Set<string>()
  for (const test of module.children.allTests()) {
    const suite = [...suitesAbove(test)].findLast((above) => above.type === 'suite' && missingPattern.test(above.name))
    if (suite?.type !== 'suite' || test.result().state !== 'skipped') continue
    const [, component, reason] = missingPattern.exec(suite.name) ?? []
    lines.add(`skipped: ${file} > ${suite.name.replace(missingPattern, '').trim()}: missing ${component}, ${reason}`)
  }
  return [...lines]
}
