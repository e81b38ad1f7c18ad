import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { DirectoryStore, GroupMember } from '../../ports/directories.ts'
import type { PageRequest } from '../../ports/paging.ts'
import type { StorageContext } from '../context.ts'
import { type Database, inTransaction, rowsOf } from '../database.ts'
import { anywhere, ints, limitOf, present, slice, textCursor, texts, time } from '../rows.ts'
import { linksOf, readAdopted, readGrantsEnded, readMemory } from './memory.ts'
import { observe } from './observation.ts'
import { directoryNumber } from './registers.ts'
import { readHoldings, readRekeyedAt, rekey } from './rekeying.ts'
import { readVouched } from './vouched.ts'

interface MemberRow {
  readonly accountId: string
  readonly label: string
  readonly since: number
  readonly grantedBy: string | null
}

type PagedMemberRow = MemberRow & { readonly labelKey: string }

interface GroupRow {
  readonly id: string
  readonly name: string
  readonly nameKey: string
  readonly members: number
  readonly granted: number
}

export function directoryStore({ database, now }: StorageContext): DirectoryStore {
  return {
    boundKey: async (target) => {
      const [row] = await rowsOf<{ key: string }>(
        database.kysely,
        sql`select d.key from target_binding b join directory d on d.no = b.directory where b.target = ${target}`,
      )
      return row?.key
    },
    bind: async (target, directoryKey) =>
      await inTransaction(database, async (transaction) => {
        const directory = await directoryNumber(transaction, directoryKey)
        await sql`insert into target_binding (target, directory, bound_at) values (${target}, ${directory}, ${time(now())})
          on conflict (target) do update set directory = excluded.directory, bound_at = excluded.bound_at
          where target_binding.directory <> excluded.directory`.execute(transaction)
      }),
    holdings: async (directoryKey) => await readHoldings(database, directoryKey),
    rekey: async (rekeyed) => await rekey(database, rekeyed),
    rekeyedAt: async (directoryKey) => await readRekeyedAt(database, directoryKey),
    observe: async (runId, snapshot) => await observe(database, runId, snapshot),
    memory: async (connection, source, directoryKey, at, concerned) =>
      await readMemory(database, connection, source, directoryKey, at, concerned),
    links: async (directoryKey, source, concerned) => await linksOf(database, directoryKey, source, concerned),
    grantsEnded: async (connection, directoryKey, runId) =>
      await readGrantsEnded(database, connection, directoryKey, runId),
    adopted: async (connection, directoryKey) => await readAdopted(database, connection, directoryKey),
    vouchedFor: async (directoryKey, connections, asked) =>
      await readVouched(database, directoryKey, connections, asked),
    foreignMembers: async (directoryKey, source) => await readForeign(database, directoryKey, source),
    groupSizes: async (directoryKey, groupIds) => {
      const rows = await rowsOf<{ id: string; size: number }>(
        database.kysely,
        sql`select g.group_id as id, count(*)::int as size from directory d
            join directory_group g on g.directory = d.no and g.group_id = any(${texts(groupIds)})
            join membership m on m.grp = g.no and m.until is null
            where d.key = ${directoryKey} group by g.group_id`,
      )
      return new Map(rows.map(({ id, size }) => [id, size]))
    },
    groups: async (directoryKey, text, page) => {
      const rows = await rowsOf<GroupRow>(database.kysely, groups(directoryKey, text, page))
      return slice(
        rows,
        page,
        ({ nameKey: _, ...group }) => group,
        ({ nameKey, id }) => `${nameKey}\n${id}`,
      )
    },
    members: async (directoryKey, groupId, at) => {
      const rows = await rowsOf<MemberRow>(database.kysely, members(directoryKey, groupId, at))
      return rows.map((row) => present<GroupMember>(row))
    },
    findMembers: async (directoryKey, groupId, { at, text }, page) => {
      const [afterLabel = '', afterId = ''] = (textCursor(page) ?? '').split('\n')
      const part = {
        where: sql`(a.label_key, a.account_id) > (${afterLabel}, ${afterId})
          and a.label_key like ${anywhere(foldKey(text ?? ''))}`,
        limit: limitOf(page) + 1,
      }
      const rows = await rowsOf<PagedMemberRow>(database.kysely, members(directoryKey, groupId, at, part))
      return slice(
        rows,
        page,
        ({ labelKey: _, ...row }) => present<GroupMember>(row),
        ({ labelKey, accountId }) => `${labelKey}\n${accountId}`,
      )
    },
  }
}

/** See `DirectoryStore.foreignMembers`. What a read saw before the group was linked was there before us. */
async function readForeign(database: Database, directoryKey: string, source: string) {
  const links = await rowsOf<{ groupId: string; grp: number; since: number }>(
    database.kysely,
    sql`select g.group_id as "groupId", g.no as grp, min(l.since) as since
        from directory d join group_link l on l.directory = d.no join source_group s on s.no = l.source_group
        join directory_group g on g.no = l.grp
        where d.key = ${directoryKey} and s.source = ${source} group by g.group_id, g.no`,
  )
  const seen = await rowsOf<{ groupId: string; accountId: string; since: number; run: number }>(
    database.kysely,
    sql`select g.group_id as "groupId", a.account_id as "accountId", m.since, m.from_run as run
        from membership m join directory_group g on g.no = m.grp join directory_account a on a.no = m.account
        where m.grp = any(${ints(links.map(({ grp }) => grp))}) and m.until is null
          and not exists (select from membership_grant v where v.grp = m.grp and v.account = m.account and v.until is null)`,
  )
  return { linkedSince: new Map(links.map(({ groupId, since }) => [groupId, since])), seen }
}

/** By folded name; the cursor is the name and id of the last one shown. */
function groups(directoryKey: string, text: string | undefined, page: PageRequest) {
  const [afterName = '', afterId = ''] = (textCursor(page) ?? '').split('\n')
  return sql`
    select g.group_id as id, g.name, g.name_key as "nameKey",
      (select count(*)::int from membership m where m.grp = g.no and m.until is null) as members,
      (select count(distinct v.account)::int from membership_grant v where v.grp = g.no and v.until is null) as granted
    from directory d join directory_group g on g.directory = d.no
    where d.key = ${directoryKey} and (g.name_key, g.group_id) > (${afterName}, ${afterId})
      and g.name_key like ${anywhere(foldKey(text ?? ''))}
    order by g.name_key, g.group_id limit ${limitOf(page) + 1}`
}

/** By folded label and id; with `part` only some of them, each with the label it is sorted by. */
function members(
  directoryKey: string,
  groupId: string,
  at: number | undefined,
  part?: { readonly where: RawBuilder<unknown>; readonly limit: number },
) {
  return sql`
    select a.account_id as "accountId", case when a.label = '' then a.account_id else a.label end as label, m.since,
      ${part === undefined ? sql`` : sql`a.label_key as "labelKey",`}
      (select string_agg(w.text, ', ' order by w.text)
       from (${covering('membership_grant', sql`x.grp = m.grp and x.account = m.account`, at)}) v
       join word w on w.no = v.connection) as "grantedBy"
    from directory d
    join directory_group g on g.directory = d.no and g.group_id = ${groupId}
    cross join lateral (${covering('membership', sql`x.grp = g.no`, at)}) m
    join directory_account a on a.no = m.account
    where d.key = ${directoryKey} ${part === undefined ? sql`` : sql`and ${part.where}`}
    order by a.label_key, a.account_id ${part === undefined ? sql`` : sql`limit ${part.limit}`}`
}

/** Intervals that are open, or covered an instant; in two halves, because each half has an index of its own. */
export function covering(table: string, which: RawBuilder<unknown>, at: number | undefined) {
  const open = sql`select * from ${sql.table(table)} x where ${which} and x.until is null`
  if (at === undefined) return open
  const past = sql`select * from ${sql.table(table)} x where ${which} and x.until is not null and x.until > ${time(at)}`
  return sql`${open} and x.since <= ${time(at)} union all ${past} and x.since <= ${time(at)}`
}
