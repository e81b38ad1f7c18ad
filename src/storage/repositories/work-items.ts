import { sql } from 'kysely'
import type { WorkItem } from '../../domain/work-item.ts'
import { newId } from '../../platform/ids.ts'
import type { WorkItemStore } from '../../ports/store.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { batches, jsonText, limitOf, present, slice, textCursor, texts, time } from '../rows.ts'

interface Row {
  readonly id: string
  readonly reason: WorkItem['reason']
  readonly subject: string
  readonly label: string
  readonly message: string
  readonly candidates: readonly string[] | null
  readonly openedAt: number
}

export function workItemStore({ database, now }: StorageContext): WorkItemStore {
  return {
    reconcile: async (connection, items) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `work items of ${connection}`)
        const wanted = new Map(items.map((item) => [nameOf(item), item]))
        const open = await rowsOf<{ id: string; reason: string; subject: string }>(
          transaction,
          sql`select id, reason, subject from work_item where connection = ${connection} and closed_at is null`,
        )
        const over = open.filter((row) => !wanted.has(nameOf(row))).map(({ id }) => id)
        for (const ids of batches(over)) {
          await sql`update work_item set closed_at = ${time(now())} where id = any(${texts(ids)})`.execute(transaction)
        }
        for (const part of batches([...wanted.values()])) await write(transaction, connection, part, now())
      }),
    list: async ({ connection }, page) => {
      const after = textCursor(page)
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select id, reason, subject, label, message, candidates, opened_at as "openedAt" from work_item
            where closed_at is null
            ${connection === undefined ? sql`` : sql`and connection = ${connection}`}
            ${after === undefined ? sql`` : sql`and id > ${after}`}
            order by id limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        (row) => present<WorkItem & { id: string; openedAt: number }>(row),
        ({ id }) => id,
      )
    },
  }
}

function nameOf({ reason, subject }: { readonly reason: string; readonly subject: string }): string {
  return `${reason}\n${subject}`
}

async function write(executor: Executor, connection: string, items: readonly WorkItem[], now: number): Promise<void> {
  // Ids of one moment sort by chance: given out in order they keep the order of the items.
  const ids = items.map(() => newId(now)).sort()
  const candidates = items.map(({ candidates: list }) => jsonText(list))
  await sql`
    insert into work_item as open (id, connection, reason, subject, label, message, candidates, opened_at)
    select id, ${connection}, reason, subject, label, message, candidates::json, ${time(now)}
    from unnest(${texts(ids)}, ${texts(items.map(({ reason }) => reason))},
      ${texts(items.map(({ subject }) => subject))}, ${texts(items.map(({ label }) => label))},
      ${texts(items.map(({ message }) => message))}, ${texts(candidates)})
      as given(id, reason, subject, label, message, candidates)
    on conflict (connection, reason, subject) where closed_at is null do update set
      label = excluded.label, message = excluded.message, candidates = excluded.candidates
    where (open.label, open.message, open.candidates::text)
      is distinct from (excluded.label, excluded.message, excluded.candidates::text)`.execute(executor)
}
