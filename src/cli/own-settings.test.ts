import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startTinyServer } from '../../test/doubles/tiny-server.ts'
import { cli } from '../../test/support/cli-environment.ts'
import { sharedProgram } from '../../test/support/program.ts'
import { temporaryFolder } from '../../test/support/temporary.ts'

const program = sharedProgram({ yaml: 'server: { publicUrl: "https://muster.example.test" }' })
const secret = 'open-sesame'

async function run(line: string, stdin = '') {
  const { url, tokenWith } = program()
  const authorization = `Bearer ${await tokenWith(['admin'])}`
  const words = (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''))
  const tried = await cli(words, {
    api: {
      fetch: (to, init) => fetch(to, { ...init, headers: { ...(init.headers as object), authorization } }),
      baseUrl: url,
    },
    stdin,
  })
  expect(tried.stdout + tried.stderr).not.toContain(secret)
  return tried
}

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'settings.yaml')
  writeFileSync(file, text)
  return file
}

describe('channels from the command line', () => {
  it('are looked at before they are saved, tried, changed in parts and removed', async () => {
    const hook = await startTinyServer(() => ({ status: 204 }))
    onTestFinished(() => hook.close())
    const settings = `oncall --set type=webhook --set url=${hook.url}/a --secret-stdin secret`
    const dry = await run(`notifications put ${settings} --dry-run`, secret)
    expect(dry.stdout).toMatch(/^The channel "oncall" would be made; nothing was saved\.\n/)
    expect(dry.stdout).toContain('  secret was changed\n')
    expect((await run('notifications')).stdout).toContain('Nobody is told anything')
    expect((await run(`notifications try ${settings}`, secret)).stdout).toContain('Nothing was saved.')
    expect(hook.seen.map(({ path }) => path)).toEqual(['/a'])

    expect((await run(`notifications put ${settings} --quiet`, secret)).stdout).toMatch(
      /^The channel "oncall" was made, version 1\.\n/,
    )
    const merged = await run('notifications put oncall --merge --set tell=[held] --json')
    expect(JSON.parse(merged.stdout)).toMatchObject({
      saved: true,
      version: 2,
      changes: ['tell: (not set) -> ["held"]'],
    })
    expect((await run('notifications put oncall --merge --set tell=[held]')).stdout).toContain('is as before.')
    const shown = await run('notifications show oncall')
    expect(shown.stdout).toContain('secret: set, sealed in the store')
    expect((await run('notifications test oncall')).code).toBe(0)
    expect(hook.seen).toHaveLength(2)
    expect((await run('notifications remove oncall')).stdout).toBe('The channel "oncall" is out of use.\n')
    expect((await run('notifications show oncall')).code).toBe(2)
  })

  it('are taken out of a whole configuration, and say what does not fit', async () => {
    const file = fileWith('notifications:\n  chat: { type: slack, url: { env: SLACK } }\n')
    expect((await run(`notifications put chat --file ${file}`)).code).toBe(0)
    expect((await run('notifications remove chat')).code).toBe(0)
    const wrong = await run('notifications put x --set type=smtp --set host=mail.example.test')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/from .*is missing/)
    expect((await run('notifications kinds')).stdout).toContain('webhook  Signed webhook')
    expect((await run('notifications kinds smtp')).stdout).toContain('password (secret)')
    expect((await run('notifications kinds smpt')).stderr).toContain('Did you mean smtp?')
  })
})

describe('single sign-on from the command line', () => {
  it('is tried, saved with its secret from standard input, changed in parts and removed', async () => {
    expect((await run('single-sign-on --quiet')).stdout).toBe('Nobody signs in here by an identity provider.\n')
    expect((await run('single-sign-on settings')).stdout).toContain('issuer (required)')
    const rules =
      'roles:\n  - { group: admins, roles: [admin] }\n  - { group: ops, roles: [operator], connections: [staff] }\n'
    const file = fileWith(`issuer: http://127.0.0.1:9/realms/corp\nclientId: muster\n${rules}`)
    const given = `--file ${file} --secret-stdin clientSecret`
    const asked = await run(`single-sign-on try ${given}`, secret)
    expect(asked).toMatchObject({ code: 4, stdout: expect.stringContaining('cannot be reached') })

    expect((await run(`single-sign-on put ${given} --dry-run`, secret)).stdout).toContain(
      'roles: new: ops gives operator on staff',
    )
    expect((await run('single-sign-on --json')).stdout).toContain('"from": "none"')
    const saved = await run(`single-sign-on put ${given}`, secret)
    expect(saved.stdout).toMatch(/^Single sign-on was made, version 1\.\n/)
    expect(saved.stdout).toContain('Warning: Nobody with a password is an administrator')
    const merged = await run('single-sign-on put --merge --set displayName=Corp')
    expect(merged.stdout).toContain('displayName: (not set) -> "Corp"')
    const shown = await run('single-sign-on')
    expect(shown.stdout).toContain('https://muster.example.test/api/v1/sign-in/oidc/callback')
    expect(shown.stdout).toContain('clientSecret: set, sealed in the store')

    const claims = fileWith('{ "sub": "1", "preferred_username": "ann", "groups": ["/ops"] }')
    const would = await run(`single-sign-on claims --claims ${claims}`)
    expect(would.stdout).toContain('ann would have: operator@staff.\n')
    expect(would.stdout).toContain('  - admins does not fit\n')

    const nobody = await run('single-sign-on put --merge --set "roles=[{ group: ops, roles: [operator] }]"')
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody could administer Muster') })
    expect((await run('single-sign-on remove')).stderr).toContain('nobody with a password is an administrator')
    await run('users add root --role admin')
    expect((await run('single-sign-on remove')).code).toBe(0)
    expect((await run('single-sign-on')).stdout).toContain('Nobody signs in here')
  })
})

describe('export and import from the command line', () => {
  it('bring channels and single sign-on along, and say what would change before anything does', async () => {
    const rules = 'roles:\n      - { group: admins, roles: [admin] }\n'
    const text = (tell: string) =>
      `auth:\n  oidc:\n    issuer: https://sso.example.test\n    clientId: muster\n    ${rules}notifications:\n  chat: { type: slack, url: { env: SLACK }, tell: [${tell}] }\n`
    const first = await run(`import ${fileWith(text('held'))}`)
    expect(first.stdout).toContain('  + channel chat\n  + single sign-on\nSaved: 2 new objects')
    const exported = (await run('export')).stdout
    expect(exported).toContain('url: { env: SLACK }')
    expect((await run(`import ${fileWith(exported)}`)).stdout).toContain(
      'Saved: 0 new objects, 0 changed ones, 2 as before',
    )
    const dry = await run(`import ${fileWith(text('failed'))} --dry-run`)
    expect(dry.stdout).toContain('  ~ channel chat\n      tell: ["held"] -> ["failed"]\n')
    expect((await run('export')).stdout).toBe(exported)
  })
})
