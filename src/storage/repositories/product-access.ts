import { type RawBuilder, sql } from 'kysely'
import type { AccessGrants, Lesson } from '../../domain/memory.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, ints, time } from '../rows.ts'
import { accessOfWord, accessWord } from './access-word.ts'
import type { Extent, Ids } from './extent.ts'
import type { Moment } from './intervals.ts'
import type { PlanPlace } from './plan-rows.ts'
import { type Entry, numberOf, words } from './registers.ts'

type Begins = Extract<Lesson, { readonly lesson: 'access' }>
type Ends = Extract<Lesson, { readonly lesson: 'no-access' }>

interface Scene {
  readonly executor: Executor
  readonly place: PlanPlace
  readonly moment: Moment
  readonly accounts: ReadonlyMap<string, Entry>
}

/** The ledger of product access: this connection begins or ceases to vouch. Of several lessons the last one stands. */
export async function learnAccess(scene: Scene, lessons: readonly (Begins | Ends)[]): Promise<void> {
  if (lessons.length === 0) return
  const { executor, place } = scene
  const named = lessons.map((lesson) => ({ lesson, word: accessWord(lesson.access) }))
  const last = [...new Map(named.map((each) => [`${each.lesson.accountId} ${each.word}`, each])).values()]
  const rules = lessons.flatMap((lesson) => (lesson.lesson === 'access' ? [lesson.rule] : []))
  const numbers = await words(executor, [place.connection, ...rules, ...last.map(({ word }) => word)])
  const connection = numberOf(numbers, place.connection)
  const rows = last.map(({ lesson, word }) => ({
    lesson,
    account: numberOf(scene.accounts, lesson.accountId),
    access: numberOf(numbers, word),
  }))
  for (const part of batches(rows.filter(({ lesson }) => lesson.lesson === 'no-access'))) {
    await end(scene, connection, part)
  }
  const begun = rows.flatMap(({ lesson, ...row }) =>
    lesson.lesson === 'access'
      ? [{ ...row, rule: numberOf(numbers, lesson.rule), adopted: lesson.how === 'adopted' ? 1 : 0 }]
      : [],
  )
  for (const part of batches(begun)) await begin(scene, connection, part)
}

async function end(
  { executor, moment }: Scene,
  connection: number,
  rows: readonly { readonly account: number; readonly access: number }[],
): Promise<void> {
  await sql`update product_access p set to_run = ${moment.run}, until = greatest(${time(moment.at)}, p.since)
    from unnest(${ints(rows.map(({ account }) => account))}, ${ints(rows.map(({ access }) => access))}) as given(account, access)
    where p.account = given.account and p.access = given.access and p.connection = ${connection} and p.until is null`.execute(
    executor,
  )
}

async function begin(
  { executor, moment }: Scene,
  connection: number,
  rows: readonly {
    readonly account: number
    readonly access: number
    readonly rule: number
    readonly adopted: number
  }[],
): Promise<void> {
  await sql`insert into product_access as known (account, access, connection, rule, from_run, since, adopted)
    select account, access, ${connection}::int, rule, ${moment.run}::int, ${time(moment.at)}, adopted = 1
    from unnest(${ints(rows.map(({ account }) => account))}, ${ints(rows.map(({ access }) => access))},
      ${ints(rows.map(({ rule }) => rule))}, ${ints(rows.map(({ adopted }) => adopted))}) as given(account, access, rule, adopted)
    on conflict (account, access, connection) where until is null do update set rule = excluded.rule
    where known.rule <> excluded.rule`.execute(executor)
}

/** The open ledger of product access. */
export async function readAccess(
  executor: Executor,
  { open, accountIds }: Pick<Extent, 'open' | 'accountIds'>,
): Promise<AccessGrants[]> {
  return await accessIn(executor, open('product_access'), accountIds)
}

/** Rows of the ledger, gathered. They are given as something to select from, and a condition on `p` and `w`. */
export async function accessIn(
  executor: Executor,
  ledger: RawBuilder<unknown>,
  accountIds: () => Promise<Ids>,
  which: RawBuilder<unknown> = sql`true`,
): Promise<AccessGrants[]> {
  const rows = await rowsOf<{ access: string; connection: string; rule: string; accounts: string }>(
    executor,
    sql`select access.text as access, w.text as connection, rule.text as rule, string_agg(p.account::text, ',') as accounts
        from ${ledger} p join word w on w.no = p.connection
          join word access on access.no = p.access join word rule on rule.no = p.rule
        where ${which} group by access.text, w.text, rule.text
        order by access.text, w.text, rule.text`,
  )
  if (rows.length === 0) return []
  const ids = await accountIds()
  return rows.map(({ access, connection, rule, accounts }) => ({
    ...accessOfWord(access),
    connection,
    rule,
    accountIds: accounts.split(',').map((no) => ids.get(Number(no)) ?? ''),
  }))
}
