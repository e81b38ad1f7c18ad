import { sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { StandingPerson } from '../../ports/snapshots.ts'
import { type Database, inTransaction, rowsOf } from '../database.ts'
import { present, texts } from '../rows.ts'
import { runNumber } from './registers.ts'

/** See `SnapshotStore.noteStandstills`. */
export async function noteStandstills(
  database: Database,
  connection: string,
  runId: string,
  people: readonly StandingPerson[],
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const run = await runNumber(transaction, runId)
    await sql`delete from standstill where connection = ${connection}`.execute(transaction)
    for (const group of Map.groupBy(people, ({ reason, rule = '' }) => `${reason} ${rule}`).values()) {
      const [{ reason, rule } = {}] = group
      const dues = group.map(({ dueAt }) => (dueAt === undefined ? null : new Date(dueAt).toISOString()))
      await sql`insert into standstill (connection, run, reason, rule, keys, names, dues)
        values (${connection}, ${run}, ${reason}, ${rule ?? null}, ${texts(group.map(({ sourceKey }) => sourceKey))},
          ${texts(group.map(({ name }) => foldKey(name)))}, ${texts(dues)}::timestamptz[])`.execute(transaction)
    }
  })
}

/** See `SnapshotStore.standstill`. */
export async function standstillOf(
  database: Database,
  connection: string,
  name: string,
): Promise<(StandingPerson & { readonly run: number }) | undefined> {
  type Found = StandingPerson & { readonly run: number }
  const [row] = await rowsOf<{ [Key in keyof Found]-?: Found[Key] | null }>(
    database.kysely,
    sql`select run, reason, rule, keys[at] as "sourceKey", names[at] as name, dues[at] as "dueAt"
        from (select *, coalesce(array_position(keys, ${name}), array_position(names, ${foldKey(name)})) as at
              from standstill where connection = ${connection}) s
        where at is not null limit 1`,
  )
  return row === undefined ? undefined : present<Found>(row)
}
