import { type RawBuilder, sql } from 'kysely'
import type { Exception, ExceptionDecision, ExceptionKind, ExceptionSubject } from '../../domain/exception.ts'
import type { Decided, ExceptionStore, KeptException, StandingDecision } from '../../ports/exceptions.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { batches, ints, limitOf, numberCursor, present, slice, texts, time } from '../rows.ts'
import type { Only } from './extent.ts'
import { accountRegister, directoryNumber, type Entry, enter, groupRegister, numberOf } from './registers.ts'

interface Row {
  readonly no: number
  readonly connection: string
  readonly kind: ExceptionKind
  readonly decision: ExceptionDecision
  readonly accountId: string | null
  readonly groupId: string | null
  readonly attribute: string
  readonly person: string
  readonly decidedBy: string
  readonly decidedAt: number
}

interface KeptRow extends Row {
  readonly directoryKey: string
  readonly label: string
  readonly comment: string | null
}

const columns = sql`e.no, e.connection, e.kind, e.decision, a.account_id as "accountId", g.group_id as "groupId",
  e.attribute, e.person, e.decided_by as "decidedBy", e.decided_at as "decidedAt"`
const named = sql`left join directory_account a on a.no = e.account left join directory_group g on g.no = e.grp`
const largestNumber = 2_147_483_647

export function exceptionStore({ database, now }: StorageContext): ExceptionStore {
  return {
    decide: async (connection, directoryKey, decided, by, comment) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `exceptions of ${connection}`)
        const directory = await directoryNumber(transaction, directoryKey)
        await remember(transaction, { connection, directory, by, comment, at: now() }, decided)
      }),
    list: async (connection, { kinds, ids }, page) => {
      const rows = await rowsOf<KeptRow>(
        database.kysely,
        sql`select ${columns}, d.key as "directoryKey", e.label, e.comment
            from exception e join directory d on d.no = e.directory ${named}
            where e.connection = ${connection} and e.ended_at is null and e.no < ${numberCursor(page, largestNumber)}
            ${kinds === undefined ? sql`` : sql`and e.kind = any(${texts(kinds)})`}
            ${ids === undefined ? sql`` : sql`and e.no = any(${ints(numbersOfIds(ids))})`}
            order by e.no desc limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, keptException, ({ no }) => no)
    },
    end: async (connection, ids, by) => {
      let ended = 0
      for (const part of batches(numbersOfIds(ids))) {
        const rows = await rowsOf(
          database.kysely,
          sql`update exception set ended_at = ${time(now())}, ended_by = ${by}
              where no = any(${ints(part)}) and connection = ${connection} and ended_at is null returning no`,
        )
        ended += rows.length
      }
      return ended
    },
  }
}

/** What is no number names nothing. */
function numbersOfIds(ids: readonly string[]): number[] {
  return ids.filter((id) => /^\d{1,9}$/.test(id)).map(Number)
}

/** What stands in a directory, whichever connection it was decided for; see `Memory.exceptions`. */
export async function readExceptions(
  executor: Executor,
  { directory, only }: { readonly directory: number; readonly only?: Only },
): Promise<Exception[]> {
  const concerned =
    only === undefined
      ? sql``
      : sql`and (e.account = any(${ints(only.accounts)}) or (e.person <> '' and e.person = any(${texts(only.people)})))`
  const rows = await rowsOf<Row>(
    executor,
    sql`select ${columns} from exception e ${named}
        where e.directory = ${directory} and e.ended_at is null ${concerned} order by e.no`,
  )
  return rows.map(exceptionOf)
}

/**
 * What a connection decided about the rows of a list, to join by; `agrees` compares them with `x.about` (the kind),
 * `x.account`, `x.account_id`, `x.group_id` and `x.attribute`, where '' stands for none.
 */
export function standingAbout(connection: string, agrees: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`left join (
    select e.no, e.kind as about, e.account, coalesce(a.account_id, '') as account_id, coalesce(g.group_id, '') as group_id,
      e.attribute, e.decision, e.decided_by, e.decided_at, e.comment
    from exception e ${named} where e.connection = ${connection} and e.ended_at is null) x on ${agrees}`
}

/** What `standingAbout` tells, beside the columns of a list. */
export interface StandingColumns {
  readonly decisionNo: number | null
  readonly decision: ExceptionDecision | null
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  readonly comment: string | null
}

export const standingColumns = sql`x.no as "decisionNo", x.decision, x.decided_by as "decidedBy",
  x.decided_at as "decidedAt", x.comment`

/** What was decided, when anything was. */
export function standingDecision(row: StandingColumns): StandingDecision | undefined {
  const { decisionNo, decision, decidedBy, decidedAt, comment } = row
  if (decisionNo === null || decision === null || decidedBy === null || decidedAt === null) return undefined
  return {
    id: String(decisionNo),
    decision,
    by: decidedBy,
    at: decidedAt,
    ...(comment === null ? {} : { comment }),
  }
}

function exceptionOf({ no, person, ...row }: Row): Exception {
  const { attribute } = row
  return present<Exception>({
    ...row,
    id: String(no),
    attribute: attribute === '' ? undefined : attribute,
    personKey: person === '' ? undefined : person,
  })
}

function keptException({ directoryKey, label, comment, ...row }: KeptRow): KeptException {
  return present<KeptException>({ ...exceptionOf(row), directoryKey, label, comment })
}

/** Writes decisions down in a transaction; what was decided about the same thing before ends. */
export async function remember(executor: Executor, deciding: Deciding, decided: readonly Decided[]): Promise<void> {
  const act = { ...deciding, executor, ...(await numbersOf(executor, deciding.directory, decided)) }
  for (const part of batches(decided)) {
    await endEarlier(act, part)
    await write(act, part)
  }
}

interface Deciding {
  readonly connection: string
  readonly directory: number
  readonly by: string
  readonly comment: string | undefined
  readonly at: number
}

interface Act extends Deciding {
  readonly executor: Executor
  readonly accounts: ReadonlyMap<string, Entry>
  readonly groups: ReadonlyMap<string, Entry>
}

async function numbersOf(executor: Executor, directory: number, decided: readonly Decided[]) {
  const idsOf = (id: (about: ExceptionSubject) => string | undefined) =>
    new Map(decided.flatMap(({ about }) => (id(about) === undefined ? [] : [[id(about)!, ''] as const])))
  const register = (which: typeof accountRegister, ids: ReadonlyMap<string, string>) =>
    enter(executor, which, directory, ids, { rename: false })
  return {
    accounts: await register(
      accountRegister,
      idsOf(({ accountId }) => accountId),
    ),
    groups: await register(
      groupRegister,
      idsOf(({ groupId }) => groupId),
    ),
  }
}

/** The things that are decided about, as rows to join by. */
function given({ accounts, groups }: Act, decided: readonly Decided[]): RawBuilder<unknown> {
  const about = decided.map((each) => each.about)
  const numbers = (entered: ReadonlyMap<string, Entry>, id: (each: ExceptionSubject) => string | undefined) =>
    ints(about.map((each) => (id(each) === undefined ? undefined : numberOf(entered, id(each)!))))
  return sql`unnest(${texts(about.map(({ kind }) => kind))}, ${numbers(accounts, ({ accountId }) => accountId)},
    ${numbers(groups, ({ groupId }) => groupId)}, ${texts(about.map(({ attribute = '' }) => attribute))},
    ${texts(about.map(({ personKey = '' }) => personKey))}, ${texts(decided.map(({ decision }) => decision))},
    ${texts(decided.map(({ label }) => label))}) as given(kind, account, grp, attribute, person, decision, label)`
}

async function endEarlier(act: Act, decided: readonly Decided[]): Promise<void> {
  // Of a person only the last word counts, whichever account an earlier one named.
  await sql`update exception e set ended_at = ${time(act.at)}, ended_by = ${act.by} from ${given(act, decided)}
    where e.connection = ${act.connection} and e.directory = ${act.directory} and e.ended_at is null
      and e.kind = given.kind and e.attribute = given.attribute and e.person = given.person
      and (given.person <> '' or e.account is not distinct from given.account)
      and e.grp is not distinct from given.grp`.execute(act.executor)
}

async function write(act: Act, decided: readonly Decided[]): Promise<void> {
  await sql`insert into exception (directory, connection, kind, decision, account, grp, attribute, person, label, comment,
      decided_at, decided_by)
    select distinct on (kind, account, grp, attribute, person) ${act.directory}::int, ${act.connection}, kind, decision,
      account, grp, attribute, person, label, ${act.comment ?? null}::text, ${time(act.at)}, ${act.by}
    from ${given(act, decided)} where decision is not null`.execute(act.executor)
}
