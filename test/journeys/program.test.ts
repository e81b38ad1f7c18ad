import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { muster, startMuster } from '../support/muster.ts'
import { temporaryFolder } from '../support/temporary.ts'

const config = `sources:
  hr: { type: local }
targets:
  acme: { type: jira-cloud, site: "https://acme.atlassian.net", orgApiKey: { file: key.txt } }
connections:
  staff: { source: hr, target: acme }
`

/** A folder with a configuration, and a data directory that does not exist yet. */
function place() {
  const folder = temporaryFolder()
  const file = join(folder, 'muster.yaml')
  writeFileSync(file, config)
  writeFileSync(join(folder, 'key.txt'), 'secret-of-acme\n')
  return { folder, file, data: join(folder, 'data') }
}

/** Waits for a text on standard output, or for the end. */
async function said(running: ReturnType<typeof startMuster>, text: RegExp): Promise<string> {
  let seen = ''
  return new Promise((resolve) => {
    running.child.stdout?.on('data', (part) => {
      seen += String(part)
      const found = text.exec(seen)
      if (found !== null) resolve(found[0])
    })
    running.finished.then(({ stdout, stderr }) => resolve(`ended: ${stdout}${stderr}`))
  })
}

describe('the program', () => {
  it('opens no store for help and for judging a file', async () => {
    const { folder, file, data } = place()
    const env = { MUSTER_DATA_DIR: data }
    expect((await muster(['--help'], { cwd: folder, env })).code).toBe(0)
    expect((await muster(['validate', file], { cwd: folder, env })).code).toBe(0)
    writeFileSync(file, config.replace('type: local', 'type: lokal'))
    const bad = await muster(['validate', file], { cwd: folder, env })
    expect(bad.code).toBe(2)
    expect(bad.stdout + bad.stderr).toMatch(/muster\.yaml:2:15.*lokal[\s\S]*Did you mean "local"/)
    expect(existsSync(data)).toBe(false)
  })

  it('keeps its data where it was told, for this user only, and remembers the folder of the file', async () => {
    const { folder, file, data } = place()
    const first = await muster(['connections', '--config', file, '--data-dir', data, '--json'], { cwd: folder })
    expect(first).toMatchObject({ code: 0 })
    expect(JSON.parse(first.stdout)).toMatchObject({
      items: [{ key: 'staff', owner: 'file', state: { state: 'ready' } }],
    })
    // From another folder and without naming the file: key.txt is still found.
    const later = await muster(['connections', '--data-dir', data, '--json'], { cwd: '/' })
    expect(JSON.parse(later.stdout)).toMatchObject({ items: [{ state: { state: 'ready' } }] })
    const nowhere = await muster(['connections', '--config', join(folder, 'none.yaml'), '--data-dir', data], {
      cwd: folder,
    })
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain('none.yaml does not exist')
  })

  it('serves until it is asked to stop, beside commands on the same data directory', async () => {
    const { folder, file, data } = place()
    const running = startMuster(['serve', '--config', file, '--data-dir', data, '--port', '0'], { cwd: folder })
    onTestFinished(() => void running.child.kill('SIGKILL'))
    const url = await said(running, /http:\/\/127\.0\.0\.1:\d+/)
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
    const beside = await muster(['token', 'create', 'ci', '--role', 'viewer', '--data-dir', data, '--json'], {
      cwd: folder,
    })
    const { value } = JSON.parse(beside.stdout) as { value: string }
    const me = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${value}` } })
    expect(await me.json()).toMatchObject({ name: 'token:ci', roles: ['viewer'] })
    const remote = await muster(['connections', '--url', url], { cwd: folder, env: { MUSTER_TOKEN: value } })
    expect(remote).toMatchObject({ code: 0, stdout: expect.stringContaining('staff') })
    running.child.kill('SIGTERM')
    const ended = await running.finished
    expect(ended.code).toBe(0)
    expect(ended.stdout + ended.stderr + beside.stdout).not.toContain('secret-of-acme')
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  it('says so when the port is taken or the address is open to others', async () => {
    const { folder, file, data } = place()
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    onTestFinished(() => new Promise<void>((done) => other.close(() => done())))
    const { port } = other.address() as { port: number }
    const taken = await muster(['serve', '--config', file, '--data-dir', data, '--port', String(port)], { cwd: folder })
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining(`127.0.0.1:${port} is already in use.`) })
    const open = await muster(['serve', '--data-dir', data, '--listen', '0.0.0.0:0'], { cwd: folder })
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing encrypts it') })
    writeFileSync(file, 'server: { listen: "0.0.0.0:0", tls: { cert: key.txt, key: key.txt } }\n')
    const broken = await muster(['serve', '--config', file, '--data-dir', data], { cwd: folder })
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('server.tls cannot be used') })
  })

  it('refuses a master key that cannot be one', async () => {
    const { folder, data } = place()
    const refused = await muster(['runs', '--data-dir', data], { cwd: folder, env: { MUSTER_MASTER_KEY: 'abc' } })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('master key')
    expect(refused.stderr).not.toMatch(/\n\s+at /)
  })
})
