import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { AccountList, AccountListFilter, AccountListStore, ListedAccount } from '../../ports/account-lists.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { anywhere, limitOf, numberCursor, present, slice, texts } from '../rows.ts'
import { type StandingColumns, standingAbout, standingColumns, standingDecision } from './exceptions.ts'
import { knownDirectory } from './registers.ts'

type Row = { readonly [Key in keyof Omit<ListedAccount, 'decided'>]-?: ListedAccount[Key] | null } & StandingColumns & {
    readonly no: number
  }

export function accountListStore({ database }: StorageContext): AccountListStore {
  return {
    list: async (list, at, filter, page) => {
      const { connection } = at
      const directory = await knownDirectory(database.kysely, at.directoryKey)
      if (directory === undefined) return { items: [] }
      const { from, where, columns } = parts(list, at)
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select a.no, a.account_id as "accountId", a.label, s.state, s.since as "stateSince",
              (select count(*)::int from membership m where m.account = a.no and m.until is null) as groups,
              ${columns}, ${standingColumns}
            from directory_account a join account_state s on s.account = a.no and s.until is null ${from}
              ${standingAbout(connection, sql`x.account = a.no and x.about = ${`account-${list}`}`)}
            where a.directory = ${directory} and a.kind is null and ${where} ${narrowed(filter)}
              and a.no > ${numberCursor(page, 0)}
            order by a.no limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, listed, ({ no }) => no)
    },
  }
}

function parts(list: AccountList, { connection, source, sources }: Parameters<AccountListStore['list']>[1]) {
  if (list === 'unmanaged') {
    return {
      from: sql``,
      where: sql`not exists (select 1 from link l where l.account = a.no)
        and not exists (select 1 from account_grant v where v.account = a.no and v.until is null)`,
      columns: sql`null as source, null as "sourceKey", null as why, null::timestamptz as "goneSince"`,
    }
  }
  // Whoever has a record in any source that is read is no orphan, though another link of theirs may be one.
  return {
    from: sql`join lateral (
      select l.source, r.key, d.first_proven_at,
        case when d.source_key is null then 'source-unused' else 'record-gone' end as why
      from link l join source_record r on r.no = l.record
        left join departure d on d.connection = ${connection} and l.source = ${source} and d.source_key = r.key
          and d.signal = 'left-source'
      where l.account = a.no and (d.source_key is not null or l.source <> all(${texts(sources)}))
      order by l.source limit 1) o on true`,
    where: sql`not exists (
      select 1 from link l join source_record r on r.no = l.record
      where l.account = a.no and l.source = any(${texts(sources)}) and l.source <> o.source)`,
    columns: sql`o.source, o.key as "sourceKey", o.why, o.first_proven_at as "goneSince"`,
  }
}

function narrowed({ states, text, decided, accountIds }: AccountListFilter): RawBuilder<unknown> {
  return sql`${states === undefined ? sql`` : sql`and s.state = any(${texts(states)})`}
    ${text === undefined || text === '' ? sql`` : sql`and (a.label_key like ${anywhere(foldKey(text))} or a.account_id = ${text})`}
    ${decided === undefined ? sql`` : sql`and (x.no is not null) = ${decided}`}
    ${accountIds === undefined ? sql`` : sql`and a.account_id = any(${texts(accountIds)})`}`
}

function listed({ no: _, decisionNo, decision, decidedBy, decidedAt, comment, ...row }: Row): ListedAccount {
  const decided = standingDecision({ decisionNo, decision, decidedBy, decidedAt, comment })
  return present<ListedAccount>({ ...row, decided })
}
