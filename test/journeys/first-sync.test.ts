import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PlanView } from '../../src/contract/plans.ts'
import type { RunView } from '../../src/contract/runs.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type Finished, muster, startMuster } from '../support/muster.ts'
import { companyFile } from '../support/program.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { refused, until } from './office.ts'

/** A company, its site and an administrator with a terminal. */
async function office(options: { readonly latencyMs?: number; readonly mode?: string } = {}) {
  const folder = temporaryFolder()
  const sandbox = await startSandbox({ latencyMs: options.latencyMs ?? 0 })
  onTestFinished(() => sandbox.stop())
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('company.json', companyFile(sandbox))
  write('api-token', sandbox.credentials.apiToken)
  write('org-key', sandbox.credentials.orgApiKey)
  write('muster.yaml', configuration(sandbox, options.mode ?? 'review'))
  const type = (line: string): Promise<Finished> => muster([...line.split(' '), '--data-dir', 'data'], { cwd: folder })
  return { folder, sandbox, write, type }
}

function configuration({ site, apiBase, credentials }: Sandbox, mode: string): string {
  return `sources:
  company: { type: file, path: company.json }
targets:
  acme:
    type: jira-cloud
    site: "${site}"
    apiBase: "${apiBase}"
    email: "${credentials.email}"
    apiToken: { file: api-token }
    orgApiKey: { file: org-key }
connections:
  staff: { source: company, target: acme, mode: ${mode}, groups: { byName: {} } }
`
}

interface Planned {
  readonly run: RunView
  readonly plan: PlanView
  readonly changes: readonly { readonly kind: string; readonly outcome: string }[]
}

/** Each command is a process that starts an embedded store: many of them take a while on a busy machine. */
const manyProcesses = { timeout: 300_000 }

describe('the first sync, typed command by command', manyProcesses, () => {
  it('goes from a file to a verified site, and then has nothing to do', async () => {
    const { folder, sandbox, write, type } = await office()

    const valid = await type('validate muster.yaml')
    expect(valid).toMatchObject({ code: 0, stdout: 'muster.yaml is valid: 1 source, 1 target and 1 connection.\n' })
    const rehearsed = await type('import muster.yaml --dry-run')
    expect(rehearsed.stdout).toContain('Would save: 3 new objects')
    expect((await type('import muster.yaml')).stdout).toContain('Saved: 3 new objects')

    const source = await type('check company')
    expect(source).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ read-users: 24 people') })
    const target = await type('check acme --json')
    expect(target.code).toBe(0)
    expect(JSON.parse(target.stdout)).toMatchObject({ ok: true })

    const before = sandbox.control.digest()
    const preview = await type('plan staff --detailed-exit-code')
    expect(preview.code).toBe(10)
    expect(preview.stdout).toContain('The whole plan waits for approval.')
    expect(preview.stdout).toMatch(/! {2}first-run .* holds the whole plan/)
    expect(preview.stdout).toContain('because: is active at the source and has no account here (rule users.create)')
    expect(preview.stdout).toContain('muster approve 1 --release group-adoption')
    expect(preview.stdout).not.toContain('auditor@audit-partner.example')
    expect(sandbox.control.digest(), 'a plan writes nothing').toBe(before)

    const refused = await type('apply staff')
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('This plan has not been approved.') })
    expect(sandbox.control.digest(), 'what is not approved is not sent').toBe(before)

    expect((await type('approve 1 --release group-adoption')).stdout).toMatch(
      /^Approved: run 1, \d+ held changes released\./,
    )
    const applied = await type('apply 1')
    expect(applied.stdout).toMatch(/^Run 1 of "staff" is applied and verified\.\n/)
    expect(applied.code).toBe(0)
    expect(sandbox.control.digest()).not.toBe(before)

    const report = await type('runs 1 --json')
    const told = JSON.parse(report.stdout) as Planned
    expect(told.run.state).toBe('applied')
    expect(told.changes.length).toBe(told.plan.summary.total)
    expect(new Set(told.changes.map(({ outcome }) => outcome))).toEqual(new Set(['applied']))

    const again = await type('plan staff --detailed-exit-code')
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to do: the target is as it should be.'),
    })

    // Somebody is disabled at the source: the reviewed way once more, by `sync`.
    const company = JSON.parse(readFileSync(join(folder, 'company.json'), 'utf8')) as {
      people: { login: string; active: boolean }[]
    }
    for (const person of company.people) if (person.login === 'ruby.hughes') person.active = false
    write('company.json', JSON.stringify(company))
    const waiting = await type('sync staff')
    expect(waiting.code).toBe(5)
    expect(waiting.stdout).toContain('because: the source says this person is disabled (rule users.onDisabled[0])')
    expect(waiting.stdout).toContain('waits for approval; nothing was sent.')
    expect((await type('approve latest')).code).toBe(0)
    expect((await type('apply latest')).stdout).toContain('Done: 1 account deactivated.')
    const ruby = sandbox.control.state().people.find(({ name }) => name === 'Ruby Hughes')
    expect(ruby).toMatchObject({ directories: { 'Primary Directory': 'suspended' } })

    const runs = await type('runs --state applied --json')
    expect((JSON.parse(runs.stdout) as { items: RunView[] }).items.map(({ state }) => state)).toEqual([
      'applied',
      'applied',
    ])
    expect((await type('audit verify')).code).toBe(0)
  })

  it('stops between two writes at Ctrl-C, says so, and goes on from there when asked', async () => {
    const { folder, sandbox, type } = await office({ latencyMs: 120 })
    await type('import muster.yaml --quiet')
    await type('plan staff --quiet')
    await type('approve 1 --all --quiet')
    // There is something to stop on any machine.
    sandbox.control.addFault(refused('org.group.addMember', { skip: 3 }))
    const running = startMuster(['apply', '1', '--data-dir', 'data'], { cwd: folder })
    onTestFinished(() => void running.child.kill('SIGKILL'))
    await until(() => sandbox.control.counters().effects.membershipsAdded > 2)
    running.child.kill('SIGINT')
    const stopped = await running.finished
    expect(stopped.stderr).toContain('Asking run 1 to stop between two writes.')
    expect(stopped.code).toBe(130)
    expect(stopped.stdout).toContain('Run 1 of "staff" was stopped between two writes.')
    expect(stopped.stdout).toContain('muster apply 1')
    const { run, plan } = JSON.parse((await type('runs 1 --json')).stdout) as Planned
    expect(run.state).toBe('cancelled')
    expect(plan.tally.some(({ outcome }) => outcome === 'open')).toBe(true)
    sandbox.control.calm()
    sandbox.control.setLatency(0)
    const resumed = await type('apply 1')
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Run 1 of "staff" is applied and verified.'),
    })
    const { invitations } = sandbox.control.counters()
    expect(Object.values(invitations).filter(({ invitations: sent }) => sent > 1)).toEqual([])
  })
})

describe('what is typed wrongly', () => {
  const place = () => {
    const folder = temporaryFolder()
    return { folder, type: (line: string) => muster([...line.split(' '), '--data-dir', 'data'], { cwd: folder }) }
  }

  it('is told with file, line and column, all at once, before anything is saved', async () => {
    const { folder, type } = place()
    writeFileSync(
      join(folder, 'bad.yaml'),
      'sources:\n  hr: { type: lokal }\ntargets: {}\nconnections:\n  staff: { source: hr, target: acme, mode: automatik }\n',
    )
    const { code, stdout, stderr } = await type('validate bad.yaml')
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/bad\.yaml:2:\d+/)
    expect(stderr).toMatch(/bad\.yaml:5:\d+/)
    const imported = await type('import bad.yaml --json')
    expect(imported.code).toBe(2)
    expect(JSON.parse(imported.stdout)).toMatchObject({ error: { code: 'config-invalid' } })
    expect((await type('sources')).stdout).toContain('There are no sources yet.')
  })

  it('ends with the exit code of its kind', async () => {
    const { folder, type } = place()
    expect((await type('validate nowhere.yaml')).code).toBe(2)
    expect((await type('plan staff')).code).toBe(2)
    const nobody = await muster(['runs', '--url', 'http://127.0.0.1:9'], { cwd: folder })
    expect(nobody).toMatchObject({ code: 4, stderr: expect.stringContaining('No answer from http://127.0.0.1:9') })
  })
})
