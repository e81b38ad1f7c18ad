import { execFileSync, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { component, program } from '../../../test/support/require.ts'
import { repositoryRoot, temporaryFolder } from '../../../test/support/temporary.ts'
import { type Database, inTransaction, openDatabase, rowsOf } from '../database.ts'
import { openStore } from '../store.ts'
import { tryLock } from './directory-lock.ts'
import { archiveVersion } from './empty-store.ts'
import { currentProcess, liveness } from './process-identity.ts'

async function opened(dataDir = temporaryFolder(), idleInTransactionMs = 30_000): Promise<Database> {
  const database = await openDatabase({ dataDir, stayMs: 0, idleInTransactionMs })
  onTestFinished(async () => await database.close())
  return database
}

async function client(database: Database): Promise<pg.Client> {
  const host = database.embedded?.socketPath.replace(/\/[^/]*$/, '')
  const one = new pg.Client({ ...(host === undefined ? {} : { host }), port: 5432, user: 'psql', database: 'postgres' })
  one.on('error', () => undefined)
  await one.connect()
  onTestFinished(async () => await one.end().catch(() => undefined))
  return one
}

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  )
}

const strace = await component('strace', program('strace'))
const pgliteVersion = (
  JSON.parse(readFileSync(join(repositoryRoot, 'node_modules/@electric-sql/pglite/package.json'), 'utf8')) as {
    version: string
  }
).version

describe('the embedded store', () => {
  it('writes each commit down with one fsync', async () => {
    const database = await opened()
    await sql`create table note (text text)`.execute(database.kysely)
    const before = (await database.embedded?.facts())?.fsyncs ?? 0
    for (let turn = 0; turn < 20; turn += 1) await sql`insert into note values ('x')`.execute(database.kysely)
    const after = (await database.embedded?.facts())?.fsyncs ?? 0
    expect(after - before).toBeGreaterThanOrEqual(20)
    expect(after - before).toBeLessThanOrEqual(22)
    const settings = await rowsOf(
      database.kysely,
      sql`select current_setting('fsync') || current_setting('full_page_writes') as on`,
    )
    expect(settings).toEqual([{ on: 'onon' }])
  })

  it.skipIf(!strace.present)(`reaches the kernel with them${strace.skipReason}`, async () => {
    const dataDir = temporaryFolder()
    const trace = join(temporaryFolder(), 'trace')
    const child = fork(join(repositoryRoot, 'test/support/store-process.ts'), [dataDir], {
      execPath: 'strace',
      execArgv: ['-f', '-e', 'trace=fsync,fdatasync', '-o', trace, process.execPath],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let written = 0
    const [calls] = await new Promise<[number]>((resolve, reject) => {
      const count = () =>
        readFileSync(trace, 'utf8')
          .split('\n')
          .filter((line) => /f(data)?sync\(/.test(line)).length
      let start = 0
      child.on('error', reject)
      child.on('message', (message: { written?: number; role?: string }) => {
        if (message.role !== undefined) start = count()
        written += message.written === undefined ? 0 : 1
        if (written === 30) resolve([count() - start])
      })
    })
    child.send('close')
    await once(child, 'exit')
    expect(calls).toBeGreaterThanOrEqual(30)
  })

  it('is readable by its owner alone', async () => {
    const dataDir = join(temporaryFolder(), 'data')
    mkdirSync(dataDir, { mode: 0o755 })
    const database = await opened(dataDir)
    await sql`create table note (text text)`.execute(database.kysely)
    await sql`insert into note select repeat('x', 1000) from generate_series(1, 3000)`.execute(database.kysely)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    const open = everyFile(dataDir).filter((path) => (statSync(path).mode & 0o077) !== 0)
    expect(open).toEqual([])
  })

  it('was shipped for the PGlite version that is installed', () => {
    expect(archiveVersion()).toBe(pgliteVersion)
    expect(statSync(new URL('./empty-store.tgz', import.meta.url)).size).toBeLessThan(6_000_000)
  })

  it('starts over when its first start was interrupted', async () => {
    const dataDir = temporaryFolder()
    mkdirSync(join(dataDir, '.cluster-interrupted', 'base'), { recursive: true })
    const database = await opened(dataDir)
    expect(await rowsOf(database.kysely, sql`select 1 as one`)).toEqual([{ one: 1 }])
  })

  it('finds another place for its socket when the path is too long', async () => {
    const dataDir = join(temporaryFolder(), 'very-long-folder-name'.repeat(6))
    const database = await opened(dataDir)
    const path = database.embedded?.socketPath ?? ''
    expect(path.length).toBeLessThanOrEqual(103)
    expect(path.startsWith(dataDir)).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const second = await opened(dataDir)
    expect(second.embedded?.role).toBe('joiner')
    expect(second.embedded?.socketPath).toBe(path)
  })

  it('serves any client that speaks the protocol, and shows it nothing uncommitted', async () => {
    const database = await opened()
    await sql`create table note (text text)`.execute(database.kysely)
    const psql = await client(database)
    let seen: Promise<unknown> | undefined
    await expect(
      inTransaction(database, async (transaction) => {
        await sql`insert into note values ('draft')`.execute(transaction)
        seen = psql.query('select count(*)::int as notes from note')
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow()
    expect(await seen).toMatchObject({ rows: [{ notes: 0 }] })
  })

  it('rolls back what a killed client left open, and lets the others go on', async () => {
    const database = await opened()
    await sql`create table note (text text)`.execute(database.kysely)
    const dying = await client(database)
    await dying.query('begin')
    await dying.query("insert into note values ('lost')")
    const waiting = rowsOf(database.kysely, sql`select count(*) as notes from note`)
    ;(dying as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    expect(await waiting).toEqual([{ notes: 0 }])
  })

  it('ends a transaction that is left open while others wait', async () => {
    const database = await opened(temporaryFolder(), 200)
    const forgetful = await client(database)
    await forgetful.query('begin')
    await forgetful.query('create table forgotten (a int)')
    expect(await rowsOf(database.kysely, sql`select to_regclass('forgotten') as it`)).toEqual([{ it: null }])
    await expect(forgetful.query('select 1')).rejects.toThrow()
  })

  it('refuses COPY FROM STDIN, which would break the session for everybody', async () => {
    const database = await opened()
    await sql`create table note (text text)`.execute(database.kysely)
    const psql = await client(database)
    await expect(psql.query('COPY note FROM STDIN')).rejects.toThrow()
    expect(await rowsOf(database.kysely, sql`select 1 as one`)).toEqual([{ one: 1 }])
  })

  it('lets every connection use the statements that one of them made', async () => {
    const database = await opened()
    const [first, second] = [await client(database), await client(database)]
    const count = { name: 'count', text: 'select count(*)::int as n from note where text <> $1', values: ['x'] }
    await expect(first.query(count)).rejects.toThrow('note')
    await sql`create table note (text text)`.execute(database.kysely)
    for (const one of [first, second, first, await client(database)]) {
      expect((await one.query(count)).rows).toEqual([{ n: 0 }])
      // What is left of a transaction that fails is not mistaken for a statement, and takes none away.
      await one.query('begin')
      await expect(one.query('select nothing')).rejects.toThrow('nothing')
      await expect(one.query({ name: 'late', text: 'select 1 as one' })).rejects.toThrow('aborted')
      await one.query('rollback')
      expect((await one.query({ name: 'late', text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
    }
    await expect(second.query('DEALLOCATE ALL')).rejects.toThrow('not possible')
    expect((await first.query(count)).rows).toEqual([{ n: 0 }])
  })

  it('drops a connection that speaks another protocol', async () => {
    const database = await opened()
    const stranger = connect(database.embedded?.socketPath ?? '')
    stranger.on('error', () => undefined)
    stranger.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(stranger, 'close')
    expect(await rowsOf(database.kysely, sql`select 1 as one`)).toEqual([{ one: 1 }])
  })
})

function mountWorks(): boolean {
  const folder = '/tmp/muster-mount-probe'
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const plainUser = await component('plain-user', () => process.getuid?.() !== 0 || 'root may write everywhere')
const mount = await component('mount', () => mountWorks() || 'only root may mount a small file system')

describe('a data directory', () => {
  it.skipIf(!plainUser.present)(`that cannot be written is refused with a hint${plainUser.skipReason}`, async () => {
    const dataDir = temporaryFolder()
    chmodSync(dataDir, 0o500)
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  const mounted = (options: string) => {
    const folder = temporaryFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    onTestFinished(() => void execFileSync('umount', ['-l', folder]))
    return folder
  }
  it.skipIf(!mount.present)(`on a read-only file system is refused with a hint${mount.skipReason}`, async () => {
    const dataDir = mounted('ro,size=1m')
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      code: 'store-unavailable',
      hint: expect.stringContaining('read-only'),
    })
  })

  it.skipIf(!mount.present)(
    `without space says so, and goes on when there is space again${mount.skipReason}`,
    async () => {
      const dataDir = mounted('size=44m')
      const store = await openStore({ dataDir, stayMs: 0 })
      onTestFinished(async () => await store.close())
      const codes = new Set<string>()
      const detail = { filler: randomBytes(300_000).toString('base64') }
      let kept = 0
      for (let turn = 0; turn < 300 && !codes.has('disk-full'); turn += 1) {
        await store.audit
          .append({ at: turn, actor: 'test', act: 'fill', subject: String(turn), detail: { ...detail, turn } })
          .then(
            () => {
              kept += 1
            },
            (error: { code: string }) => codes.add(error.code),
          )
      }
      expect(codes).toContain('disk-full')
      execFileSync('mount', ['-o', 'remount,size=400m', dataDir])
      await store.audit.append({ at: 1, actor: 'test', act: 'after', subject: 'space' })
      expect(await store.audit.verify()).toBeUndefined()
      const { items } = await store.audit.list({ limit: 1 })
      expect(items[0]?.seq).toBeGreaterThanOrEqual(kept + 1)
    },
  )
})

describe('the lock of a data directory', () => {
  const socketPath = '/nowhere/socket'
  const planted = (identity: Partial<ReturnType<typeof currentProcess>>) => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'muster-7.lock'), JSON.stringify({ ...currentProcess(), socketPath, ...identity }))
    return dataDir
  }

  it('belongs to a living process, and not to one whose number was used again', async () => {
    expect(await tryLock(planted({}), socketPath)).toMatchObject({ holder: { pid: process.pid } })
    expect(await tryLock(planted({ startTicks: '1' }), socketPath)).toHaveProperty('held')
    expect(await tryLock(planted({ boot: 'another' }), socketPath)).toHaveProperty('held')
    expect(await tryLock(planted({ pid: 4_194_304 }), socketPath)).toHaveProperty('held')
  })

  it('is left for a while to a holder that cannot be seen from here', async () => {
    const dataDir = planted({ host: `${hostname()}-other`, boot: 'another' })
    expect(await tryLock(dataDir, socketPath)).toHaveProperty('holder')
    const path = join(dataDir, 'muster-7.lock')
    const longAgo = new Date(Date.now() - 120_000)
    execFileSync('touch', ['-d', longAgo.toISOString(), path])
    expect(await tryLock(dataDir, socketPath)).toHaveProperty('held')
    expect(liveness({ ...currentProcess(), pidNamespace: 'pid:[1]' })).toBe('elsewhere')
  })

  it('is taken once, given back, and taken again with a higher generation', async () => {
    const dataDir = temporaryFolder()
    const first = await tryLock(dataDir, socketPath)
    if (!('held' in first)) throw new Error('not taken')
    expect(await tryLock(dataDir, socketPath)).toHaveProperty('holder')
    first.held.release()
    const second = await tryLock(dataDir, socketPath)
    expect(second).toMatchObject({ held: { path: join(dataDir, 'muster-2.lock') } })
    expect(readdirSync(dataDir)).toEqual(['muster-2.lock'])
  })
})
