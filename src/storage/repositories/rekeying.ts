import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { Holdings, Rekeyed } from '../../ports/directories.ts'
import { type Database, type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { texts, time } from '../rows.ts'
import { knownDirectory } from './registers.ts'

/** What rests on a directory: the facts that a re-keying has to carry over (D1). */
export async function readHoldings(database: Database, directoryKey: string): Promise<Holdings | undefined> {
  return await inTransaction(
    database,
    async (transaction) => {
      const directory = await knownDirectory(transaction, directoryKey)
      if (directory === undefined) return undefined
      return {
        targets: await rowsOf<{ target: string }>(
          transaction,
          sql`select target from target_binding where directory = ${directory} order by target`,
        ).then((rows) => rows.map(({ target }) => target)),
        accounts: await accountsInUse(transaction, directory),
        groups: await groupsInUse(transaction, directory),
        counts: await countsOf(transaction, directory),
      }
    },
    'repeatable read',
  )
}

async function accountsInUse(executor: Executor, directory: number): Promise<Holdings['accounts']> {
  return await rowsOf(
    executor,
    sql`select a.account_id as id, a.label, exists (select from link l where l.account = a.no) as "isLinked"
        from directory_account a where a.directory = ${directory} and (
          exists (select from link x where x.account = a.no)
          or exists (select from account_grant x where x.account = a.no and x.until is null)
          or exists (select from membership_grant x where x.account = a.no and x.until is null)
          or exists (select from product_access x where x.account = a.no and x.until is null)
          or exists (select from deactivation x where x.account = a.no and x.until is null)
          or exists (select from custom_value x where x.account = a.no))
        order by a.label_key, a.account_id`,
  )
}

async function groupsInUse(executor: Executor, directory: number): Promise<Holdings['groups']> {
  return await rowsOf(
    executor,
    sql`select g.group_id as id, g.name from directory_group g where g.directory = ${directory} and (
          exists (select from group_link x where x.grp = g.no)
          or exists (select from membership_grant x where x.grp = g.no and x.until is null))
        order by g.name_key, g.group_id`,
  )
}

async function countsOf(executor: Executor, directory: number): Promise<Holdings['counts']> {
  const [row] = await rowsOf<Holdings['counts']>(
    executor,
    sql`select
          (select count(*)::int from link where directory = ${directory}) as links,
          (select count(*)::int from group_link where directory = ${directory}) as "groupLinks",
          (select count(*)::int from membership_grant m join directory_group g on g.no = m.grp
            where g.directory = ${directory} and m.until is null) as grants,
          (select count(*)::int from product_access p join directory_account a on a.no = p.account
            where a.directory = ${directory} and p.until is null) as access,
          (select count(*)::int from deactivation d join directory_account a on a.no = d.account
            where a.directory = ${directory} and d.until is null) as deactivations,
          (select count(*)::int from custom_value c join directory_account a on a.no = c.account
            where a.directory = ${directory}) as "customValues",
          (select count(*)::int from decision where directory = ${directory} and ended_at is null) as decisions`,
  )
  return row!
}

/** See `DirectoryStore.rekey`. */
export async function rekey(database: Database, { from, to, groups, at }: Rekeyed): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await serialize(transaction, 'directories')
    const directory = await knownDirectory(transaction, from)
    if (directory === undefined) throw fail.notFound(`There is nothing remembered of the directory ${from}.`)
    if ((await knownDirectory(transaction, to)) !== undefined) {
      throw fail.conflict(`The directory ${to} is known already; nothing was moved.`)
    }
    // In two steps: a new id may be the old one of another group.
    const given = sql`unnest(${texts([...groups.keys()])}, ${texts([...groups.values()])}) as given(was, becomes)`
    await sql`update directory_group g set group_id = ${'rekeying '} || given.becomes from ${given}
      where g.directory = ${directory} and g.group_id = given.was`.execute(transaction)
    await sql`update directory_group g set group_id = given.becomes from ${given}
      where g.directory = ${directory} and g.group_id = ${'rekeying '} || given.becomes`.execute(transaction)
    await sql`update directory set key = ${to}, rekeyed_at = ${time(at)}, rekeyed_from = ${from}
      where no = ${directory}`.execute(transaction)
    await sql`update run set directory_key = ${to} where directory_key = ${from}`.execute(transaction)
    // What was planned for the old directory is never carried out in the new one.
    await sql`update run set state = 'superseded', ended_at = coalesce(ended_at, ${time(at)})
      where directory_key = ${to} and state in ('planned', 'waiting', 'held')`.execute(transaction)
  })
}

/** When the directory got its present key by a re-keying; undefined when it never had another. */
export async function readRekeyedAt(database: Database, directoryKey: string): Promise<number | undefined> {
  const [row] = await rowsOf<{ at: number | null }>(
    database.kysely,
    sql`select rekeyed_at as at from directory where key = ${directoryKey}`,
  )
  return row?.at ?? undefined
}
