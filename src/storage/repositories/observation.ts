import { sql } from 'kysely'
import { matcher } from '../../domain/pattern.ts'
import { builtInProtectedGroups } from '../../domain/policy.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import { type Database, type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import {
  changeStates,
  closeMemberships,
  endStates,
  type Moment,
  openMemberships,
  type Pair,
  type StateOf,
} from './intervals.ts'
import { accountRegister, directoryNumber, enter, groupRegister, numberOf, runNumber } from './registers.ts'

/** So many new rows make the planner's statistics worthless; nobody else gathers them on the embedded store. */
const rowsWorthAnalysing = 10_000

/** A complete read against what was believed so far; see `DirectoryStore.observe`. */
export async function observe(
  database: Database,
  runId: string,
  snapshot: TargetSnapshot,
): Promise<{ readonly opened: number; readonly closed: number }> {
  return await inTransaction(database, async (transaction) => {
    await serialize(transaction, `directory ${snapshot.directoryKey}`)
    const moment: Moment = { run: await runNumber(transaction, runId), at: snapshot.takenAt }
    const directory = await directoryNumber(transaction, snapshot.directoryKey)
    const accounts = await accountNumbers(transaction, directory, snapshot)
    const states = await observeStates(transaction, directory, snapshot, accounts, moment)
    const memberships = await observeMemberships(transaction, directory, snapshot, accounts, moment)
    const opened = states.opened + memberships.opened
    const closed = states.closed + memberships.closed
    if (opened + closed >= rowsWorthAnalysing) {
      await sql`analyze membership, account_state, directory_account, directory_group`.execute(transaction)
    }
    return { opened, closed }
  })
}

/** Numbers of the accounts in the order of the snapshot. */
async function accountNumbers(
  executor: Executor,
  directory: number,
  { accounts }: TargetSnapshot,
): Promise<Int32Array> {
  const labels = new Map(accounts.map((account) => [account.id, labelOf(account)]))
  const numbers = await enter(executor, accountRegister, directory, labels, { rename: true })
  const others = accounts.filter(({ kind }) => kind !== 'person')
  for (const part of batches(others)) {
    await sql`update directory_account a set kind = given.kind
      from unnest(${ints(part.map(({ id }) => numberOf(numbers, id)))}, ${texts(part.map(({ kind }) => kind))})
        as given(no, kind)
      where a.no = given.no and a.kind is distinct from given.kind`.execute(executor)
  }
  return Int32Array.from(accounts, ({ id }) => numberOf(numbers, id))
}

function labelOf({ displayName, email, userName }: TargetSnapshot['accounts'][number]): string {
  return email ?? userName ?? displayName ?? ''
}

interface OpenState {
  readonly account: number
  readonly state: string
  readonly since: number
}

async function observeStates(
  executor: Executor,
  directory: number,
  { accounts, accountsComplete, takenAt }: TargetSnapshot,
  numbers: Int32Array,
  moment: Moment,
) {
  const rows = await rowsOf<OpenState>(
    executor,
    sql`select s.account, s.state, s.since from account_state s join directory_account a on a.no = s.account
        where a.directory = ${directory} and s.until is null`,
  )
  const known = new Map(rows.map((row) => [row.account, row]))
  const changed: StateOf[] = []
  let replaced = 0
  for (const [index, { state }] of accounts.entries()) {
    const account = numbers[index] ?? 0
    const before = known.get(account)
    known.delete(account)
    if (before?.state === state || isNewerThan(before, takenAt)) continue
    changed.push({ account, state })
    if (before !== undefined) replaced += 1
  }
  await endLiftedDeactivations(
    executor,
    changed.flatMap(({ account, state }) => (state === 'active' ? [account] : [])),
    moment,
  )
  const vanished = accountsComplete ? [...known.values()].filter((row) => !isNewerThan(row, takenAt)) : []
  await changeStates(executor, changed, moment)
  await endStates(
    executor,
    vanished.map(({ account }) => account),
    moment,
  )
  return { opened: changed.length, closed: replaced + vanished.length }
}

/** A deactivation may stay invisible for so long after it was made; until then nobody else can be said to have lifted it. */
const settlingMs = 5 * 60_000

/** Whoever lifted our deactivation: one that somebody makes later is not ours to lift any more (D8). */
async function endLiftedDeactivations(executor: Executor, accounts: readonly number[], { at }: Moment): Promise<void> {
  if (accounts.length === 0) return
  await sql`update deactivation set until = ${time(at)}
    where account = any(${ints(accounts)}) and until is null and since < ${time(at - settlingMs)}`.execute(executor)
}

/** What we wrote after the target was read is not what the read speaks of. */
function isNewerThan(row: { readonly since: number } | undefined, takenAt: number): boolean {
  return row !== undefined && row.since > takenAt
}

async function observeMemberships(
  executor: Executor,
  directory: number,
  snapshot: TargetSnapshot,
  accounts: Int32Array,
  moment: Moment,
) {
  const labels = new Map(snapshot.groups.map(({ id, name }) => [id, name]))
  const groups = await enter(executor, groupRegister, directory, labels, { rename: true })
  await noteAdministration(executor, directory, snapshot)
  const believed = await openMembers(executor, directory)
  const unknown = new Set(Array.from(snapshot.membershipsUnknown, (position) => accounts[position] ?? 0))
  const fresh = await pairsWrittenAfter(executor, directory, snapshot.takenAt)
  const opened: Pair[] = []
  const closed: Pair[] = []
  const note = (list: Pair[], grp: number, account: number) => {
    if (!fresh.has(`${grp}:${account}`)) list.push({ grp, account })
  }
  const noteGone = (grp: number, account: number) => {
    if (!unknown.has(account)) note(closed, grp, account)
  }
  for (const group of snapshot.groups) {
    const grp = numberOf(groups, group.id)
    const seen = group.accounts.map((position) => accounts[position] ?? 0).sort()
    const before = believed.get(grp) ?? new Int32Array()
    believed.delete(grp)
    compare(
      before,
      seen,
      (account) => note(opened, grp, account),
      (account) => {
        if (group.membersComplete) noteGone(grp, account)
      },
    )
  }
  if (snapshot.groupsComplete) {
    for (const [grp, members] of believed) for (const account of members) noteGone(grp, account)
  }
  await closeMemberships(executor, closed, moment)
  await openMemberships(executor, opened, moment)
  return { opened: opened.length, closed: closed.length }
}

const isAdminName = matcher(builtInProtectedGroups)

/** Groups that administer something, for the report of administrators; one that is gone keeps its mark. */
async function noteAdministration(executor: Executor, directory: number, { groups }: TargetSnapshot): Promise<void> {
  const ids = texts(groups.flatMap(({ id, name, grantsAdmin }) => (grantsAdmin || isAdminName(name) ? [id] : [])))
  const seen = texts(groups.map(({ id }) => id))
  await sql`update directory_group set administers = group_id = any(${ids})
    where directory = ${directory} and group_id = any(${seen})
      and administers is distinct from (group_id = any(${ids}))`.execute(executor)
}

/** Open memberships by group, accounts ascending; as one text per group, which crosses the socket fastest. */
async function openMembers(executor: Executor, directory: number): Promise<Map<number, Int32Array>> {
  const rows = await rowsOf<{ grp: number; members: string }>(
    executor,
    sql`select m.grp, string_agg(m.account::text, ',') as members
        from membership m join directory_group g on g.no = m.grp
        where g.directory = ${directory} and m.until is null group by m.grp`,
  )
  return new Map(rows.map(({ grp, members }) => [grp, Int32Array.from(members.split(','), Number).sort()]))
}

/** Memberships that a run added or removed after the target was read. */
async function pairsWrittenAfter(executor: Executor, directory: number, takenAt: number): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ pair: string }>(
    executor,
    sql`select m.grp || ':' || m.account as pair from membership m join directory_group g on g.no = m.grp
        where g.directory = ${directory} and (m.since > ${time(takenAt)} or m.until > ${time(takenAt)})`,
  )
  return new Set(rows.map(({ pair }) => pair))
}

/** Merge of two ascending lists, each number once. */
function compare(
  before: Int32Array,
  now: Int32Array,
  onAdded: (value: number) => void,
  onGone: (value: number) => void,
): void {
  let [left, right] = [0, 0]
  while (left < before.length || right < now.length) {
    const was = before[left] ?? Number.POSITIVE_INFINITY
    const is = now[right] ?? Number.POSITIVE_INFINITY
    if (was === is) {
      left += 1
      right += 1
    } else if (was < is) {
      onGone(was)
      left += 1
    } else {
      onAdded(is)
      right += 1
    }
  }
}
