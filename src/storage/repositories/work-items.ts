import { sql } from 'kysely'
import type { WorkItem } from '../../domain/work-item.ts'
import { newId } from '../../platform/ids.ts'
import type { KeptWorkItem, WorkItemStore } from '../../ports/work-items.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { batches, jsonText, limitOf, present, slice, textCursor, texts, time } from '../rows.ts'
import { directoryNumber } from './registers.ts'

type Row = { readonly [Key in keyof KeptWorkItem]-?: KeptWorkItem[Key] | null }

const columns = sql`id, no as number, connection, reason, subject, label, message, candidates, about, choices,
  opened_at as "openedAt"`

export function workItemStore({ database, now }: StorageContext): WorkItemStore {
  return {
    reconcile: async (connection, directoryKey, items, subjects) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `work items of ${connection}`)
        const directory = await directoryNumber(transaction, directoryKey)
        const wanted = new Map(items.map((item) => [nameOf(item), item]))
        const open = await rowsOf<{ id: string; reason: string; subject: string }>(
          transaction,
          sql`select id, reason, subject from work_item where connection = ${connection} and closed_at is null`,
        )
        const isAsked = ({ subject }: { readonly subject: string }) => subjects?.has(subject) ?? true
        const over = open.filter((row) => isAsked(row) && !wanted.has(nameOf(row))).map(({ id }) => id)
        for (const ids of batches(over)) {
          await sql`update work_item set closed_at = ${time(now())} where id = any(${texts(ids)})`.execute(transaction)
        }
        for (const part of batches([...wanted.values()])) {
          await write(transaction, { connection, directory }, part, now())
        }
      }),
    list: async ({ connection, connections, reason }, page) => {
      const after = textCursor(page)
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from work_item
            where closed_at is null
            ${connection === undefined ? sql`` : sql`and connection = ${connection}`}
            ${connections === undefined ? sql`` : sql`and connection = any(${texts(connections)})`}
            ${reason === undefined ? sql`` : sql`and reason = ${reason}`}
            ${after === undefined ? sql`` : sql`and id > ${after}`}
            order by id limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, present<KeptWorkItem>, ({ id }) => id ?? '')
    },
    get: async (reference) => {
      const isNumber = /^\d{1,9}$/.test(reference)
      const [row] = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from work_item where closed_at is null
            and ${isNumber ? sql`no = ${Number(reference)}` : sql`id = ${reference}`}`,
      )
      return row === undefined ? undefined : present<KeptWorkItem>(row)
    },
  }
}

function nameOf({ reason, subject }: { readonly reason: string; readonly subject: string }): string {
  return `${reason}\n${subject}`
}

async function write(
  executor: Executor,
  { connection, directory }: { readonly connection: string; readonly directory: number },
  items: readonly WorkItem[],
  now: number,
): Promise<void> {
  // Ids of one moment sort by chance: given out in order they keep the order of the items.
  const ids = items.map(() => newId(now)).sort()
  const columnOf = (value: (item: WorkItem) => unknown) => texts(items.map((item) => jsonText(value(item))))
  await sql`
    insert into work_item as open (id, connection, directory, reason, subject, label, message, candidates, about, choices,
      opened_at)
    select id, ${connection}, ${directory}::int, reason, subject, label, message, candidates::json, about::json,
      choices::json, ${time(now)}
    from unnest(${texts(ids)}, ${texts(items.map(({ reason }) => reason))},
      ${texts(items.map(({ subject }) => subject))}, ${texts(items.map(({ label }) => label))},
      ${texts(items.map(({ message }) => message))}, ${columnOf(({ candidates }) => candidates)},
      ${columnOf(({ about }) => about)}, ${columnOf(({ choices }) => choices)})
      as given(id, reason, subject, label, message, candidates, about, choices)
    on conflict (connection, reason, subject) where closed_at is null do update set
      directory = excluded.directory, label = excluded.label, message = excluded.message,
      candidates = excluded.candidates, about = excluded.about, choices = excluded.choices
    where (open.directory, open.label, open.message, open.candidates::text, open.about::text, open.choices::text)
      is distinct from (excluded.directory, excluded.label, excluded.message, excluded.candidates::text,
        excluded.about::text, excluded.choices::text)`.execute(executor)
}
