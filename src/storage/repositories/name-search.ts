import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { FoundName } from '../../ports/report.ts'
import { type Executor, rowsOf } from '../database.ts'
import { anywhere } from '../rows.ts'

/** See `ReportStore.named`. */
export async function namesWith(executor: Executor, text: string, limit: number): Promise<readonly FoundName[]> {
  const wanted = foldKey(text)
  if (wanted === '') return []
  const pattern = anywhere(wanted)
  const best = (found: RawBuilder<unknown>, name: string) =>
    rowsOf<FoundName>(
      executor,
      sql`${found} order by position(${wanted} in ${sql.ref(name)}) > 1, length(${sql.ref(name)}), ${sql.ref(name)} limit ${limit}`,
    )
  const people = await best(
    sql`select 'person' as is, r.source as in, r.key as id, r.label from source_record r where r.label_key like ${pattern}`,
    'r.label_key',
  )
  const accounts = await best(
    sql`select 'account' as is, d.key as in, a.account_id as id, a.label from directory_account a
        join directory d on d.no = a.directory
        where a.label_key like ${pattern} and not exists (select 1 from link l where l.account = a.no)`,
    'a.label_key',
  )
  const groups = await best(
    sql`select 'group' as is, d.key as in, g.group_id as id, g.name as label from directory_group g
        join directory d on d.no = g.directory where g.name_key like ${pattern}`,
    'g.name_key',
  )
  return [...[...people, ...accounts].slice(0, limit), ...groups]
}
