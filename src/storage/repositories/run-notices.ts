import { sql, type Transaction } from 'kysely'
import type { Instant } from '../../domain/identity.ts'
import type { Notice } from '../../domain/notice.ts'
import type { PlanSummary } from '../../domain/plan.ts'
import type { Run, RunState } from '../../domain/run.ts'
import { type Executor, rowsOf, serialize } from '../database.ts'
import { present } from '../rows.ts'
import { insertNotice } from './notices.ts'

/** Only these ends of a run are worth a message. */
export const toldStates: readonly RunState[] = ['held', 'waiting', 'failed', 'partial']

/** The source or the target is the cause, not the plan. */
const codesOfEnds: readonly string[] = ['auth-failed', 'forbidden', 'unreachable', 'rate-limited', 'incomplete-read']

/** The same is told again after this long, as long as nothing else happened. */
const repeatedAfterMs = 86_400_000

interface Row extends Pick<Run, 'number' | 'connection' | 'kind' | 'state' | 'startedBy' | 'outcomes'> {
  readonly error?: Run['error']
  readonly fingerprint?: string
  readonly summary?: PlanSummary
}

/** Writes what the present state of a run has to tell, in the transaction that wrote this state. */
export async function tellOfRun(transaction: Transaction<unknown>, runId: string, at: Instant): Promise<void> {
  const [found] = await rowsOf<{ [Key in keyof Row]-?: Row[Key] | null }>(
    transaction,
    sql`select r.number, r.connection, r.kind, r.state, r.started_by as "startedBy", r.outcomes, r.error, p.fingerprint, p.summary
        from run r left join plan p on p.id = r.plan_id and p.visible where r.id = ${runId}`,
  )
  if (found === undefined) return
  const run = present<Row>(found)
  const told = noticeOf(run)
  if (told === undefined) return
  await serialize(transaction, 'notices')
  const about = `${told.kind} ${run.connection} ${told.cause}`
  if (await wasTold(transaction, about, run, at)) return
  await insertNotice(transaction, { kind: told.kind, at, connection: run.connection, about, facts: factsOf(run) })
}

function noticeOf(run: Row): { readonly kind: Notice['kind']; readonly cause: string } | undefined {
  const { state, kind, error, fingerprint = '', outcomes } = run
  if (state === 'failed') {
    // Whoever asked for a preview sits before it.
    if (kind === 'preview' && fingerprint === '') return undefined
    const code = error?.code ?? 'bug'
    return { kind: codesOfEnds.includes(code) ? 'unhealthy' : 'failed', cause: code }
  }
  const failures = (outcomes.failed ?? 0) + (outcomes.skipped ?? 0) + (outcomes.unproven ?? 0)
  if (state === 'partial' && failures > 0) return { kind: 'finished-with-failures', cause: fingerprint }
  if (state === 'partial' && error !== undefined) return { kind: 'unhealthy', cause: error.code }
  if (state === 'partial' && (run.summary?.held ?? 0) === 0) return undefined
  return { kind: 'held', cause: fingerprint }
}

function factsOf({ number, state, startedBy, outcomes, error, summary }: Row): Notice['facts'] {
  return {
    run: number,
    state,
    ...(Object.keys(outcomes).length === 0 ? {} : { outcomes }),
    ...(summary === undefined ? {} : { held: summary.held, ready: summary.ready }),
    ...(error === undefined ? {} : { code: error.code }),
    details: { startedBy, ...(error === undefined ? {} : { message: error.message }) },
  }
}

/** A schedule meets the same trouble every hour: it is told once a day while nothing went better in between. */
async function wasTold(
  transaction: Executor,
  about: string,
  { connection, number }: Row,
  at: Instant,
): Promise<boolean> {
  const [last] = await rowsOf<{ at: number; run: number }>(
    transaction,
    sql`select at, (facts ->> 'run')::int as run from notice where about = ${about} order by no desc limit 1`,
  )
  if (last === undefined || last.at + repeatedAfterMs <= at) return false
  const better = await rowsOf(
    transaction,
    sql`select 1 from run where connection = ${connection} and number > ${last.run} and number < ${number}
        and state in ('applied', 'planned') limit 1`,
  )
  return better.length === 0
}
