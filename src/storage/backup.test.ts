import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { change, directoryKey, sampleRun, savedPlan, takenFence, targetRead } from '../../test/support/plans.ts'
import { describeOnBothStores, postgresComponent, type StoreInTest, withStore } from '../../test/support/store.ts'
import { openDatabase, rowsOf } from './database.ts'
import { shippedMigrations } from './migrations.ts'
import type { OpenedStore } from './store.ts'

/** Something in every corner that a backup must carry, awkward values included. */
async function fill(store: OpenedStore): Promise<void> {
  await store.configuration.save({
    kind: 'source',
    key: 'corp',
    owner: 'store',
    savedBy: 'os:anna',
    document: { type: 'file', path: 'a\nb.csv', note: 'Zoë "quoted" \\ back' },
  })
  await store.secrets.put('target:acme', 'apiToken', 'hunter2')
  const { plan, run } = await savedPlan(store, [
    change(1, { after: { email: 'a@b', tags: ['x', 'y'], phone: null }, needs: [] }),
    change(2, { needs: [1], state: 'held', stateReasons: ['waits-for'] }),
  ])
  await savedPlan(store, [change(1)], { createdAt: Date.UTC(2025, 0, 31), connection: 'older' })
  await store.directories.observe(run.id, targetRead({ dev: ['ann', 'bob'], ops: ['ann'] }))
  const fence = await takenFence(store)
  await store.plans.release(plan.id, plan.fingerprint, 'os:anna', { seqs: [1, 2] })
  await store.plans.record(
    plan.id,
    run.id,
    fence,
    [{ seq: 1, outcome: 'applied' }],
    [
      { lesson: 'link', source: 'corp', sourceKey: 'key-1', accountId: 'ann', how: 'email' },
      { lesson: 'grant', groupId: 'group-dev', accountId: 'ann', rule: 'groups.byName', how: 'adopted' },
      { lesson: 'member', groupId: 'group-ops', accountId: 'ann', present: false },
      { lesson: 'deactivated', accountId: 'bob', how: 'suspended' },
    ],
  )
  await store.leases.release(fence)
  await store.local.savePerson('hq', { key: 'p1', userName: 'ann', active: true, attributes: { a: 'tab\t', b: null } })
  await store.local.saveGroup('hq', { key: 'g1', name: 'Dev' })
  await store.local.addMember('hq', 'g1', { kind: 'user', key: 'p1' })
  await store.access.createToken('ci', ['operator'])
  await store.audit.append({ at: 1, actor: 'os:anna', act: 'release', subject: 'plan', detail: { b: 1, a: 'é\0' } })
  await store.workItems.reconcile('staff', 'dir', [
    { reason: 'account-gone', subject: 's', label: 'l', message: 'm', candidates: ['a'] },
  ])
}

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
}

/** The rows of every table, whatever order they were read in. */
function content(file: string): string[] {
  return linesOf(file).slice(1, -1).sort()
}

const where = (test: StoreInTest, name: string) => join(test.place.folder, name)

describe.skipIf(!postgresComponent.present)(`backup between the stores${postgresComponent.skipReason}`, () => {
  it('carries the whole state from embedded to PostgreSQL and back', async () => {
    await withStore('embedded', async (first) => {
      await fill(first.store)
      const facts = await first.store.backup(where(first, 'one.gz'))
      expect(facts.rows).toMatchObject({ run: 2, plan: 2, plan_change: 3, audit_entry: 1, sealed_secret: 1 })
      await withStore('postgresql', async (second) => {
        expect(await second.store.restore(where(first, 'one.gz'))).toEqual(facts)
        await second.store.backup(where(second, 'two.gz'))
        expect(content(where(second, 'two.gz'))).toEqual(content(where(first, 'one.gz')))
        await withStore('embedded', async (third) => {
          await third.store.restore(where(second, 'two.gz'))
          await third.store.backup(where(third, 'three.gz'))
          expect(content(where(third, 'three.gz'))).toEqual(content(where(first, 'one.gz')))
          expect(await third.store.audit.verify()).toBeUndefined()
          expect(await third.store.secrets.list()).toMatchObject([{ owner: 'target:acme', readable: false }])
          const { run } = await savedPlan(third.store, [change(1), change(2)])
          expect(run.number).toBe(3)
          expect(await third.store.directories.members(directoryKey, 'group-ops')).toEqual([])
        })
      })
    })
  })
})

/** Columns by table, as the first migration made them. */
function columnsOfFirstSchema(): ReadonlyMap<string, ReadonlySet<string>> {
  const [{ text } = { text: '' }] = shippedMigrations()
  const notColumns = ['primary', 'unique', 'foreign', 'check', 'constraint']
  return new Map(
    Array.from(text.matchAll(/create table (\w+) \(([\s\S]*?)\n\)/g), ([, table = '', body = '']) => {
      const names = Array.from(body.matchAll(/^ {2}(\w+) /gm), ([, name = '']) => name)
      return [table, new Set(names.filter((name) => !notColumns.includes(name)))] as const
    }),
  )
}

describeOnBothStores('backup', (current) => {
  const tamper = (file: string, change: (lines: string[]) => string[]) =>
    writeFileSync(file, gzipSync(`${change(linesOf(file)).join('\n')}\n`))

  it('holds every table of the schema and no key', async () => {
    const { place, store } = current()
    await fill(store)
    const file = join(place.folder, 'state.gz')
    const { rows } = await store.backup(file)
    const database = await openDatabase(place.connection)
    const tables = await rowsOf<{ name: string }>(
      database.kysely,
      sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not relispartition and relname <> 'schema_migration'`,
    )
    await database.close()
    expect(Object.keys(rows).sort()).toEqual(tables.map(({ name }) => name).sort())
    const text = linesOf(file).join('\n')
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(readFileSync(join(place.folder, 'master.key'), 'utf8').trim())
  })

  it('restores only into an empty store unless it may replace', async () => {
    const { place, store } = current()
    await fill(store)
    const file = join(place.folder, 'state.gz')
    await store.backup(file)
    const before = content(file)
    await expect(store.restore(file)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('not empty'),
    })
    await store.runs.requestCancel((await store.runs.byNumber(1))?.id ?? '')
    await store.restore(file, { replace: true })
    await store.backup(file)
    expect(content(file)).toEqual(before)
    const fence = await takenFence(store)
    await expect(store.restore(file, { replace: true })).rejects.toMatchObject({ code: 'busy' })
    await store.leases.release(fence)
  })

  it('of an older schema is brought up to date when it is read', async () => {
    const { place, store } = current()
    await fill(store)
    const file = join(place.folder, 'state.gz')
    await store.backup(file)
    // As the first schema wrote it: without the tables and columns that came later.
    const first = columnsOfFirstSchema()
    let columns: readonly string[] = []
    let table = ''
    const older = linesOf(file).flatMap((line) => {
      const parsed = JSON.parse(line) as
        | { table?: string; columns?: string[]; rows?: Record<string, number> }
        | unknown[]
      if (Array.isArray(parsed)) {
        const kept = parsed.filter((_, index) => first.get(table)?.has(columns[index]!))
        return first.has(table) ? [JSON.stringify(kept)] : []
      }
      if (parsed.rows !== undefined) {
        const rows = Object.entries(parsed.rows).filter(([name]) => first.has(name))
        return [JSON.stringify({ ...parsed, rows: Object.fromEntries(rows) })]
      }
      if (parsed.table === undefined || parsed.columns === undefined)
        return [line.replace(/"schema":\d+/, '"schema":1')]
      table = parsed.table
      columns = parsed.columns
      return first.has(table)
        ? [JSON.stringify({ table, columns: columns.filter((name) => first.get(table)!.has(name)) })]
        : []
    })
    const body = older.slice(0, -1).map((line) => `${line}\n`)
    const sha256 = createHash('sha256').update(body.join('')).digest('hex')
    const trailer = JSON.stringify({ ...JSON.parse(older.at(-1) ?? ''), sha256 })
    writeFileSync(file, gzipSync(`${body.join('')}${trailer}\n`))

    expect(await store.restore(file, { replace: true })).toMatchObject({ schema: 1 })
    const undone = await store.runs.byNumber(1)
    const undo = await store.runs.create(sampleRun({ kind: 'undo', undoOf: 1 }))
    expect(undone).not.toHaveProperty('undoOf')
    expect(await store.runs.get(undo.id)).toMatchObject({ number: 3, undoOf: 1 })
    const now = join(place.folder, 'now.gz')
    expect((await store.backup(now)).schema).toBeGreaterThan(1)
  })

  it('changes nothing for a file that is cut, changed, foreign or newer', async () => {
    const { place, store } = current()
    await fill(store)
    const file = join(place.folder, 'state.gz')
    const whole = join(place.folder, 'whole.gz')
    await store.backup(whole)
    const bytes = readFileSync(whole)
    const refuses = async (code: string, words: string) =>
      await expect(store.restore(file, { replace: true })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words),
      })
    writeFileSync(file, bytes.subarray(0, bytes.length - 200))
    await refuses('usage', 'cut')
    writeFileSync(file, 'a,b,c\n1,2,3\n')
    await refuses('usage', 'not a whole backup')
    writeFileSync(file, gzipSync('{"some":"json"}\n'))
    await refuses('usage', 'does not start like one')
    writeFileSync(file, bytes)
    tamper(file, (lines) => lines.slice(0, -1))
    await refuses('usage', 'cut')
    writeFileSync(file, bytes)
    tamper(file, (lines) => lines.map((line) => line.replace('os:anna', 'os:eve')))
    await refuses('usage', 'check sum')
    writeFileSync(file, bytes)
    tamper(file, (lines) => [lines[0]!.replace(/"schema":\d+/, '"schema":999'), ...lines.slice(1)])
    await refuses('schema-newer', '999')
    await expect(store.restore(join(place.folder, 'none.gz'))).rejects.toMatchObject({ code: 'usage' })
    expect(await store.runs.byNumber(2)).toMatchObject({ connection: 'older' })
    expect(await store.audit.verify()).toBeUndefined()
  })
})
