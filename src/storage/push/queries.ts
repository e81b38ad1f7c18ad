import { type RawBuilder, sql } from 'kysely'
import type {
  PushDirectory,
  PushKind,
  PushLists,
  PushMembership,
  PushPage,
  PushQuery,
  PushResource,
  PushStatus,
} from '../../ports/push-directory.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, kept, rowsOf } from '../database.ts'
import { limitOf, present, slice, textCursor, texts } from '../rows.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { filterToSql, namedBy, namesFew } from './filter-to-sql.ts'
import { relatedColumn } from './related.ts'
import { kindOf, resourceColumns } from './rows.ts'
import { sortToSql } from './sort-to-sql.ts'

type Reads = Pick<
  PushDirectory,
  | keyof PushLists
  | 'atOneMoment'
  | 'all'
  | 'membersOf'
  | 'people'
  | 'peopleCalled'
  | 'memberships'
  | 'peopleIn'
  | 'status'
  | 'changedAt'
>

/** What is read in pages, over the pool or within one transaction. */
export function pushLists(executor: Executor): PushLists {
  const rows = async <Row>(statement: RawBuilder<unknown>) => await rowsOf<Row>(executor, statement)
  const memberships = async (statement: RawBuilder<unknown>) => {
    const found = new Map<string, PushMembership[]>()
    for (const { of, ...row } of await rows<PushMembership & { readonly of: string }>(statement)) {
      const list = found.get(of)
      const membership = present<PushMembership>(row)
      if (list === undefined) found.set(of, [membership])
      else list.push(membership)
    }
    return found
  }
  return {
    list: async (source, type, query) => await list(rows, source, type, query),
    members: async (source, groupIds) => await memberships(related(source, groupIds, sql`group_id`, sql`member_id`)),
    groupsOf: async (source, ids) => await memberships(related(source, ids, sql`member_id`, sql`group_id`)),
  }
}

export function pushQueries({ database }: StorageContext): Reads {
  const rows = async <Row>(statement: RawBuilder<unknown>) => await rowsOf<Row>(database.kysely, statement)
  return {
    ...pushLists(database.kysely),
    atOneMoment: async (read) =>
      await inTransaction(database, async (transaction) => await read(pushLists(transaction)), 'repeatable read'),
    all: async (source, kind, page) => {
      const after = textCursor(page)
      const found = await rows<PushResource>(
        sql`select ${resourceColumns} from push_resource r where r.source = ${source} and r.kind = ${kind}
          ${after === undefined ? sql`` : sql`and r.id > ${after}`} order by r.id limit ${limitOf(page) + 1}`,
      )
      return slice(
        found,
        page,
        (row) => row,
        ({ id }) => id,
      )
    },
    membersOf: async (source, groupKey, page) => {
      const after = textCursor(page)
      const found = await rows<PushMembership>(
        sql`select r.id, r.kind, r.source_key as "sourceKey" from push_resource g
          join push_member m on m.source = g.source and m.group_id = g.id
          join push_resource r on r.source = m.source and r.id = m.member_id
          where g.source = ${source} and g.kind = 'group' and g.source_key = ${groupKey}
          ${after === undefined ? sql`` : sql`and m.member_id > ${after}`} order by m.member_id limit ${limitOf(page) + 1}`,
      )
      return slice(
        found,
        page,
        (row) => row,
        ({ id }) => id,
      )
    },
    people: async (source, keys) =>
      await rows<PushResource>(
        sql`select ${resourceColumns} from unnest(${texts(keys)}) as given(key) cross join lateral (
            select * from push_resource where source = ${source} and kind = 'user' and source_key = given.key limit 1) r`,
      ),
    peopleCalled: async (source, names) =>
      await rows<PushResource>(
        sql`select ${resourceColumns} from push_resource r where r.source = ${source} and r.kind = 'user'
            and (r.name_key = any(${texts(names)}) or r.mail_keys && ${texts(names)})`,
      ),
    memberships: async (source, keys) =>
      await rows<{ group: string; kind: PushKind; key: string }>(
        sql`with mine as (select r.id, r.kind, r.source_key from unnest(${texts(keys)}) as given(key) cross join lateral (
                select id, kind, source_key from push_resource where source = ${source} and kind = 'user'
                  and source_key = given.key limit 1) r),
              nested as (select id, kind, source_key from push_resource where source = ${source} and kind = 'group')
            select g.source_key as "group", r.kind, r.source_key as key
            from (select * from mine union all select * from nested) r
            cross join lateral (select group_id from push_member where source = ${source} and member_id = r.id offset 0) m
            cross join lateral (select source_key from push_resource where source = ${source} and id = m.group_id offset 0) g`,
      ),
    peopleIn: async (source, groupKeys, limit) =>
      (
        await rows<{ key: string }>(
          sql`with recursive inside as (
                select r.id from unnest(${texts(groupKeys)}) as given(key) join push_resource r on r.source = ${source}
                  and r.kind = 'group' and r.source_key = given.key
                union
                select m.member_id from inside join push_member m on m.source = ${source} and m.group_id = inside.id)
              select r.source_key as key from inside join push_resource r on r.source = ${source} and r.id = inside.id
                and r.kind = 'user' limit ${limit}`,
        )
      ).map(({ key }) => key),
    status: async (source) => {
      const [row] = await rows<PushStatus>(
        sql`select count(*) filter (where kind = 'user')::int as users,
            count(*) filter (where kind = 'user' and coalesce((document -> 'active')::text, 'true') = 'true')::int as "activeUsers",
            count(*) filter (where kind = 'group')::int as groups, coalesce(sum(member_count), 0)::int as memberships,
            ${changed(source)} as "changedAt",
            (select baseline_at from push_directory where source = ${source}) as "baselineAt",
            (select baseline_by from push_directory where source = ${source}) as "baselineBy"
          from push_resource where source = ${source}`,
      )
      return present<PushStatus>(row!)
    },
    changedAt: async (source) => {
      const [row] = await rows<{ changedAt: number | null }>(
        sql`select greatest(${changed(source)}, (select baseline_at from push_directory where source = ${source})) as "changedAt"`,
      )
      return row?.changedAt ?? undefined
    },
  }
}

/** The other side of memberships. One look into an index per id, so that no plan reads a whole directory. */
function related(source: string, ids: readonly string[], by: RawBuilder<unknown>, other: RawBuilder<unknown>) {
  return sql`select given.id as of, r.id, r.kind, r.source_key as "sourceKey",
      coalesce(r.document ->> 'displayName', r.document ->> 'userName') as display
    from unnest(${texts(ids)}) as given(id)
    cross join lateral (select ${other} as id from push_member where source = ${source} and ${by} = given.id offset 0) m
    cross join lateral (select * from push_resource where source = ${source} and id = m.id limit 1) r
    order by given.id, r.id`
}

/** Two looks at the end of an index. */
function changed(source: string): RawBuilder<unknown> {
  return sql`greatest((select max(modified_at) from push_resource where source = ${source}),
    (select max(deleted_at) from push_tombstone where source = ${source}))`
}

type Rows = <Row>(statement: RawBuilder<unknown>) => Promise<Row[]>

async function list(rows: Rows, source: string, type: ResourceType, query: PushQuery): Promise<PushPage> {
  const { filter, sorting, count, cursor, withRelated = false } = query
  const kind: PushKind = kindOf(type)
  const nameKey = namedBy(filter, type)
  if (nameKey !== undefined && sorting === undefined && count > 0 && cursor === undefined && query.startIndex === 1) {
    return await called(rows, source, type, nameKey, withRelated)
  }
  const where = sql`where r.source = ${source} and r.kind = ${kind}
    ${filter === undefined ? sql`` : sql`and ${filterToSql(filter, type)}`}`
  const total = async () => {
    const [row] = await rows<{ total: number }>(sql`select count(*)::int as total from push_resource r ${where}`)
    return row?.total ?? 0
  }
  if (count === 0) return { resources: [], total: await total() }
  const order = sorting === undefined ? sql`r.id` : sortToSql(sorting, type)
  const position = cursor === undefined ? { skipped: query.startIndex - 1 } : readCursor(cursor, query, kind)
  const after = 'afterId' in position ? sql`and r.id > ${position.afterId}` : sql``
  const skipped = 'skipped' in position ? position.skipped : 0
  const matching = sql`push_resource r ${where} ${after}`
  // Found first and put in order afterwards; else the order of the list decides which index is walked.
  const from = filter !== undefined && namesFew(filter, type) ? sql`(select r.* from ${matching} offset 0) r` : matching
  const found = await rows<PushResource>(
    sql`select ${resourceColumns} ${withRelated ? relatedColumn(type) : sql``} from ${from} order by ${order} limit ${count + 1} offset ${skipped}`,
  )
  const resources = found.slice(0, count)
  const isFirst = skipped === 0 && !('afterId' in position)
  const page = { resources, total: isFirst && found.length <= count ? found.length : await total() }
  const last = resources.at(-1)
  if (cursor === undefined || last === undefined || found.length <= count) return page
  const next = sorting === undefined ? { afterId: last.id } : { skipped: skipped + count }
  return { ...page, nextCursor: writeCursor(next, query, kind) }
}

/** What clients ask before they create: a name is unique, so there is nothing to count, to put in order or to cut. */
async function called(rows: Rows, source: string, type: ResourceType, nameKey: string, withRelated: boolean) {
  const resources = await rows<PushResource>(
    sql`${kept}select ${resourceColumns} ${withRelated ? relatedColumn(type) : sql``} from push_resource r
        where r.source = ${source} and r.kind = ${kindOf(type)} and r.name_key = ${nameKey}`,
  )
  return { resources, total: resources.length }
}
