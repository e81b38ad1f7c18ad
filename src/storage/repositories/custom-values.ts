import { sql } from 'kysely'
import type { CustomValues, Lesson } from '../../domain/memory.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, ints, jsonText, texts, time } from '../rows.ts'
import type { Extent } from './extent.ts'
import type { Moment } from './intervals.ts'
import type { PlanPlace } from './plan-rows.ts'
import { type Entry, numberOf, words } from './registers.ts'

interface Scene {
  readonly executor: Executor
  readonly place: PlanPlace
  readonly moment: Moment
  readonly accounts: ReadonlyMap<string, Entry>
}

/**
 * Keeps what this connection wrote into custom attributes; values that are not named stay, cleared ones go. Who writes a
 * value takes it over: no other connection has one of that id on that account any more.
 */
export async function learnCustomValues(
  { executor, place, moment, accounts }: Scene,
  lessons: readonly Extract<Lesson, { readonly lesson: 'custom' }>[],
): Promise<void> {
  if (lessons.length === 0) return
  const connection = numberOf(await words(executor, [place.connection]), place.connection)
  const merged = new Map<string, Record<string, unknown>>()
  for (const { accountId, values } of lessons) merged.set(accountId, { ...merged.get(accountId), ...values })
  for (const part of batches([...merged])) {
    const numbers = ints(part.map(([accountId]) => numberOf(accounts, accountId)))
    await sql`insert into custom_value as known (account, connection, values, written_at)
      select account, ${connection}::int, given.values::json, ${time(moment.at)}
      from unnest(${numbers}, ${texts(part.map(([, values]) => jsonText(values)))}) as given(account, values)
      on conflict (account, connection) do update
      set values = (known.values::jsonb || excluded.values::jsonb)::json, written_at = excluded.written_at`.execute(
      executor,
    )
    await sql`update custom_value set values = jsonb_strip_nulls(values::jsonb)::json
      where connection = ${connection} and account = any(${numbers})`.execute(executor)
    const ids = texts(part.map(([, values]) => jsonText(Object.keys(values))))
    await sql`update custom_value other
      set values = (other.values::jsonb - array(select jsonb_array_elements_text(given.ids::jsonb)))::json
      from unnest(${numbers}, ${ids}) as given(account, ids)
      where other.account = given.account and other.connection <> ${connection}`.execute(executor)
    await sql`delete from custom_value where account = any(${numbers}) and values::jsonb = '{}'::jsonb`.execute(
      executor,
    )
  }
}

export async function readCustomValues(executor: Executor, { customValues }: Extent): Promise<CustomValues[]> {
  return await rowsOf<CustomValues>(
    executor,
    sql`select a.account_id as "accountId", w.text as connection, c.values
        from ${customValues} c join directory_account a on a.no = c.account join word w on w.no = c.connection
        order by c.account, c.connection`,
  )
}
