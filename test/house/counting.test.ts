import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lastLine } from '../support/reporter.ts'
import { component, program, requiredComponents } from '../support/require.ts'
import { repositoryRoot, temporaryProject } from '../support/temporary.ts'

const support = join(repositoryRoot, 'test', 'support')

/** Runs the real test runner with our reporter over one test file. */
function runTests(text: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []) {
  const folder = temporaryProject({
    'vitest.config.ts': `
      import { CountingReporter } from '${join(support, 'reporter.ts')}'
      export default { test: { reporters: ['default', new CountingReporter()] } }`,
    'one.test.ts': `
      import { beforeAll, describe, expect, it } from 'vitest'
      import { component } from '${join(support, 'require.ts')}'
      ${text}`,
  })
  const { MUSTER_REQUIRE: _, ...inherited } = process.env
  const { status, stdout, stderr } = spawnSync(join(folder, 'node_modules', '.bin', 'vitest'), ['run', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, NO_COLOR: '1', ...env },
  })
  const lines = stdout.trimEnd().split('\n')
  return { status, stdout, output: stdout + stderr, last: lines.at(-1) }
}

const suiteThatNeedsSlapd = `
  const slapd = await component('slapd', () => 'slapd is not installed')
  describe.skipIf(!slapd.present)(\`LDAP on slapd\${slapd.skipReason}\`, () => {
    describe('paging', () => { it('reads a page', () => {}); it('reads the next', () => {}) })
  })
  it('adds', () => { expect(1 + 1).toBe(2) })`

describe('the last line of a test run', () => {
  it('counts and names what was missing', () => {
    const run = runTests(suiteThatNeedsSlapd)
    expect(run.last).toBe('tests: 1 passed, 0 failed, 2 skipped (slapd 2)')
    expect(run.stdout).toContain('skipped: one.test.ts > LDAP on slapd: missing slapd, slapd is not installed')
    expect(run.status).toBe(0)
  })

  it('is a failure instead when the component is required', () => {
    const run = runTests(suiteThatNeedsSlapd, { MUSTER_REQUIRE: 'strace, slapd' })
    expect(run.last).toBe('tests: 0 passed, 1 failed, 0 skipped')
    expect(run.output).toContain('MUSTER_REQUIRE names slapd, but slapd is not installed.')
    expect(run.status).toBe(1)
  })

  it('fails the run when a test is skipped without a reason', () => {
    const run = runTests("it.skip('quietly', () => {})\nit('adds', () => {})")
    expect(run.last).toBe('tests: 1 passed, 0 failed, 1 skipped (no reason 1)')
    expect(run.status).toBe(1)
  })

  it('accepts what a filter by name left out', () => {
    const run = runTests("it('adds', () => {})\nit('takes away', () => {})", {}, ['-t', 'adds'])
    expect(run.last).toBe('tests: 1 passed, 0 failed, 1 skipped (not chosen 1)')
    expect(run.status).toBe(0)
  })

  it('tells tests that were not reached from skipped ones', () => {
    const run = runTests(`
      describe('a server', () => {
        beforeAll(() => { throw new Error('port taken') })
        it('answers', () => {})
      })
      it('fails', () => { expect(1).toBe(2) })`)
    expect(run.last).toBe('tests: 0 passed, 2 failed, 0 skipped, 1 not reached')
    expect(run.status).toBe(1)
  })

  it('counts a file that cannot be loaded as a failure', () => {
    const run = runTests("import './nowhere.ts'")
    expect(run.last).toBe('tests: 0 passed, 1 failed, 0 skipped')
    expect(run.status).toBe(1)
  })

  it('counts errors outside of tests', () => {
    const run = runTests("it('leaves something behind', () => { void Promise.reject(new Error('late')) })")
    expect(run.last).toBe('tests: 1 passed, 0 failed, 0 skipped, 1 errors outside of tests')
    expect(run.status).toBe(1)
  })

  it('ends the run before its first test when MUSTER_REQUIRE is misspelt', () => {
    const run = runTests("it('adds', () => {})", { MUSTER_REQUIRE: 'postgres' })
    expect(run.output).toContain('MUSTER_REQUIRE names postgres, which no test knows.')
    expect(run.output).not.toContain('1 passed')
    expect(run.status).not.toBe(0)
  })

  it('lists several missing components', () => {
    const tally = { passed: 3, failed: 0, skipped: 5, missing: { slapd: 2, strace: 3 }, unexplained: 0, notReached: 0 }
    expect(lastLine({ ...tally, notChosen: 0, strayErrors: 0 })).toBe(
      'tests: 3 passed, 0 failed, 5 skipped (slapd 2, strace 3)',
    )
  })
})

describe('an optional component', () => {
  it('is present without a word', async () => {
    expect(await component('strace', () => true, [])).toEqual({ present: true, skipReason: '' })
  })

  it('is missing with its reason', async () => {
    expect(await component('strace', program('no-such-program-anywhere'), [])).toEqual({
      present: false,
      skipReason: ' [missing strace: no-such-program-anywhere is not installed]',
    })
  })

  it('is missing loudly when required, with the way to get it', async () => {
    await expect(component('strace', () => 'it may not trace here', ['strace'])).rejects.toThrow(
      'MUSTER_REQUIRE names strace, but it may not trace here. To get it: apt-get install strace.',
    )
  })

  it('is found in further folders', async () => {
    expect(await component('strace', program('reporter.ts', [support]), ['strace'])).toMatchObject({ present: true })
  })

  it('is required by names with commas between', () => {
    expect(requiredComponents(' slapd, postgresql ,')).toEqual(['slapd', 'postgresql'])
    expect(requiredComponents(undefined)).toEqual([])
  })
})
