import { describe, expect, it } from 'vitest'
import { cli } from '../../test/support/cli-environment.ts'
import { sharedProgram } from '../../test/support/program.ts'
import { asProvisioningError, fail } from '../domain/errors.ts'

describe('the command line without a store', () => {
  it('prints help and version', async () => {
    expect(await cli([])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: muster') })
    expect(await cli(['--version'])).toEqual({ code: 0, stdout: 'muster 1.2.3\n', stderr: '' })
    expect(JSON.parse((await cli(['--version', '--json'])).stdout)).toEqual({ version: '1.2.3' })
  })

  it('answers a faulty line with exit 2, and nothing on standard output', async () => {
    expect(await cli(['plna'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Error (usage): There is no command `muster plna`.\nWhat to do: Did you mean `muster plan`?\n',
    })
  })

  it('gives an error of --json as the one document of standard output', async () => {
    const { code, stdout, stderr } = await cli(['plan', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'usage', message: '`muster plan` needs <connection>.', hint: 'Help: muster plan --help' },
    })
    expect(stderr).toContain('needs <connection>')
  })

  it('keeps --url apart from what belongs to this machine', async () => {
    expect((await cli(['backup', 'x', '--url', 'http://127.0.0.1:1'])).stderr).toContain('not on a running server')
    expect((await cli(['runs', '--url', 'http://h', '--data-dir', 'd'])).stderr).toContain(
      '--url and --data-dir do not go together',
    )
    expect((await cli(['runs', '--url', 'localhost:80'])).stderr).toContain('is not the address of a server')
    expect((await cli(['demo', '--config', 'x.yaml'])).stderr).toContain('writes its own configuration')
  })

  it('says a defect in one line, without a stack', async () => {
    const sandbox = async () => {
      throw asProvisioningError(new TypeError('x is not a function'))
    }
    const { code, stderr } = await cli(['sandbox'], { starters: { sandbox } })
    expect(code).toBe(70)
    expect(stderr).toBe(
      'Error (bug): Unexpected: x is not a function\nWhat to do: Please report this with the run number.\n',
    )
  })

  it('ends with 130 when it was stopped before it began', async () => {
    const signal = AbortSignal.abort(fail.cancelled('Stopped.'))
    const { code, stderr } = await cli(['runs'], { signal })
    expect(code).toBe(130)
    expect(stderr).toContain('Error (cancelled)')
  })

  it('paints only on a terminal and only where wanted', async () => {
    const red = '\u001b[31m'
    expect((await cli(['nope'], { isTty: true })).stderr).toContain(red)
    expect((await cli(['nope', '--no-color'], { isTty: true })).stderr).not.toContain(red)
    expect((await cli(['nope'], { isTty: true, variables: { NO_COLOR: '1' } })).stderr).not.toContain(red)
    expect((await cli(['nope'])).stderr).not.toContain(red)
  })
})

describe('the command line on a running program', () => {
  const program = sharedProgram()
  const run = async (line: string, stdin = '', variables: Readonly<Record<string, string>> = {}) => {
    const words = (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''))
    const { url, tokenWith } = program()
    const token = await tokenWith(['admin', 'approver'])
    return cli(words, {
      api: {
        fetch: (to, init) =>
          fetch(to, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${token}` } }),
        baseUrl: url,
      },
      stdin,
      variables,
    })
  }

  it('keeps people and groups of the built-in directory', async () => {
    expect(await run('sources put hr --set type=local --quiet')).toMatchObject({
      code: 0,
      stdout: 'Saved: source hr, version 1.\n',
    })
    expect((await run('local hr people add anna --set mail=anna@acme.example --set team=a --set team=b')).code).toBe(0)
    expect((await run('local hr people add anna')).stderr).toContain('There is a person "anna" already.')
    expect((await run('local hr people edit anna --inactive --set mail= --login a.berg --unset team')).code).toBe(0)
    const { stdout } = await run('local hr people list --json')
    expect(JSON.parse(stdout)).toEqual({
      items: [{ key: 'anna', userName: 'a.berg', active: false, attributes: { mail: null } }],
    })
    expect((await run('local hr people edit bob --inactive')).stderr).toContain('There is no person "bob" in "hr".')
    expect((await run('local hr groups add dev --name developers')).code).toBe(0)
    expect((await run('local hr groups edit dev --description "Writes the code"')).code).toBe(0)
    expect((await run('local hr members add dev anna')).code).toBe(0)
    expect((await run('local hr groups')).stdout).toContain('dev  developers  Writes the code')
    expect((await run('local hr members list dev')).stdout).toContain('person  anna')
    expect((await run('local hr members remove dev anna')).stdout).toBe('anna is out of dev.\n')
    expect((await run('local nope people list')).code).toBe(2)
  })

  it('saves settings from single values, keeps what is not named, and never shows a secret again', async () => {
    const site = 'https://acme.atlassian.net'
    const saved = await run(
      `targets put acme --set type=jira-cloud --set site=${site} --secret-stdin orgApiKey`,
      'top-secret\n',
    )
    expect(saved).toMatchObject({ code: 0, stderr: '' })
    expect((await run('targets put acme --merge --set displayName="Acme site"')).code).toBe(0)
    const shown = await run('targets show acme')
    expect(shown.stdout).toContain('displayName: Acme site')
    expect(shown.stdout).toContain('orgApiKey: set, sealed in the store')
    expect(shown.stdout + (await run('targets show acme --json')).stdout).not.toContain('top-secret')
    expect((await run('targets put acme')).stderr).toContain('There is nothing to save for "acme".')
    expect((await run('targets put acme --set colour=red --set type=jira-cloud')).code).toBe(2)
  })

  it('checks with the exit code of what failed', async () => {
    expect((await run('check nope')).code).toBe(2)
    expect((await run('check Nope_')).stderr).toContain('is not the name of a source or target')
    await run('sources put empty --set type=file --set path=nowhere.csv')
    const { code, stdout } = await run('check empty')
    expect(code).toBeGreaterThan(0)
    expect(stdout).toMatch(/^✗ /m)
    expect(stdout).toMatch(/Not usable yet: 1 of \d+ steps? failed\./)
  })

  it('keeps users whose first password is the only thing on standard output', async () => {
    const { stdout, stderr } = await run('users add anna --role admin --role viewer@staff --display-name Anna')
    expect({ stdout, stderr }).toMatchObject({ stderr: expect.stringContaining('no connection "staff"') })
    const made = await run('users add anna --role admin,approver --display-name Anna')
    expect(made.stdout).toMatch(/^([A-Z2-9]{4}-){4}[A-Z2-9]{4}\n$/)
    expect(made.stderr).toContain('User "anna" (admin, approver).')
    expect((await run('users')).stdout).toMatch(/anna +local +active +admin, approver +never/)
    expect((await run('users roles anna')).stderr).toContain('Say what the user may do.')
    expect((await run('users roles ANNA --none')).stderr).toContain('Nobody would be left')
    expect((await run('users add bert --role admin')).code).toBe(0)
    expect((await run('users roles ANNA --role viewer')).stdout).toContain('"anna" now has: viewer.')
    expect((await run('users disable anna')).stdout).toContain('"anna" is disabled.')
    expect((await run('users enable anna')).stdout).toContain('may sign in again')
    const reset = await run('users reset anna')
    expect(reset.stdout).not.toBe(made.stdout)
    expect((await run('users sign-out anna')).stdout).toContain('0 sessions ended')
    expect((await run('users disable nobody')).code).toBe(2)
    const audit = (await run('audit list --json')).stdout
    for (const act of ['user.create', 'user.update', 'user.reset-password', 'user.end-sessions']) {
      expect(audit).toContain(`"${act}"`)
    }
    expect(audit).not.toContain(reset.stdout.trim())
  })

  it('makes tokens whose value is the only thing on standard output', async () => {
    const { stdout, stderr } = await run('token create ci --role operator --expires 90d')
    expect(stdout).toMatch(/^muster_\S+\n$/)
    expect(stderr).toContain('Token "ci" (operator), ends ')
    expect((await run('token list')).stdout).not.toContain(stdout.trim())
    expect((await run('token revoke ci')).stdout).toContain('Token "ci"')
    expect((await run('token revoke ci')).code).toBe(2)
    expect((await run('token create x --role king')).stderr).toContain('There is no role "king".')
    expect((await run('token create x --expires soon')).stderr).toContain('"soon" is no time.')
  })

  it('tells what is not there and where to look', async () => {
    expect(await run('plan latest')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no plan yet.'),
    })
    expect(await run('runs 99')).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no run 99.') })
    expect(await run('approve nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no connection "nowhere".'),
    })
    expect((await run('approve 3 --all --changes 4')).stderr).toContain('do not go together')
    expect((await run('approve 3 --release grup-adoption')).stderr).toContain('Did you mean group-adoption?')
    expect((await run('approve 3 --changes 9-7')).stderr).toContain('"9-7" is not the number of a change.')
    expect((await run('runs --watch')).stderr).toContain('--watch needs the number of a run.')
    expect((await run('items')).stdout).toBe('Nothing waits for a decision.\n')
    expect((await run('audit verify')).stdout).toBe('The audit log is whole.\n')
  })

  it('answers every list with one JSON document', async () => {
    for (const line of [
      'sources',
      'targets',
      'connections',
      'runs',
      'items',
      'token list',
      'audit',
      'secrets',
      'sources kinds',
      'export',
      'sources history hr',
    ]) {
      const { code, stdout } = await run(`${line} --json`)
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toBeTypeOf('object')
    }
  })
})
