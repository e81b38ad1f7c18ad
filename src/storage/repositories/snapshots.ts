import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { SourceReadSummary } from '../../domain/snapshot.ts'
import type { SnapshotStore } from '../../ports/snapshots.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf, serialize } from '../database.ts'
import { json, time } from '../rows.ts'
import { saveDeliveries } from './attribute-values.ts'
import { noteStandstills, standstillOf } from './standstills.ts'

/** Reads that were never accepted and are older than this many newer ones cannot become the last good read any more. */
const keptReads = 20

export function snapshotStore({ database, now }: StorageContext): SnapshotStore {
  return {
    save: async (connection, runId, summary, delivered) =>
      await inTransaction(database, async (transaction) => {
        await sql`insert into source_read (snapshot_id, connection, run_id, summary, saved_at, has_deliveries)
          values (${summary.snapshotId}, ${connection}, ${runId}, ${json(summary)}, ${time(now())},
            ${delivered !== undefined})
          on conflict (snapshot_id) do update set summary = excluded.summary`.execute(transaction)
        if (delivered !== undefined) {
          await saveDeliveries(transaction, summary.snapshotId, delivered.source, delivered.keysByAttribute)
        }
        await sql`delete from source_read where connection = ${connection} and accepted_no is null and snapshot_id not in (
          select snapshot_id from source_read where connection = ${connection} and accepted_no is null
          order by saved_at desc, snapshot_id desc limit ${keptReads})`.execute(transaction)
      }),
    accept: async (connection, snapshotId) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `reads of ${connection}`)
        const accepted = await rowsOf(
          transaction,
          sql`update source_read set accepted_no =
                (select coalesce(max(accepted_no), 0) + 1 from source_read where connection = ${connection})
              where connection = ${connection} and snapshot_id = ${snapshotId} returning snapshot_id`,
        )
        if (accepted.length === 0) throw fail.notFound(`There is no read ${snapshotId} of connection ${connection}.`)
        await sql`delete from source_read where connection = ${connection} and accepted_no is not null
          and snapshot_id <> ${snapshotId}`.execute(transaction)
      }),
    noteStandstills: async (connection, runId, people) => await noteStandstills(database, connection, runId, people),
    standstill: async (connection, name) => await standstillOf(database, connection, name),
    lastGood: async (connection) => {
      const [row] = await rowsOf<{ summary: SourceReadSummary }>(
        database.kysely,
        sql`select summary from source_read where connection = ${connection} and accepted_no is not null
            order by accepted_no desc limit 1`,
      )
      return row?.summary
    },
  }
}
