import { sql } from 'kysely'
import type { Lesson } from '../../src/domain/memory.ts'
import { type DatabaseOptions, openDatabase } from '../../src/storage/database.ts'
import { openStore } from '../../src/storage/store.ts'
import { change, directoryKey, savedPlan, takenFence } from '../../test/support/plans.ts'
import type { CompanyRows, makeCompany } from './company.ts'
import { collectRows } from './product.ts'

/** What a first sync of this company leaves behind: the read of the target, links and the ledger. */
export async function fill(company: ReturnType<typeof makeCompany>, dataDir: string, databaseUrl: string | undefined) {
  const store = await openStore({ dataDir, stayMs: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  try {
    const { target } = await collectRows(company)
    const { plan, run } = await savedPlan(store, [])
    await store.directories.observe(run.id, { ...target, directoryKey })
    const fence = await takenFence(store)
    const learn = async (lessons: Generator<Lesson>) => {
      let batch: Lesson[] = []
      const flush = async () => {
        await store.plans.record(plan.id, run.id, fence, [], batch)
        batch = []
      }
      for (const lesson of lessons) {
        batch.push(lesson)
        if (batch.length === 5_000) await flush()
      }
      await flush()
    }
    await learn(links(company))
    await learn(grants(company))
    await store.leases.release(fence)
    return {
      memberships: company.targetGroups.reduce((sum, group) => sum + (group.members?.length ?? 0), 0),
      grants: company.grants.reduce((sum, grant) => sum + ownLength(grant), 0),
    }
  } finally {
    await store.close()
  }
}

const ownLength = (grant: CompanyRows['grants'][number]) => (grant.connection === 'staff' ? grant.accountIds.length : 0)

function* links(company: ReturnType<typeof makeCompany>): Generator<Lesson> {
  for (const { source, sourceKey, accountId } of company.links) {
    yield { lesson: 'link', source, sourceKey, accountId, how: 'email' }
    yield { lesson: 'vouch', source, sourceKey, accountId }
  }
}

function* grants(company: ReturnType<typeof makeCompany>): Generator<Lesson> {
  for (const { connection, groupId, rule, accountIds } of company.grants) {
    if (connection !== 'staff') continue
    for (const accountId of accountIds) yield { lesson: 'grant', groupId, accountId, rule, how: 'written' }
  }
}

/** Gives a filled store an applied plan with so many memberships, spread over everybody. */
export async function fillHistory(dataDir: string, databaseUrl: string | undefined, changes: number): Promise<void> {
  const store = await openStore({ dataDir, stayMs: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  try {
    const { plan, run } = await savedPlan(store, [
      change(1, { account: { id: 'first' }, person: { key: 'first', label: '' } }),
    ])
    await store.runs.update(run.id, { planId: plan.id, state: 'applied', directoryKey })
    await store.directories.bind('acme', directoryKey)
  } finally {
    await store.close()
  }
  const options: DatabaseOptions = databaseUrl === undefined ? { dataDir, stayMs: 0 } : { databaseUrl }
  const database = await openDatabase(options)
  try {
    const batch = 50_000
    for (let from = 2; from <= changes; from += batch) {
      await sql`insert into plan_change (month, plan, seq, kind, reason, rule, account, grp, person, state, outcome,
          sent_at, finished_at, verified_at)
        select c.month, c.plan, n, c.kind, c.reason, c.rule, accounts.low + n % accounts.count, groups.low + n % groups.count,
          records.low + n % records.count, 1, case when n % 100 = 0 then 4 else 1 end, p.created_at, p.created_at, p.created_at
        from plan_change c join plan p on p.no = c.plan
          cross join generate_series(${from}::int, ${Math.min(from + batch - 1, changes)}::int) n
          cross join (select min(no) as low, count(*)::int as count from directory_account) accounts
          cross join (select min(no) as low, count(*)::int as count from directory_group) groups
          cross join (select min(no) as low, count(*)::int as count from source_record) records
        where c.seq = 1`.execute(database.kysely)
    }
    await sql`update plan set touched_at = created_at`.execute(database.kysely)
    await sql`analyze`.execute(database.kysely)
  } finally {
    await database.close()
  }
}

/** Milliseconds: the middle one, and the one that 95 of 100 stay under. */
export async function timed(
  times: number,
  work: (round: number) => Promise<unknown>,
): Promise<{ readonly p50: number; readonly p95: number }> {
  await work(0)
  const all: number[] = []
  for (let round = 1; round <= times; round += 1) {
    const started = performance.now()
    await work(round)
    all.push(performance.now() - started)
  }
  all.sort((a, b) => a - b)
  return { p50: all[Math.floor(times / 2)] ?? 0, p95: all[Math.floor(times * 0.95)] ?? 0 }
}
