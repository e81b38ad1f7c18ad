import { type RawBuilder, sql } from 'kysely'
import { fail, ProvisioningError } from '../../domain/errors.ts'
import type { Run } from '../../domain/run.ts'
import type { RunPatch, RunStore } from '../../ports/runs.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { ints, json, limitOf, numberCursor, present, slice, texts, time } from '../rows.ts'
import { tellOfRun, toldStates } from './run-notices.ts'

type Nullable<Type> = { [Key in keyof Type]: Type[Key] | null }

const columns = sql`id, number, connection, directory_key as "directoryKey", kind, trigger, started_by as "startedBy", state,
  started_at as "startedAt", ended_at as "endedAt", plan_id as "planId", progress, outcomes, error, calls,
  undo_of as "undoOf", undo_part as "undoPart", undo_since as "undoSince", shared_read as "sharedRead",
  nullif((unanswered or unseen) and state <> 'applying', false) as "leftOpen", proven_later as "provenLater", greatest(
    (select max(u.number) from run u where u.undo_of = run.number and u.undo_part is null and ${tookBack()}),
    (select max(u.number) from run u where u.undo_runs is not null and run.number = any(u.undo_runs) and ${tookBack()})) as "undoneBy"`

/** An undo that changed something, or is about to. */
function tookBack() {
  return sql`(u.state in ('applying', 'applied', 'partial') or u.outcomes::text <> '{}')`
}

/** Four times as long as the pause between two signs of life. */
const aliveUntil = sql`clock_timestamp() + interval '60 seconds'`

const largestNumber = 2_147_483_647
const planAgain = 'Make a new plan: muster plan <connection>'

export function runStore({ database, now }: StorageContext): RunStore {
  const one = async (condition: RawBuilder<unknown>) => {
    const [row] = await rowsOf<Nullable<Run>>(database.kysely, sql`select ${columns} from run where ${condition}`)
    return row === undefined ? undefined : present<Run>(row)
  }
  return {
    create: async (run) => {
      const number = await inTransaction(database, async (transaction) => {
        await serialize(transaction, 'run numbers')
        const [row] = await rowsOf<{ number: number }>(transaction, insert(run))
        return row?.number ?? 0
      })
      return { ...run, number }
    },
    get: async (id) => await one(sql`id = ${id}`),
    byNumber: async (number) => (isRunNumber(number) ? await one(sql`number = ${number}`) : undefined),
    update: async (id, patch) => {
      const write = async (executor: Executor) => {
        const updated = await rowsOf(executor, sql`update run set ${assignments(patch)} where id = ${id} returning id`)
        if (updated.length === 0) throw noRun(id)
      }
      if (patch.state === undefined || !toldStates.includes(patch.state)) return await write(database.kysely)
      try {
        await inTransaction(database, async (transaction) => {
          await write(transaction)
          await tellOfRun(transaction, id, now())
        })
      } catch (error) {
        // On a full disk a row may still be changed where none can be added: how the run ended matters more than telling of it.
        if (!(error instanceof ProvisioningError) || error.code !== 'disk-full') throw error
        await write(database.kysely)
      }
    },
    reopen: async (id) => {
      await inTransaction(database, async (transaction) => {
        // Whoever rejects the plan holds the run too: one of both sees what the other did.
        const [run] = await rowsOf<{ number: number }>(
          transaction,
          sql`select number from run where id = ${id} for update`,
        )
        if (run === undefined) throw noRun(id)
        const rejected = await rowsOf(
          transaction,
          sql`select 1 from plan where run_id = ${id} and rejected_by is not null limit 1`,
        )
        if (rejected.length > 0)
          throw fail.stalePlan(`The plan of run ${run.number} was rejected.`, { hint: planAgain })
        await sql`update run set state = 'applying', ended_at = null, error = null, cancel_requested = false
          where id = ${id}`.execute(transaction)
      })
    },
    list: async ({ connection, connections, states, kinds, endedSince }, page) => {
      const rows = await rowsOf<Nullable<Run> & { number: number }>(
        database.kysely,
        sql`select ${columns} from run where number < ${numberCursor(page, largestNumber)}
            ${connection === undefined ? sql`` : sql`and connection = ${connection}`}
            ${connections === undefined ? sql`` : sql`and connection = any(${texts(connections)})`}
            ${states === undefined ? sql`` : sql`and state = any(${texts(states)})`}
            ${kinds === undefined ? sql`` : sql`and kind = any(${texts(kinds)})`}
            ${endedSince === undefined ? sql`` : sql`and (ended_at is null or ended_at >= ${time(endedSince)})`}
            order by number desc limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        (row) => present<Run>(row),
        ({ number }) => number,
      )
    },
    supersede: async (connection, exceptRunId) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update run set state = 'superseded' where connection = ${connection} and id <> ${exceptRunId}
            and (state in ('waiting', 'held', 'planned')
              or state = 'planning' and coalesce(alive_until <= clock_timestamp(), true))
            and number < coalesce((select number from run where id = ${exceptRunId}), ${largestNumber}) returning id`,
      )
      return rows.length
    },
    leftOpen: async (connection, what) => {
      const isLeft = what === 'any' ? sql`(unanswered or unseen)` : sql`unanswered`
      const rows = await rowsOf<Nullable<Run>>(
        database.kysely,
        sql`select ${columns} from run
            where connection = ${connection} and ${isLeft} and state <> 'applying' order by number limit 20`,
      )
      return rows.map((row) => present<Run>(row))
    },
    keepAlive: async (id) => {
      await sql`update run set alive_until = ${aliveUntil} where id = ${id}`.execute(database.kysely)
    },
    requestCancel: async (id) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update run set cancel_requested = true where id = ${id} returning id`,
      )
      if (rows.length === 0) throw noRun(id)
    },
    cancelRequested: async (id) => {
      const rows = await rowsOf(database.kysely, sql`select 1 from run where id = ${id} and cancel_requested`)
      return rows.length > 0
    },
  }
}

function noRun(id: string) {
  return fail.notFound(`There is no run ${id}.`, { hint: 'List the runs with `muster runs`.' })
}

function isRunNumber(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number <= largestNumber
}

function insert(run: Omit<Run, 'number'>) {
  return sql`
    insert into run (number, id, connection, directory_key, kind, trigger, started_by, state, started_at, ended_at, plan_id,
      progress, outcomes, error, calls, undo_of, undo_part, undo_since, undo_runs, alive_until)
    select coalesce(max(number), 0) + 1, ${run.id}, ${run.connection}, ${run.directoryKey ?? null}, ${run.kind}, ${run.trigger},
      ${run.startedBy}, ${run.state}, ${time(run.startedAt)}, ${time(run.endedAt)}, ${run.planId ?? null},
      ${json(run.progress)}, ${json(run.outcomes)}, ${json(run.error)}, ${json(run.calls)},
      ${run.undoOf ?? null}::int, ${json(run.undoPart)}, ${json(run.undoSince)}, ${wholeRuns(run)}, ${aliveUntil}
    from run returning number`
}

/** Runs that an undo since a time takes back as a whole. */
function wholeRuns({ undoSince }: Omit<Run, 'number'>) {
  if (undoSince === undefined || undoSince.person !== undefined) return sql`null::int[]`
  const { runs, partly = [] } = undoSince
  return ints(runs.filter((number) => !partly.includes(number)))
}

function assignments(patch: RunPatch) {
  const set = {
    state: patch.state === undefined ? undefined : sql`${patch.state}`,
    plan_id: patch.planId === undefined ? undefined : sql`${patch.planId}`,
    directory_key: patch.directoryKey === undefined ? undefined : sql`${patch.directoryKey}`,
    progress: patch.progress === undefined ? undefined : json(patch.progress),
    ended_at: patch.endedAt === undefined ? undefined : time(patch.endedAt),
    outcomes: patch.outcomes === undefined ? undefined : json(patch.outcomes),
    error: patch.error === undefined ? undefined : json(patch.error),
    calls: patch.calls === undefined ? undefined : json(patch.calls),
    shared_read: patch.sharedRead === undefined ? undefined : json(patch.sharedRead),
    proven_later: patch.provenLater === undefined ? undefined : json(patch.provenLater),
    unanswered: patch.unanswered === undefined ? undefined : sql`${patch.unanswered}`,
    unseen: patch.unseen === undefined ? undefined : sql`${patch.unseen}`,
  }
  const list = Object.entries(set).flatMap(([name, value]) =>
    value === undefined ? [] : [sql`${sql.ref(name)} = ${value}`],
  )
  return list.length === 0 ? sql`id = id` : sql.join(list)
}
