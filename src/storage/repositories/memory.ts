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
  MemoryTotals,
} from '../../domain/memory.ts'
import type { Concerned } from '../../ports/directories.ts'
import { type Database, type Executor, inTransaction, rowsOf } from '../database.ts'
import { present, texts, time } from '../rows.ts'
import { readDeliveries, readWritten } from './attribute-values.ts'
import { readCustomValues } from './custom-values.ts'
import { readDecisions } from './decisions.ts'
import { readExceptions } from './exceptions.ts'
import { type Extent, type Ids, smallExtent, wholeExtent } from './extent.ts'
import { changesIdentity } from './plan-outcomes.ts'
import { stateCodes } from './plan-rows.ts'
import { accessIn, readAccess } from './product-access.ts'
import { knownDirectory } from './registers.ts'
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
  concerned?: Concerned,
): Promise<Memory> {
  return await inTransaction(
    database,
    async (transaction) => {
      const departures = await readDepartures(transaction, connection, concerned)
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
          exceptions: [],
          settling: new Set<string>(),
        }
        return { ...nothing, departures, appliedLastDay }
      }
      const extent =
        concerned === undefined
          ? wholeExtent(transaction, directory)
          : await smallExtent(transaction, directory, source, concerned)
      return {
        links: await readLinks(transaction, extent),
        groupLinks: await readGroupLinks(transaction, directory, source),
        grants: await readGrants(transaction, extent),
        accountGrants: await readAccountGrants(transaction, extent),
        taken: await readTaken(transaction, extent, connection),
        deliveries: await readDeliveries(transaction, extent),
        written: await readWritten(transaction, extent),
        access: await readAccess(transaction, extent),
        custom: await readCustomValues(transaction, extent),
        deactivations: await readDeactivations(transaction, extent),
        decisions: await readDecisions(transaction, directory, source),
        exceptions: await readExceptions(transaction, extent),
        departures,
        appliedLastDay,
        settling: await settling(transaction, extent, connection, now),
        ...(concerned === undefined ? {} : { totals: await readTotals(transaction, directory, connection, source) }),
      }
    },
    'repeatable read',
  )
}

/** See `DirectoryStore.links`. */
export async function linksOf(
  database: Database,
  directoryKey: string,
  source: string,
  concerned: Concerned,
): Promise<readonly Link[]> {
  const directory = await knownDirectory(database.kysely, directoryKey)
  if (directory === undefined) return []
  const links = await readLinks(database.kysely, await smallExtent(database.kysely, directory, source, concerned))
  return links.filter((link) => link.source === source)
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
      const extent = wholeExtent(transaction, directory)
      const ofDirectory = (table: string, column: string, register: string) =>
        sql`(select x.* from ${sql.table(table)} x join ${sql.table(register)} g on g.no = ${sql.ref(`x.${column}`)}
             where g.directory = ${directory})`
      return {
        grants: await grantsIn(
          transaction,
          ofDirectory('membership_grant', 'grp', 'directory_group'),
          extent,
          which('m'),
        ),
        access: await accessIn(
          transaction,
          ofDirectory('product_access', 'account', 'directory_account'),
          extent.accountIds,
          which('p'),
        ),
      }
    },
    'repeatable read',
  )
}

async function readDepartures(
  executor: Executor,
  connection: string,
  concerned: Concerned | undefined,
): Promise<Departure[]> {
  const which = concerned === undefined ? sql`` : sql`and source_key = any(${texts(concerned.people)})`
  return await rowsOf<Departure>(
    executor,
    sql`select source_key as "sourceKey", signal, first_proven_at as "firstProvenAt" from departure
        where connection = ${connection} ${which} order by source_key`,
  )
}

/**
 * What runs for some people planned and have not sent yet: several of them overlap, and together they stay within the limits.
 * An outcome and its count are written together, so nothing counts twice.
 */
function aboutToBeSent(connection: string): RawBuilder<unknown> {
  return sql`select w.text, coalesce(g.group_id, case when ${changesIdentity} then 'identity' end, ''), 1
    from run r join plan p on p.run_id = r.id join plan_change c on c.month = p.month and c.plan = p.no
      join word w on w.no = c.kind left join directory_group g on g.no = c.grp
    where r.connection = ${connection} and r.state in ('planning', 'applying') and r.kind = 'incremental'
      and p.visible and p.approved_by is null and c.state = ${stateCodes.ready} and c.outcome is null`
}

async function readAppliedLastDay(
  executor: Executor,
  connection: string,
  now: number,
): Promise<Record<string, number>> {
  const rows = await rowsOf<{ kind: string; about: string; count: number }>(
    executor,
    sql`select kind, about, sum(count)::int as count from (
          select kind, about, count from applied_count
          where connection = ${connection} and minute > ${time(now - dayMs)}
          union all ${aboutToBeSent(connection)}) counted
        group by kind, about order by kind, about`,
  )
  const counts: Record<string, number> = {}
  for (const { kind, about, count } of rows) {
    counts[kind] = (counts[kind] ?? 0) + count
    if (about !== '') counts[`${kind}:${about}`] = count
  }
  return counts
}

async function readLinks(executor: Executor, { links }: Extent): Promise<Link[]> {
  return await rowsOf<Link>(
    executor,
    sql`select l.source, r.key as "sourceKey", a.account_id as "accountId", l.how, l.since
        from ${links} l join source_record r on r.no = l.record join directory_account a on a.no = l.account`,
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

function listed(accounts: string, ids: Ids): string[] {
  return accounts.split(',').map((no) => ids.get(Number(no)) ?? '')
}

async function readGrants(executor: Executor, extent: Extent): Promise<GroupGrants[]> {
  return await grantsIn(executor, extent.open('membership_grant'), extent)
}

/** Rows of the ledger, gathered. They are given as something to select from, and a condition on `m` and `w`. */
async function grantsIn(
  executor: Executor,
  ledger: RawBuilder<unknown>,
  ids: Pick<Extent, 'accountIds' | 'groupIds'>,
  which: RawBuilder<unknown> = sql`true`,
): Promise<GroupGrants[]> {
  const rows = await rowsOf<{ grp: number; connection: string; rule: string; accounts: string }>(
    executor,
    sql`select m.grp, w.text as connection, rule.text as rule, string_agg(m.account::text, ',') as accounts
        from ${ledger} m join word w on w.no = m.connection join word rule on rule.no = m.rule
        where ${which} group by m.grp, w.text, rule.text`,
  )
  if (rows.length === 0) return []
  const [accountIds, groupIds] = [await ids.accountIds(), await ids.groupIds(rows.map(({ grp }) => grp))]
  return rows.map(({ grp, connection, rule, accounts }) => ({
    groupId: groupIds.get(grp) ?? '',
    connection,
    rule,
    accountIds: listed(accounts, accountIds),
  }))
}

async function readAccountGrants(executor: Executor, { open, accountIds }: Extent): Promise<AccountGrants[]> {
  const rows = await rowsOf<{ connection: string; accounts: string }>(
    executor,
    sql`select w.text as connection, string_agg(v.account::text, ',' order by v.account) as accounts
        from ${open('account_grant')} v join word w on w.no = v.connection group by w.text order by w.text`,
  )
  if (rows.length === 0) return []
  const ids = await accountIds()
  return rows.map(({ connection, accounts }) => ({ connection, accountIds: listed(accounts, ids) }))
}

async function readDeactivations(executor: Executor, { open }: Extent): Promise<Deactivation[]> {
  return await rowsOf<Deactivation>(
    executor,
    sql`select a.account_id as "accountId", w.text as connection, d.how, d.since
        from ${open('deactivation')} d join directory_account a on a.no = d.account join word w on w.no = d.connection`,
  )
}

/** Figures about everybody, which are kept and not counted. */
async function readTotals(
  executor: Executor,
  directory: number,
  connection: string,
  source: string,
): Promise<MemoryTotals> {
  const [links] = await rowsOf<{ count: number }>(
    executor,
    sql`select links as count from link_total where directory = ${directory} and source = ${source}`,
  )
  const rules = await rowsOf<{ rule: string; count: number; groups: string[] }>(
    executor,
    sql`select rule.text as rule, sum(t.grants) as count, array_agg(g.group_id) as groups
        from grant_total t join word w on w.no = t.connection join word rule on rule.no = t.rule
          join directory_group g on g.no = t.grp
        where w.text = ${connection} and g.directory = ${directory} and t.grants > 0 group by rule.text`,
  )
  return {
    links: links?.count ?? 0,
    grants: rules.reduce((sum, { count }) => sum + count, 0),
    groupsByRule: new Map(rules.map(({ rule, groups }) => [rule, groups])),
  }
}
