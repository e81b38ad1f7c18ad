import { type RawBuilder, sql } from 'kysely'
import type {
  AccessGrants,
  AccountGrants,
  Deactivation,
  Departure,
  GroupGrants,
  GroupLink,
  Link,
  Memory,
} from '../../domain/memory.ts'
import { type Database, type Executor, inTransaction, rowsOf } from '../database.ts'
import { present, time } from '../rows.ts'
import { readDeliveries, readWritten } from './attribute-values.ts'
import { readCustomValues } from './custom-values.ts'
import { readDecisions } from './decisions.ts'
import { readAccess } from './product-access.ts'
import { accountRegister, entries, groupRegister, knownDirectory } from './registers.ts'
import { settling } from './settling.ts'
import { readTaken } from './taken-memberships.ts'

const dayMs = 86_400_000

/** What the planner needs, in one consistent moment; see `DirectoryStore.memory`. */
export async function readMemory(
  database: Database,
  connection: string,
  source: string,
  directoryKey: string,
  now: number,
): Promise<Memory> {
  return await inTransaction(
    database,
    async (transaction) => {
      const departures = await readDepartures(transaction, connection)
      const appliedLastDay = await readAppliedLastDay(transaction, connection, now)
      const directory = await knownDirectory(transaction, directoryKey)
      if (directory === undefined) {
        const nothing = {
          links: [],
          groupLinks: [],
          grants: [],
          accountGrants: [],
          deliveries: [],
          written: [],
          taken: [],
          access: [],
          custom: [],
          deactivations: [],
          decisions: [],
          settling: new Set<string>(),
        }
        return { ...nothing, departures, appliedLastDay }
      }
      const ids = idsOf(transaction, directory)
      return {
        links: await readLinks(transaction, directory),
        groupLinks: await readGroupLinks(transaction, directory, source),
        grants: await readGrants(transaction, directory, ids),
        accountGrants: await readAccountGrants(transaction, directory, ids),
        taken: await readTaken(transaction, directory, connection),
        deliveries: await readDeliveries(transaction, directory, ids.accounts),
        written: await readWritten(transaction, directory, ids.accounts),
        access: await readAccess(transaction, directory),
        custom: await readCustomValues(transaction, directory),
        deactivations: await readDeactivations(transaction, directory),
        decisions: await readDecisions(transaction, directory, source),
        departures,
        appliedLastDay,
        settling: await settling(transaction, directory, connection, now),
      }
    },
    'repeatable read',
  )
}

interface Granted {
  readonly grants: readonly GroupGrants[]
  readonly access: readonly AccessGrants[]
}

/** See `DirectoryStore.grantsEnded`. */
export async function readGrantsEnded(
  database: Database,
  connection: string,
  directoryKey: string,
  runId: string,
): Promise<Granted> {
  return await readGranted(
    database,
    directoryKey,
    (alias) => sql`${sql.ref(`${alias}.until`)} is not null and w.text = ${connection}
      and ${sql.ref(`${alias}.to_run`)} = (select number from run where id = ${runId})`,
  )
}

/** See `DirectoryStore.adopted`. */
export async function readAdopted(database: Database, connection: string, directoryKey: string): Promise<Granted> {
  return await readGranted(
    database,
    directoryKey,
    (alias) => sql`${sql.ref(`${alias}.until`)} is null and ${sql.ref(`${alias}.adopted`)} and w.text = ${connection}`,
  )
}

/** Rows of both ledgers that meet a condition on them, by alias. */
async function readGranted(
  database: Database,
  directoryKey: string,
  which: (alias: 'm' | 'p') => RawBuilder<unknown>,
): Promise<Granted> {
  return await inTransaction(
    database,
    async (transaction) => {
      const directory = await knownDirectory(transaction, directoryKey)
      if (directory === undefined) return { grants: [], access: [] }
      return {
        grants: await readGrants(transaction, directory, idsOf(transaction, directory), which('m')),
        access: await readAccess(transaction, directory, which('p')),
      }
    },
    'repeatable read',
  )
}

async function readDepartures(executor: Executor, connection: string): Promise<Departure[]> {
  return await rowsOf<Departure>(
    executor,
    sql`select source_key as "sourceKey", signal, first_proven_at as "firstProvenAt" from departure
        where connection = ${connection} order by source_key`,
  )
}

async function readAppliedLastDay(
  executor: Executor,
  connection: string,
  now: number,
): Promise<Record<string, number>> {
  const rows = await rowsOf<{ kind: string; about: string; count: number }>(
    executor,
    sql`select kind, about, sum(count)::int as count from applied_count
        where connection = ${connection} and minute > ${time(now - dayMs)} group by kind, about order by kind, about`,
  )
  const counts: Record<string, number> = {}
  for (const { kind, about, count } of rows) {
    counts[kind] = (counts[kind] ?? 0) + count
    if (about !== '') counts[`${kind}:${about}`] = count
  }
  return counts
}

async function readLinks(executor: Executor, directory: number): Promise<Link[]> {
  return await rowsOf<Link>(
    executor,
    sql`select l.source, r.key as "sourceKey", a.account_id as "accountId", l.how, l.since
        from link l join source_record r on r.no = l.record join directory_account a on a.no = l.account
        where l.directory = ${directory}`,
  )
}

async function readGroupLinks(executor: Executor, directory: number, source: string): Promise<GroupLink[]> {
  const rows = await rowsOf<{ [Key in keyof GroupLink]-?: GroupLink[Key] | null }>(
    executor,
    sql`select s.source, s.key as "groupKey", l.rule, g.group_id as "groupId", l.source_name as "sourceName", l.name
        from group_link l join source_group s on s.no = l.source_group join directory_group g on g.no = l.grp
        where l.directory = ${directory} and s.source = ${source}`,
  )
  return rows.map((row) => present<GroupLink>(row))
}

/** Ids are looked up here and not in the queries: each is one text however many rows name it. */
interface Ids {
  accounts(): Promise<ReadonlyMap<number, string>>
  groups(): Promise<ReadonlyMap<number, string>>
}

function idsOf(executor: Executor, directory: number): Ids {
  const once = (register: typeof accountRegister) => {
    let known: Promise<ReadonlyMap<number, string>> | undefined
    const read = async () => new Map((await entries(executor, register, directory)).map(({ no, id }) => [no, id]))
    return () => {
      known ??= read()
      return known
    }
  }
  return { accounts: once(accountRegister), groups: once(groupRegister) }
}

function listed(accounts: string, ids: ReadonlyMap<number, string>): string[] {
  return accounts.split(',').map((no) => ids.get(Number(no)) ?? '')
}

async function readGrants(
  executor: Executor,
  directory: number,
  ids: Ids,
  which: RawBuilder<unknown> = sql`m.until is null`,
): Promise<GroupGrants[]> {
  const rows = await rowsOf<{ grp: number; connection: string; rule: string; accounts: string }>(
    executor,
    sql`select m.grp, w.text as connection, rule.text as rule, string_agg(m.account::text, ',') as accounts
        from membership_grant m join directory_group g on g.no = m.grp join word w on w.no = m.connection
          join word rule on rule.no = m.rule
        where g.directory = ${directory} and ${which} group by m.grp, w.text, rule.text`,
  )
  if (rows.length === 0) return []
  const [accountIds, groupIds] = [await ids.accounts(), await ids.groups()]
  return rows.map(({ grp, connection, rule, accounts }) => ({
    groupId: groupIds.get(grp) ?? '',
    connection,
    rule,
    accountIds: listed(accounts, accountIds),
  }))
}

async function readAccountGrants(executor: Executor, directory: number, ids: Ids): Promise<AccountGrants[]> {
  const rows = await rowsOf<{ connection: string; accounts: string }>(
    executor,
    sql`select w.text as connection, string_agg(v.account::text, ',' order by v.account) as accounts
        from account_grant v join directory_account a on a.no = v.account join word w on w.no = v.connection
        where a.directory = ${directory} and v.until is null group by w.text order by w.text`,
  )
  if (rows.length === 0) return []
  const accountIds = await ids.accounts()
  return rows.map(({ connection, accounts }) => ({ connection, accountIds: listed(accounts, accountIds) }))
}

async function readDeactivations(executor: Executor, directory: number): Promise<Deactivation[]> {
  return await rowsOf<Deactivation>(
    executor,
    sql`select a.account_id as "accountId", w.text as connection, d.how, d.since
        from deactivation d join directory_account a on a.no = d.account join word w on w.no = d.connection
        where a.directory = ${directory} and d.until is null`,
  )
}
