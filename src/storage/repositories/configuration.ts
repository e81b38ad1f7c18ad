import { isDeepStrictEqual } from 'node:util'
import { sql, type Transaction } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { isoTime } from '../../platform/clock.ts'
import type { ConfigKind, ConfigObject, ConfigurationStore, SavedWith, SettingKind } from '../../ports/configuration.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import type { MasterKeys } from '../master-keys.ts'
import { json, jsonText, limitOf, numberCursor, slice, texts, time } from '../rows.ts'
import { sealSecret } from './secrets.ts'

type Kinds = ConfigKind | SettingKind

interface Row<Kind extends Kinds> extends ConfigObject<Kind> {
  readonly removed: boolean
}

/** What joins and is joined. */
export const connectionKinds = ['source', 'target', 'connection'] as const satisfies readonly ConfigKind[]
/** What is about the installation itself. */
export const settingKinds = ['channel', 'sign-in'] as const satisfies readonly SettingKind[]

const columns = sql`kind, key, version, document, owner, removed, saved_at as "savedAt", saved_by as "savedBy"`

/** Objects of these kinds, every version of each. */
export function configurationStore<Kind extends Kinds>(
  { database, now }: StorageContext,
  kinds: readonly Kind[],
  keys: MasterKeys,
): ConfigurationStore<Kind> {
  return {
    list: async () => {
      const rows = await rowsOf<Row<Kind>>(
        database.kysely,
        sql`select * from (select distinct on (kind, key) ${columns} from config_object where kind = any(${texts(kinds)})
              order by kind, key, version desc) newest
            where not removed order by kind, key`,
      )
      return rows.map(configObject)
    },
    get: async (kind, key) => {
      const row = await newest<Kind>(database.kysely, kind, key)
      return row === undefined || row.removed ? undefined : configObject(row)
    },
    save: async (object, { basedOn, secrets } = {}) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `configuration ${object.kind} ${object.key}`)
        const current = await newest<Kind>(transaction, object.kind, object.key)
        refuseOvertaken(object, current, basedOn)
        if (secrets !== undefined) await saveSecrets(transaction, keys, ownerOf(object), secrets, now())
        if (current !== undefined && isSame(current, object)) return configObject(current)
        const saved: Row<Kind> = { ...object, version: (current?.version ?? 0) + 1, savedAt: now(), removed: false }
        await insert(transaction, saved)
        return configObject(saved)
      }),
    refuseOvertaken: async (kind, key, basedOn) =>
      refuseOvertaken({ kind, key }, await newest<Kind>(database.kysely, kind, key), basedOn),
    remove: async (kind, key, by) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `configuration ${kind} ${key}`)
        const current = await newest<Kind>(transaction, kind, key)
        if (current === undefined || current.removed) throw missing(kind, key)
        const { version } = current
        await insert(transaction, { ...current, version: version + 1, savedAt: now(), savedBy: by, removed: true })
        await sql`delete from sealed_secret where owner = ${ownerOf({ kind, key })}`.execute(transaction)
        if (kind === 'connection') await sql`delete from departure where connection = ${key}`.execute(transaction)
      }),
    history: async (kind, key) => {
      const rows = await rowsOf<Row<Kind>>(
        database.kysely,
        sql`select ${columns} from config_object where kind = ${kind} and key = ${key} order by version desc`,
      )
      return rows.map(configObject)
    },
    versions: async (kind, key, page) => {
      const rows = await rowsOf<Row<Kind>>(
        database.kysely,
        sql`select ${columns} from config_object
            where kind = ${kind} and key = ${key} and version < ${numberCursor(page, newerThanAll)}
            order by version desc limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, configObject, ({ version }) => version)
    },
  }
}

/** More versions than a column of them can count. */
const newerThanAll = 2 ** 31 - 1

const listedBy: Readonly<Record<Kinds, string>> = {
  source: 'muster sources',
  target: 'muster targets',
  connection: 'muster connections',
  channel: 'muster notifications',
  'sign-in': 'the console, under Settings',
}

/** The owner of its sealed secrets. */
function ownerOf({ kind, key }: Pick<ConfigObject<Kinds>, 'kind' | 'key'>): string {
  return `${kind}:${key}`
}

function refuseOvertaken(
  { kind, key }: Pick<ConfigObject<Kinds>, 'kind' | 'key'>,
  current: Row<Kinds> | undefined,
  basedOn: number | undefined,
): void {
  const inUse = current === undefined || current.removed ? 0 : current.version
  if (basedOn === undefined || basedOn === inUse) return
  const what = `The ${kind} "${key}"`
  if (current === undefined) throw fail.conflict(`${what} does not exist; nothing was saved.`)
  const by = `${current.savedBy} on ${isoTime(current.savedAt)}`
  if (current.removed) throw fail.conflict(`${what} was removed by ${by}; nothing was saved.`)
  throw fail.conflict(
    basedOn === 0
      ? `${what} exists already; nothing was saved.`
      : `${what} was saved by ${by} since version ${basedOn}, which you changed; nothing was saved.`,
    { hint: basedOn === 0 ? 'Choose another key.' : 'See what they changed, then save yours over it or take theirs.' },
  )
}

async function saveSecrets(
  transaction: Transaction<unknown>,
  keys: MasterKeys,
  owner: string,
  { put, keep }: NonNullable<SavedWith['secrets']>,
  at: number,
): Promise<void> {
  for (const [field, { value, expires }] of put)
    await sealSecret(transaction, keys, { owner, field, value, expires }, at)
  const staying = [...put.keys(), ...keep]
  await sql`delete from sealed_secret where owner = ${owner} and not field = any(${texts(staying)})`.execute(
    transaction,
  )
}

function missing(kind: Kinds, key: string) {
  return fail.notFound(`There is no ${kind} named ${key}.`, { hint: `List them with ${listedBy[kind]}.` })
}

function isSame(current: Row<Kinds>, object: Omit<ConfigObject<Kinds>, 'version' | 'savedAt'>): boolean {
  if (current.removed || current.owner !== object.owner) return false
  return isDeepStrictEqual(current.document, JSON.parse(jsonText(object.document) ?? 'null'))
}

async function newest<Kind extends Kinds>(executor: Executor, kind: Kind, key: string): Promise<Row<Kind> | undefined> {
  const [row] = await rowsOf<Row<Kind>>(
    executor,
    sql`select ${columns} from config_object where kind = ${kind} and key = ${key} order by version desc limit 1`,
  )
  return row
}

async function insert(executor: Executor, row: Row<Kinds>): Promise<void> {
  await sql`insert into config_object (kind, key, version, document, owner, removed, saved_at, saved_by)
    values (${row.kind}, ${row.key}, ${row.version}, ${json(row.document)}, ${row.owner}, ${row.removed},
      ${time(row.savedAt)}, ${row.savedBy})`.execute(executor)
}

function configObject<Kind extends Kinds>({ removed: _, ...object }: Row<Kind>): ConfigObject<Kind> {
  return object
}
