import { type RawBuilder, sql } from 'kysely'
import type { Digest, Notice } from '../../domain/notice.ts'
import { newId } from '../../platform/ids.ts'
import type { Delivery, NoticeStore } from '../../ports/notices.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { json, limitOf, present, slice, textCursor, texts, time } from '../rows.ts'

type Nullable<Type> = { [Key in keyof Type]: Type[Key] | null }

const columns = sql`id, channel, state, created_at as "createdAt", attempts, next_at as "nextAt", ended_at as "endedAt", problem`

export function noticeStore({ database }: StorageContext): NoticeStore {
  const { kysely } = database
  return {
    add: async (notice) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, 'notices')
        const known = await rowsOf(transaction, sql`select 1 from notice where about = ${notice.about} limit 1`)
        if (known.length > 0) return false
        await insertNotice(transaction, notice)
        return true
      }),
    gather: async ({ channel, kinds, connections, digestMs }, now) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `notices of ${channel}`)
        const [place] = await rowsOf<{ told: number }>(
          transaction,
          sql`select told_up_to as told from notice_channel where channel = ${channel}`,
        )
        const [newest] = await rowsOf<{ no: number }>(transaction, sql`select coalesce(max(no), 0) as no from notice`)
        const last = newest?.no ?? 0
        if (place === undefined) {
          await sql`insert into notice_channel (channel, told_up_to) values (${channel}, ${last})`.execute(transaction)
          return false
        }
        // One at a time, so that messages arrive in order and an outage ends in one digest.
        const open = await rowsOf(
          transaction,
          sql`select 1 from notice_delivery where channel = ${channel} and state = 'pending' limit 1`,
        )
        if (open.length > 0) return false
        const wanted = sql`no > ${place.told} and no <= ${last} and ${wantedBy(kinds, connections)}`
        const [first] = await rowsOf<{ at: number | null }>(
          transaction,
          sql`select min(at) as at from notice where ${wanted}`,
        )
        if (first?.at != null && first.at + digestMs > now) return false
        await sql`update notice_channel set told_up_to = ${last} where channel = ${channel}`.execute(transaction)
        if (first?.at == null) return false
        await sql`insert into notice_delivery (id, channel, from_no, to_no, kinds, connections, created_at, state, next_at)
          values (${newId(now)}, ${channel}, ${place.told}, ${last}, ${textsOrNull(kinds)}, ${textsOrNull(connections)},
            ${time(now)}, 'pending', ${time(now)})`.execute(transaction)
        return true
      }),
    claim: async (channels, now, leaseMs) => {
      const [row] = await rowsOf<Nullable<Delivery>>(
        kysely,
        sql`update notice_delivery set claimed_until = ${time(now + leaseMs)}, attempts = attempts + 1
            where id = (
              select id from notice_delivery where state = 'pending' and channel = any(${texts(channels)})
                and next_at <= ${time(now)} and (claimed_until is null or claimed_until <= ${time(now)})
              order by next_at, id limit 1 for update skip locked)
            returning ${columns}`,
      )
      return row === undefined ? undefined : present<Delivery>(row)
    },
    digest: async (deliveryId, listed) => await digestOf(kysely, deliveryId, listed),
    sent: async (deliveryId, at) => {
      await sql`update notice_delivery set state = 'sent', ended_at = ${time(at)}, claimed_until = null, problem = null
        where id = ${deliveryId}`.execute(kysely)
    },
    failed: async (deliveryId, problem, at, nextAt) => {
      const end = nextAt === undefined ? sql`state = 'dead', ended_at = ${time(at)}` : sql`next_at = ${time(nextAt)}`
      await sql`update notice_delivery set ${end}, claimed_until = null, problem = ${problem}
        where id = ${deliveryId} and state = 'pending'`.execute(kysely)
    },
    deliveries: async ({ channel, state }, page) => {
      const cursor = textCursor(page)
      const rows = await rowsOf<Nullable<Delivery>>(
        kysely,
        sql`select ${columns} from notice_delivery where true
            ${channel === undefined ? sql`` : sql`and channel = ${channel}`}
            ${state === undefined ? sql`` : sql`and state = ${state}`}
            ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
            order by id desc limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        (row) => present<Delivery>(row),
        ({ id }) => id ?? '',
      )
    },
    resend: async (deliveryId, now) => {
      const rows = await rowsOf(
        kysely,
        sql`update notice_delivery set state = 'pending', attempts = 0, created_at = ${time(now)}, next_at = ${time(now)},
              ended_at = null
            where id = ${deliveryId} and state = 'dead' returning id`,
      )
      return rows.length > 0
    },
    prune: async (before) => {
      await sql`delete from notice_delivery where state = 'sent' and ended_at < ${time(before)}`.execute(kysely)
      // The newest stays: numbers go on from it, and no channel takes a new one for one that it has told.
      await sql`delete from notice n where n.at < ${time(before)} and n.no < (select max(no) from notice) and not exists (
        select 1 from notice_delivery d where n.no > d.from_no and n.no <= d.to_no)`.execute(kysely)
    },
  }
}

/** The caller holds the turn of `notices`: numbers are then visible in their order, and no channel passes one by. */
export async function insertNotice(
  transaction: Executor,
  { kind, at, about, connection, facts }: Omit<Notice, 'no'> & { readonly about: string },
): Promise<void> {
  await sql`insert into notice (no, at, kind, connection, about, facts)
    select coalesce(max(no), 0) + 1, ${time(at)}, ${kind}, ${connection ?? null}, ${about}, ${json(facts)} from notice`.execute(
    transaction,
  )
}

async function digestOf(executor: Executor, deliveryId: string, listed: number): Promise<Digest> {
  const told = sql`notice n join notice_delivery d on d.id = ${deliveryId} and n.no > d.from_no and n.no <= d.to_no
    where (d.kinds is null or n.kind = any(d.kinds))
      and (d.connections is null or n.connection is null or n.connection = any(d.connections))`
  const counts = await rowsOf<Nullable<Digest['counts'][number]>>(
    executor,
    sql`select n.kind, n.connection, count(*)::int as count from ${told} group by 1, 2 order by 1, 2`,
  )
  const first = await rowsOf<Nullable<Notice>>(
    executor,
    sql`select n.no, n.at, n.kind, n.connection, n.facts from ${told} order by n.no limit ${listed}`,
  )
  return {
    id: deliveryId,
    total: counts.reduce((sum, { count }) => sum + (count ?? 0), 0),
    counts: counts.map((row) => present<Digest['counts'][number]>(row)),
    first: first.map((row) => present<Notice>(row)),
  }
}

function wantedBy(
  kinds: readonly string[] | undefined,
  connections: readonly string[] | undefined,
): RawBuilder<unknown> {
  return sql`${kinds === undefined ? sql`true` : sql`kind = any(${texts(kinds)})`}
    and ${connections === undefined ? sql`true` : sql`(connection is null or connection = any(${texts(connections)}))`}`
}

function textsOrNull(all: readonly string[] | undefined): RawBuilder<unknown> {
  return all === undefined ? sql`null::text[]` : texts(all)
}
