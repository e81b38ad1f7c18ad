import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunView } from '../../src/contract/runs.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { Installation } from '../support/installation.ts'
import type { Finished } from '../support/muster.ts'
import { component } from '../support/require.ts'
import { repositoryRoot } from '../support/temporary.ts'
import { joined, team, until, withoutEffect } from './office.ts'

function mountWorks(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'muster-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const mount = await component('mount', () => mountWorks() || 'only root may mount a small file system')

interface Home {
  readonly sandbox: Sandbox
  readonly home: Installation
  type(line: string): Promise<Finished & { readonly said: string }>
}

async function openHome(options: SandboxOptions = {}): Promise<Home> {
  const sandbox = await startSandbox(options)
  const home = new Installation(sandbox)
  onTestFinished(async () => {
    home[Symbol.dispose]()
    await sandbox.stop()
  })
  await home.writeCompany(sandbox.directory)
  return {
    sandbox,
    home,
    async type(line) {
      const done = await home.run(line.split(' '))
      return { ...done, said: joined(`${done.stdout}\n${done.stderr}`) }
    },
  }
}

/** Puts the data directory on a small file system of its own. */
function onSmallDisk({ home }: Home, size: string): (options: string) => void {
  mkdirSync(home.dataDir, { recursive: true, mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', home.dataDir], { stdio: 'ignore' })
  onTestFinished(() => void execFileSync('umount', ['-l', home.dataDir]))
  return (options) => void execFileSync('mount', ['-o', `remount,${options}`, home.dataDir], { stdio: 'ignore' })
}

/** Takes all space that is left; returns how to give it back. */
function fillUp({ home }: Home): () => void {
  const file = join(home.dataDir, 'filler')
  try {
    for (;;) writeFileSync(file, Buffer.alloc(65_536), { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return () => rmSync(file)
}

const processes = { timeout: 300_000 }

describe('our own store', processes, () => {
  it.skipIf(!mount.present)(
    `without space stops the run before more is sent, and the run goes on when there is space again${mount.skipReason}`,
    async () => {
      const place = await openHome({ company: 400, target: 'fresh' })
      const { sandbox, home, type } = place
      onSmallDisk(place, '80m')
      expect((await type('plan staff --quiet')).code).toBe(0)
      expect((await type('approve latest --all')).code).toBe(0)

      sandbox.control.addFault({ operations: 'org.invite', kind: 'hold', when: 'after', skip: 2, times: 1 })
      const running = home.start(['apply', 'latest'])
      await until(() => sandbox.control.held > 0)
      const giveBack = fillUp(place)
      const whenFull = sandbox.control.counters().effects.accountsCreated
      sandbox.control.calm()
      const stopped = await running.finished
      const said = joined(stopped.stdout + stopped.stderr)
      expect(said).toContain('disk-full')
      expect(stopped.code).toBe(6)
      expect(said).toMatch(/space/)
      const sent = sandbox.control.counters()
      expect(said).toMatch(/Go on with it: +muster apply 1/)
      // What was marked as sent together before the disk was full may still go out, and nothing behind it.
      expect(sent.effects.accountsCreated - whenFull).toBeLessThanOrEqual(200)
      expect(sent.effects.accountsCreated).toBeLessThan(400)
      const refused = await withoutEffect(sandbox, () => type('apply latest'))
      expect(refused.code).toBe(6)
      expect(sandbox.control.counters().total).toBe(sent.total)

      giveBack()
      const resumed = await type('apply latest --json')
      expect(resumed.code).toBe(0)
      expect((JSON.parse(resumed.stdout) as { run: RunView }).run.state).toBe('applied')
      const { invitations } = sandbox.control.counters()
      expect(Object.values(invitations).filter((each) => each.calls !== 1)).toEqual([])
      expect((await type('plan staff --detailed-exit-code')).code).toBe(0)
    },
  )

  it.skipIf(!mount.present)(`that may only be read is named, and nothing is sent${mount.skipReason}`, async () => {
    const place = await openHome()
    const { sandbox, home, type } = place
    const remount = onSmallDisk(place, '100m')
    expect((await type('plan staff --quiet')).code).toBe(0)
    remount('ro')
    for (const command of ['sync staff', 'runs']) {
      const before = sandbox.control.counters().total
      const refused = await type(command)
      expect(refused.code).toBe(6)
      expect(refused.said).toContain('Error (store-unavailable): ')
      expect(refused.said).toContain(home.dataDir)
      expect(refused.said).toMatch(/What to do: .*read-only/)
      expect(sandbox.control.counters().total).toBe(before)
    }
    remount('rw')
    expect((await type('approve latest --all')).code).toBe(0)
  })

  it('of a newer program is left alone', async () => {
    const { sandbox, home, type } = await openHome()
    expect((await type('plan staff --quiet')).code).toBe(0)
    const change = async (statement: string) => {
      const database = await openDatabase({ dataDir: home.dataDir })
      try {
        await sql.raw(statement).execute(database.kysely)
      } finally {
        await database.close()
      }
    }
    await change(`insert into schema_migration (number, name, checksum) values (9001, '9001-later.sql', 'x')`)
    const before = sandbox.control.counters().total
    for (const command of ['sync staff', 'runs --json']) {
      const refused = await type(command)
      expect(refused.code).toBe(6)
      expect(refused.said).toContain('schema-newer')
      expect(refused.said).toContain('The store has schema 9001 (9001-later.sql)')
      expect(refused.said).toContain('Install the version of Muster that wrote the store')
    }
    expect(sandbox.control.counters().total).toBe(before)
    await change('delete from schema_migration where number = 9001')
    expect((await type('runs')).said).toContain('staff')
  })

  it('whose master key is lost says which secrets are gone, and nothing else is lost', async () => {
    const { sandbox, home } = await openHome()
    writeFileSync(join(home.folder, 'company.json'), JSON.stringify(team('sealed')))
    // Sealed secrets belong to objects of the store, so this installation is not kept by a file.
    const type = (line: string, input = '') => typed(home, line, input)
    const yaml = home.configuration().replaceAll(/^ {4}(apiToken|email): .*\n/gm, '')
    home.writeConfiguration(yaml)
    expect((await type('import muster.yaml')).code).toBe(0)
    const seal = () => type('targets put acme --merge --secret-stdin orgApiKey', sandbox.credentials.orgApiKey)
    expect((await seal()).code).toBe(0)
    expect((await type('plan staff --quiet')).code).toBe(0)

    rmSync(join(home.dataDir, 'master.key'))
    const before = sandbox.control.counters().total
    const refused = await type('sync staff')
    expect(refused.code).toBe(2)
    expect(refused.said).toMatch(/targets\.acme\.orgApiKey .*the master key that sealed it is lost/)
    expect(refused.said).toContain('Enter the secret again.')
    expect(sandbox.control.counters().total).toBe(before)
    expect((await type('secrets list')).said).toMatch(/target:acme +orgApiKey +NO: enter it again/)
    expect((await type('runs')).said).toMatch(/1 +staff/)
    expect((await type('connections list')).said).toContain('staff')

    expect((await seal()).code).toBe(0)
    expect((await type('secrets list')).said).toMatch(/target:acme +orgApiKey +yes/)
    // Entering a secret is a change of settings, so the next run is looked at again.
    expect((await type('plan staff --quiet')).code).toBe(0)
  })
})

/** A command on the data directory alone, with something on standard input. */
function typed({ folder, dataDir }: Installation, line: string, input: string) {
  return new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(repositoryRoot, 'bin', 'muster.js'), ...line.split(' '), '--data-dir', dataDir],
      { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, timeout: 600_000 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: joined(`${stdout}\n${stderr}`) }),
    )
    child.stdin?.end(input)
  })
}
