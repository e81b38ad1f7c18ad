import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { KnownSubject, Remembered } from '../../ports/report.ts'
import { type Executor, rowsOf } from '../database.ts'
import { anywhere, present, time } from '../rows.ts'
import { covering } from './directories.ts'

/** More people than this under one name are not an answer. */
const mostSubjects = 5

type SubjectRow = { readonly [Key in 'sourceKey' | 'accountId' | 'label']: string | null }

/** Whole keys, ids, names and addresses first, which indexes find; then an address within a label. */
export async function subjectsNamed(
  executor: Executor,
  source: string,
  directoryKey: string,
  name: string,
): Promise<readonly KnownSubject[]> {
  const folded = foldKey(name)
  const directory = sql`(select no from directory where key = ${directoryKey})`
  const records = (which: RawBuilder<unknown>) => sql`
    select r.key as "sourceKey", a.account_id as "accountId", coalesce(nullif(r.label, ''), r.key) as label
    from source_record r left join link l on l.record = r.no and l.directory = ${directory}
      left join directory_account a on a.no = l.account
    where r.source = ${source} and ${which} limit ${mostSubjects}`
  const accounts = sql`
    select r.key as "sourceKey", a.account_id as "accountId", coalesce(nullif(a.label, ''), a.account_id) as label
    from directory_account a left join link l on l.account = a.no and l.source = ${source}
      left join source_record r on r.no = l.record
    where a.directory = ${directory} and (a.account_id = ${name} or a.label_key = ${folded}) limit ${mostSubjects}`
  const looks = [
    records(sql`(r.key = ${name} or r.label_key = ${folded})`),
    accounts,
    records(sql`r.label_key like ${anywhere(`<${folded}>`)}`),
  ]
  for (const look of looks) {
    const rows = await rowsOf<SubjectRow>(executor, look)
    if (rows.length > 0) {
      return rows.map((row) => ({ source, directoryKey, ...present<{ label: string }>(row as { label: string }) }))
    }
  }
  return []
}

/** See `ReportStore.remembered`. */
export async function remembered(
  executor: Executor,
  { source, directoryKey, accountId }: KnownSubject,
  at: number | undefined,
): Promise<Remembered> {
  const [account] = await rowsOf<{ no: number }>(
    executor,
    sql`select a.no from directory_account a join directory d on d.no = a.directory
        where d.key = ${directoryKey} and a.account_id = ${accountId ?? null}`,
  )
  if (account === undefined) return { memberships: [] }
  const mine = sql`x.account = ${account.no}`
  const links = rowsOf<NonNullable<Remembered['link']>>(
    executor,
    sql`select how, since from link where account = ${account.no} and source = ${source}
        ${at === undefined ? sql`` : sql`and since <= ${time(at)}`}`,
  )
  const states = rowsOf<NonNullable<Remembered['state']>>(
    executor,
    sql`select s.state as is, s.since from (${covering('account_state', mine, at)}) s`,
  )
  const grants = covering('membership_grant', sql`x.grp = m.grp and x.account = m.account`, at)
  const held = rowsOf<Remembered['memberships'][number]>(
    executor,
    sql`select g.group_id as id, g.name, m.since, m.from_run as run, coalesce(
          (select json_agg(json_build_object('connection', w.text, 'rule', r.text, 'adopted', v.adopted, 'run', v.from_run)
                           order by w.text)
           from (${grants}) v join word w on w.no = v.connection join word r on r.no = v.rule), '[]'::json) as grants
        from (${covering('membership', mine, at)}) m join directory_group g on g.no = m.grp order by g.name_key`,
  )
  const [[link], [state], memberships] = await Promise.all([links, states, held])
  return {
    ...(link === undefined ? {} : { link }),
    ...(state === undefined ? {} : { state }),
    memberships,
  }
}
