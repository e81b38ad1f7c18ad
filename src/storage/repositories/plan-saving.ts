import { sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { ChangeRecord, Plan } from '../../domain/plan.ts'
import type { StorageContext } from '../context.ts'
import { type Database, type Executor, inTransaction, rowsOf } from '../database.ts'
import { ensureMonths, tableOf } from '../partitions.ts'
import { batches, ints, json, jsonText, texts, time } from '../rows.ts'
import { accessWord } from './access-word.ts'
import { holdWord, outcomeCodes, stateCodes } from './plan-rows.ts'
import {
  accountRegister,
  directoryNumber,
  type Entry,
  enter,
  groupRegister,
  numberOf,
  recordRegister,
  sourceGroupRegister,
  words,
} from './registers.ts'

interface Draft {
  readonly no: number
  readonly month: string
  readonly directory: number
  /** Under which the people and groups of this plan are registered. */
  readonly source: string
}

/** A plan whose saving was interrupted is never seen; after a day nobody can still be at it. */
const abandonedAfterHours = 24
const keptCountsHours = 48
const rowsWorthAnalysing = 10_000
/** Changes that one transaction writes or deletes: the embedded store serves nobody else meanwhile. */
const together = 2_000

/** Rows first, in batches of their own, then the header: see `PlanStore.save`. */
export async function savePlan(
  { database, now }: StorageContext,
  plan: Plan,
  changes: Iterable<readonly ChangeRecord[]>,
): Promise<void> {
  await clearAbandoned(database, plan.connection, now())
  const draft = await begin(database, plan)
  let count = 0
  try {
    for (const given of changes) {
      for (const part of batches(given, together)) {
        await inTransaction(database, async (transaction) => await writeChanges(transaction, draft, part))
        count += part.length
      }
    }
    if (count >= rowsWorthAnalysing) await analyse(database, draft.month)
    await sql`update plan set visible = true where no = ${draft.no}`.execute(database.kysely)
  } catch (error) {
    await drop(database, draft).catch(() => undefined)
    throw error
  }
}

async function analyse(database: Database, month: string): Promise<void> {
  await sql`analyze ${sql.table(tableOf(month))}`.execute(database.kysely)
}

async function begin(database: Database, plan: Plan): Promise<Draft> {
  const month = `${new Date(plan.createdAt).toISOString().slice(0, 7)}-01`
  await ensureMonths(database, month)
  return await inTransaction(database, async (transaction) => {
    const directory = await directoryNumber(transaction, plan.directoryKey)
    const source = await sourceOf(transaction, plan.connection)
    const [row] = await rowsOf<{ no: number }>(
      transaction,
      sql`insert into plan (id, month, run_id, connection, source, directory, created_at, connection_version,
            semantics_version, source_snapshot_id, target_snapshot_id, fingerprint, guards, summary)
          values (${plan.id}, ${month}::date, ${plan.runId}, ${plan.connection}, ${source}, ${directory},
            ${time(plan.createdAt)}, ${plan.connectionVersion}, ${plan.semanticsVersion}, ${plan.sourceSnapshotId},
            ${plan.targetSnapshotId}, ${plan.fingerprint}, ${json(plan.guards)}, ${json(plan.summary)})
          returning no`,
    )
    return { no: row?.no ?? 0, month, directory, source }
  })
}

/** The source a connection reads; a connection that is not saved (yet) keeps its people apart. */
async function sourceOf(executor: Executor, connection: string): Promise<string> {
  const [row] = await rowsOf<{ source: string | null }>(
    executor,
    sql`select document ->> 'source' as source from config_object where kind = 'connection' and key = ${connection}
        order by version desc limit 1`,
  )
  return row?.source ?? `connection:${connection}`
}

async function clearAbandoned(database: Database, connection: string, now: number): Promise<void> {
  const drafts = await rowsOf<{ no: number; month: string }>(
    database.kysely,
    sql`select no, month::text as month from plan where not visible and connection = ${connection}
        and stored_at < now() - ${abandonedAfterHours} * interval '1 hour'`,
  )
  for (const draft of drafts) await drop(database, draft)
  await sql`delete from applied_count where connection = ${connection}
    and minute < ${time(now)} - ${keptCountsHours} * interval '1 hour'`.execute(database.kysely)
}

/** Whatever a crash leaves of it is found again by its header, which goes last. */
async function drop({ kysely }: Database, { no, month }: Pick<Draft, 'no' | 'month'>): Promise<void> {
  const ofDraft = sql`month = ${month}::date and plan = ${no}`
  const [row] = await rowsOf<{ last: number | null }>(
    kysely,
    sql`select max(seq) as last from plan_change where ${ofDraft}`,
  )
  for (let from = 0; from < (row?.last ?? 0); from += together) {
    await sql`delete from plan_change where ${ofDraft} and seq > ${from} and seq <= ${from + together}`.execute(kysely)
  }
  await sql`delete from plan where no = ${no} and not visible`.execute(kysely)
}

interface Registered {
  readonly accounts: ReadonlyMap<string, Entry>
  readonly groups: ReadonlyMap<string, Entry>
  readonly people: ReadonlyMap<string, Entry>
  readonly sourceGroups: ReadonlyMap<string, Entry>
  readonly words: ReadonlyMap<string, number>
}

async function registerAll(executor: Executor, { directory, source }: Draft, changes: readonly ChangeRecord[]) {
  const accounts = new Map<string, string>()
  const groups = new Map<string, string>()
  const people = new Map<string, string>()
  const sourceGroups = new Map<string, string>()
  const texts = new Set<string>()
  for (const change of changes) {
    if (change.account !== undefined && 'id' in change.account)
      accounts.set(change.account.id, change.accountLabel ?? '')
    if (change.group !== undefined && 'id' in change.group) groups.set(change.group.id, change.groupLabel ?? '')
    if (change.person !== undefined) people.set(change.person.key, change.person.label)
    if (change.sourceGroup !== undefined) sourceGroups.set(change.sourceGroup.key, change.sourceGroup.label)
    const access = change.access === undefined ? undefined : accessWord(change.access)
    for (const word of [change.kind, change.reason, change.rule, holdWord(change.stateReasons), access]) {
      if (word !== undefined) texts.add(word)
    }
  }
  return {
    words: await words(executor, texts),
    accounts: await enter(executor, accountRegister, directory, accounts, { rename: false }),
    groups: await enter(executor, groupRegister, directory, groups, { rename: false }),
    people: await enter(executor, recordRegister, source, people, { rename: true }),
    sourceGroups: await enter(executor, sourceGroupRegister, source, sourceGroups, { rename: true }),
  } satisfies Registered
}

/** A row with nothing but numbers, unless a label is not the registered one or values change. */
function rowFor(change: ChangeRecord, known: Registered) {
  const { account, group, person, sourceGroup } = change
  const hold = holdWord(change.stateReasons)
  const accountEntry = account !== undefined && 'id' in account ? known.accounts.get(account.id) : undefined
  const groupEntry = group !== undefined && 'id' in group ? known.groups.get(group.id) : undefined
  const accountLabel = change.accountLabel === accountEntry?.label ? undefined : change.accountLabel
  const groupLabel = change.groupLabel === groupEntry?.label ? undefined : change.groupLabel
  const ownLabels = [accountLabel, groupLabel].filter((label) => label !== undefined)
  return {
    account: accountEntry?.no,
    group: groupEntry?.no,
    accountBy: account !== undefined && 'createdBy' in account ? account.createdBy : undefined,
    groupBy: group !== undefined && 'createdBy' in group ? group.createdBy : undefined,
    person: person === undefined ? undefined : numberOf(known.people, person.key),
    sourceGroup: sourceGroup === undefined ? undefined : numberOf(known.sourceGroups, sourceGroup.key),
    kind: numberOf(known.words, change.kind),
    reason: numberOf(known.words, change.reason),
    rule: numberOf(known.words, change.rule),
    hold: hold === undefined ? undefined : numberOf(known.words, hold),
    accountLabel,
    groupLabel,
    labelKey: ownLabels.length === 0 ? undefined : foldKey(ownLabels.join('\n')),
    needs: change.needs.length === 0 ? undefined : `{${change.needs.join(',')}}`,
    before: jsonText(change.before),
    after: jsonText(change.after),
    access: change.access === undefined ? undefined : numberOf(known.words, accessWord(change.access)),
    lead: jsonText(change.lead),
    joins: change.joins === undefined ? undefined : `{${change.joins.join(',')}}`,
    cause: change.cause === undefined ? undefined : 1,
  }
}

async function writeChanges(executor: Executor, draft: Draft, changes: readonly ChangeRecord[]): Promise<void> {
  const known = await registerAll(executor, draft, changes)
  const rows = changes.map((change) => rowFor(change, known))
  const outcome = changes.map((change) => (change.outcome === undefined ? undefined : outcomeCodes[change.outcome]))
  await sql`
    insert into plan_change (month, plan, seq, kind, reason, rule, account, grp, person, source_group, hold,
      account_by, group_by, state, outcome, account_label, group_label, label_key, needs, before_values, after_values,
      access, lead, joins, cause)
    select ${draft.month}::date, ${draft.no}, seq, kind, reason, rule, account, grp, person, source_group, hold,
      account_by, group_by, state, outcome, account_label, group_label, label_key, needs::int[], before::json, after::json,
      access, lead::json, joins::int[], cause
    from unnest(
      ${ints(changes.map(({ seq }) => seq))}, ${ints(rows.map(({ kind }) => kind))},
      ${ints(rows.map(({ reason }) => reason))}, ${ints(rows.map(({ rule }) => rule))},
      ${ints(rows.map(({ account }) => account))}, ${ints(rows.map(({ group }) => group))},
      ${ints(rows.map(({ person }) => person))}, ${ints(rows.map(({ sourceGroup }) => sourceGroup))},
      ${ints(rows.map(({ hold }) => hold))}, ${ints(rows.map(({ accountBy }) => accountBy))},
      ${ints(rows.map(({ groupBy }) => groupBy))}, ${ints(changes.map(({ state }) => stateCodes[state]))}, ${ints(outcome)},
      ${texts(rows.map(({ accountLabel }) => accountLabel))}, ${texts(rows.map(({ groupLabel }) => groupLabel))},
      ${texts(rows.map(({ labelKey }) => labelKey))}, ${texts(rows.map(({ needs }) => needs))},
      ${texts(rows.map(({ before }) => before))}, ${texts(rows.map(({ after }) => after))},
      ${ints(rows.map(({ access }) => access))}, ${texts(rows.map(({ lead }) => lead))}, ${texts(rows.map(({ joins }) => joins))}, ${ints(rows.map(({ cause }) => cause))}
    ) as given(seq, kind, reason, rule, account, grp, person, source_group, hold, account_by, group_by, state,
      outcome, account_label, group_label, label_key, needs, before, after, access, lead, joins, cause)`.execute(
    executor,
  )
}
