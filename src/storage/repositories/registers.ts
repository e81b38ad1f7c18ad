import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, texts } from '../rows.ts'

/**
 * Registers give long ids short numbers, once: accounts and groups of a directory, records and groups of a source, and
 * words. The big tables hold the numbers only.
 */
export interface Register {
  readonly table: string
  readonly scope: string
  readonly id: string
  readonly label: string
  readonly labelKey: string
}

export const accountRegister: Register = {
  table: 'directory_account',
  scope: 'directory',
  id: 'account_id',
  label: 'label',
  labelKey: 'label_key',
}

export const groupRegister: Register = {
  table: 'directory_group',
  scope: 'directory',
  id: 'group_id',
  label: 'name',
  labelKey: 'name_key',
}

export const recordRegister: Register = {
  table: 'source_record',
  scope: 'source',
  id: 'key',
  label: 'label',
  labelKey: 'label_key',
}

export const sourceGroupRegister: Register = { ...recordRegister, table: 'source_group' }

/** Ids with the label to show; an empty label says nothing about an id that is known already. */
export type Labels = ReadonlyMap<string, string>

export interface Entry {
  readonly no: number
  readonly id: string
  readonly label: string
}

/**
 * Entries for all ids; new ones are made. A label that differs is updated if the giver knows best (`rename`), else only
 * where none was known.
 */
export async function enter(
  executor: Executor,
  register: Register,
  scope: string | number,
  labels: Labels,
  { rename }: { readonly rename: boolean },
): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>()
  for (const ids of batches([...labels.keys()].sort())) {
    for (const entry of await look(executor, register, scope, ids)) found.set(entry.id, entry)
    const differing = ids.filter((id) => needsWrite(found.get(id)?.label, labels.get(id) ?? '', rename))
    for (const entry of await write(executor, register, scope, differing, labels)) found.set(entry.id, entry)
  }
  return found
}

function needsWrite(known: string | undefined, label: string, rename: boolean): boolean {
  if (known === undefined) return true
  return label !== '' && known !== label && (rename || known === '')
}

async function look(executor: Executor, register: Register, scope: string | number, ids: readonly string[]) {
  const { table, id, label } = register
  return await rowsOf<Entry>(
    executor,
    sql`select no, ${sql.ref(id)} as id, ${sql.ref(label)} as label from ${sql.table(table)}
        where ${sql.ref(register.scope)} = ${scope} and ${sql.ref(id)} = any(${texts(ids)})`,
  )
}

async function write(
  executor: Executor,
  { table, scope: scopeName, id: idName, label: labelName, labelKey }: Register,
  scope: string | number,
  ids: readonly string[],
  labels: Labels,
): Promise<Entry[]> {
  if (ids.length === 0) return []
  const [scopeColumn, id, label, key] = [scopeName, idName, labelName, labelKey].map((name) => sql.ref(name))
  const shown = ids.map((each) => labels.get(each) ?? '')
  return await rowsOf<Entry>(
    executor,
    sql`insert into ${sql.table(table)} as known (${scopeColumn}, ${id}, ${label}, ${key})
        select ${scope}, new_id, new_label, new_key
        from unnest(${texts(ids)}, ${texts(shown)}, ${texts(shown.map(foldKey))}) as given(new_id, new_label, new_key)
        on conflict (${scopeColumn}, ${id}) do update set
          ${label} = case when excluded.${label} = '' then known.${label} else excluded.${label} end,
          ${key} = case when excluded.${label} = '' then known.${key} else excluded.${key} end
        returning no, ${id} as id, ${label} as label`,
  )
}

/** All entries of one scope. */
export async function entries(executor: Executor, register: Register, scope: string | number): Promise<Entry[]> {
  const { table, id, label } = register
  return await rowsOf<Entry>(
    executor,
    sql`select no, ${sql.ref(id)} as id, ${sql.ref(label)} as label from ${sql.table(table)}
        where ${sql.ref(register.scope)} = ${scope}`,
  )
}

/** Numbers for words: kinds, reasons, rules, keys of connections. */
export async function words(executor: Executor, wanted: Iterable<string>): Promise<Map<string, number>> {
  const all = [...new Set(wanted)].sort()
  const numbers = new Map<string, number>()
  const look = async () => {
    const missing = all.filter((text) => !numbers.has(text))
    for (const part of batches(missing)) {
      const rows = await rowsOf<{ no: number; text: string }>(
        executor,
        sql`select no, text from word where text = any(${texts(part)})`,
      )
      for (const { no, text } of rows) numbers.set(text, no)
    }
    return all.filter((text) => !numbers.has(text))
  }
  for (const part of batches(await look())) {
    await sql`insert into word (text) select unnest(${texts(part)}) on conflict (text) do nothing`.execute(executor)
  }
  await look()
  return numbers
}

/** The number of an id that was just entered. */
export function numberOf(entered: ReadonlyMap<string, Entry> | ReadonlyMap<string, number>, id: string): number {
  const found = entered.get(id)
  if (found === undefined) throw fail.bug(`The store lost the number of ${id}.`)
  return typeof found === 'number' ? found : found.no
}

/** Number of a directory; entered when it is new. */
export async function directoryNumber(executor: Executor, directoryKey: string): Promise<number> {
  const known = await knownDirectory(executor, directoryKey)
  if (known !== undefined) return known
  await sql`insert into directory (key) values (${directoryKey}) on conflict (key) do nothing`.execute(executor)
  const entered = await knownDirectory(executor, directoryKey)
  if (entered === undefined) throw fail.bug(`The store lost the directory ${directoryKey}.`)
  return entered
}

export async function knownDirectory(executor: Executor, directoryKey: string): Promise<number | undefined> {
  const [row] = await rowsOf<{ no: number }>(executor, sql`select no from directory where key = ${directoryKey}`)
  return row?.no
}

/** The number under which intervals remember a run. Throws `not-found`. */
export async function runNumber(executor: Executor, runId: string): Promise<number> {
  const [row] = await rowsOf<{ number: number }>(executor, sql`select number from run where id = ${runId}`)
  if (row === undefined) throw fail.notFound(`There is no run ${runId}.`, { hint: 'List the runs with `muster runs`.' })
  return row.number
}
