import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { ConfigKind, ConfigObject, ConfigurationStore } from '../../ports/store.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { json, jsonText, time } from '../rows.ts'

interface Row extends ConfigObject {
  readonly removed: boolean
}

const columns = sql`kind, key, version, document, owner, removed, saved_at as "savedAt", saved_by as "savedBy"`

export function configurationStore({ database, now }: StorageContext): ConfigurationStore {
  return {
    list: async () => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select * from (select distinct on (kind, key) ${columns} from config_object order by kind, key, version desc) newest
            where not removed order by kind, key`,
      )
      return rows.map(configObject)
    },
    get: async (kind, key) => {
      const row = await newest(database.kysely, kind, key)
      return row === undefined || row.removed ? undefined : configObject(row)
    },
    save: async (object) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `configuration ${object.kind} ${object.key}`)
        const current = await newest(transaction, object.kind, object.key)
        if (current !== undefined && isSame(current, object)) return configObject(current)
        const saved: Row = { ...object, version: (current?.version ?? 0) + 1, savedAt: now(), removed: false }
        await insert(transaction, saved)
        return configObject(saved)
      }),
    remove: async (kind, key, by) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `configuration ${kind} ${key}`)
        const current = await newest(transaction, kind, key)
        if (current === undefined || current.removed) throw missing(kind, key)
        const { version } = current
        await insert(transaction, { ...current, version: version + 1, savedAt: now(), savedBy: by, removed: true })
        if (kind === 'connection') await sql`delete from departure where connection = ${key}`.execute(transaction)
      }),
    history: async (kind, key) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from config_object where kind = ${kind} and key = ${key} order by version desc`,
      )
      return rows.map(configObject)
    },
  }
}

function missing(kind: ConfigKind, key: string) {
  return fail.notFound(`There is no ${kind} named ${key}.`, { hint: `List them with \`muster ${kind}s\`.` })
}

function isSame(current: Row, object: Omit<ConfigObject, 'version' | 'savedAt'>): boolean {
  if (current.removed || current.owner !== object.owner) return false
  return isDeepStrictEqual(current.document, JSON.parse(jsonText(object.document) ?? 'null'))
}

async function newest(executor: Executor, kind: ConfigKind, key: string): Promise<Row | undefined> {
  const [row] = await rowsOf<Row>(
    executor,
    sql`select ${columns} from config_object where kind = ${kind} and key = ${key} order by version desc limit 1`,
  )
  return row
}

async function insert(executor: Executor, row: Row): Promise<void> {
  await sql`insert into config_object (kind, key, version, document, owner, removed, saved_at, saved_by)
    values (${row.kind}, ${row.key}, ${row.version}, ${json(row.document)}, ${row.owner}, ${row.removed},
      ${time(row.savedAt)}, ${row.savedBy})`.execute(executor)
}

function configObject({ removed: _, ...object }: Row): ConfigObject {
  return object
}
