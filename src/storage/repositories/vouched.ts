import { sql } from 'kysely'
import type { Vouched } from '../../ports/directories.ts'
import { type Database, rowsOf } from '../database.ts'
import { texts } from '../rows.ts'

/** See `DirectoryStore.vouchedFor`. */
export async function readVouched(
  database: Database,
  directoryKey: string,
  connections: readonly string[],
  { accountIds, groupIds }: { readonly accountIds: readonly string[]; readonly groupIds: readonly string[] },
): Promise<readonly Vouched[]> {
  return await rowsOf<Vouched>(
    database.kysely,
    sql`with asked as (
          select a.no, a.account_id from directory d join directory_account a on a.directory = d.no
          where d.key = ${directoryKey} and a.account_id = any(${texts(accountIds)})),
        others as (select no, text from word where text = any(${texts(connections)}))
      select a.account_id as "accountId", 'account' as held, w.text as connection
        from asked a join account_grant v on v.account = a.no and v.until is null join others w on w.no = v.connection
      union all
      select a.account_id, 'group ' || g.group_id, w.text
        from directory d join directory_group g on g.directory = d.no and g.group_id = any(${texts(groupIds)})
          join asked a on true
          join membership_grant m on m.grp = g.no and m.account = a.no and m.until is null
          join others w on w.no = m.connection
        where d.key = ${directoryKey}
      union all
      select a.account_id, 'access ' || access.text, w.text
        from asked a join product_access p on p.account = a.no and p.until is null
          join others w on w.no = p.connection join word access on access.no = p.access`,
  )
}
