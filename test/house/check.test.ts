import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runStep, runSteps } from '../../scripts/check/step.ts'
import { repositoryRoot, temporaryFolder } from '../support/temporary.ts'

const step = (name: string, code: string) => ({ name, command: [process.execPath, '-e', code] })

describe('a step of the check', () => {
  it('passes by its exit code and keeps what it wrote', async () => {
    const { ok, output } = await runStep(step('talks', "console.log('out'); console.error('err')"), repositoryRoot)
    expect(ok).toBe(true)
    expect(output).toContain('out')
    expect(output).toContain('err')
  })

  it('fails by its exit code', async () => {
    expect(await runStep(step('fails', 'process.exit(3)'), repositoryRoot)).toMatchObject({ ok: false })
  })

  it('fails when its program does not exist', async () => {
    const { ok, output } = await runStep({ name: 'nowhere', command: ['no-such-program-anywhere'] }, repositoryRoot)
    expect(ok).toBe(false)
    expect(output).toContain('no-such-program-anywhere could not be started')
  })

  it('is ended when it hangs', async () => {
    const { ok, output } = await runStep(step('hangs', 'setInterval(() => {}, 1000)'), repositoryRoot, 300)
    expect(ok).toBe(false)
    expect(output).toContain('ended by SIGKILL')
  })

  it('uses the Node of the install however it was started', async () => {
    const { output } = await runStep({ name: 'node', command: ['node', '-p', 'process.execPath'] }, repositoryRoot)
    expect(output).toContain(join('node_modules', ''))
  })

  it('is reported when it ends, two at a time, the rest after them', async () => {
    const reported: string[] = []
    const mark = join(temporaryFolder(), 'last has ended')
    const wait = `setInterval(() => fs.existsSync(${JSON.stringify(mark)}) && process.exit(0), 10)`
    const results = await runSteps([step('slow', wait), step('bad', 'process.exit(1)'), step('last', '')], {
      cwd: repositoryRoot,
      width: 2,
      report: ({ name, ok }) => {
        reported.push(`${name} ${ok}`)
        if (name === 'last') writeFileSync(mark, '')
      },
    })
    expect(reported).toEqual(['bad false', 'last true', 'slow true'])
    expect(results).toHaveLength(3)
  })
})

describe('npm run check', () => {
  const check = (...args: string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, 'scripts', 'check.ts'), ...args], {
      cwd: temporaryFolder(),
      encoding: 'utf8',
    })

  it('runs one step by name from any folder and ends with a line that counts', () => {
    const { status, stdout } = check('import rule')
    expect(stdout).toMatch(/^ok {5}import rule +\d+\.\d s\ncheck: all 1 steps passed in \d+\.\d s\n$/)
    expect(status).toBe(0)
  })

  it('names its steps when asked for an unknown one', () => {
    const { status, stderr } = check('spelling')
    expect(stderr).toContain(
      'There is no step "spelling". Steps: unit tests, types, types of console, unused code, import rule',
    )
    expect(status).toBe(2)
  })
})
