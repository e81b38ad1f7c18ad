import { sql } from 'kysely'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import { type Database, type Executor, rowsOf } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import { changeStates, endStates, type Moment, type StateOf } from './intervals.ts'
import { type Observed, observedSizes, step } from './observation-steps.ts'
import { observeMemberships } from './observed-memberships.ts'
import { accountRegister, directoryNumber, enter, numberOf, runNumber } from './registers.ts'

/** So many new rows make the planner's statistics worthless; nobody else gathers them on the embedded store. */
const rowsWorthAnalysing = 10_000

/**
 * A complete read against what was believed so far; see `DirectoryStore.observe`. It is stored in short steps, because the
 * embedded store serves nobody else while a transaction is open. Each step is true by itself: an interval is opened or closed
 * because the read said so, together with everything that follows from it for that account or membership, and never against
 * what was written after the target was read. So whoever comes between two steps sees facts of this read beside facts of the
 * one before, and what a crash leaves undone differs from the next read, which then stores it.
 */
export async function observe(
  database: Database,
  runId: string,
  snapshot: TargetSnapshot,
  sizes = observedSizes,
): Promise<{ readonly opened: number; readonly closed: number }> {
  const moment: Moment = { run: await runNumber(database.kysely, runId), at: snapshot.takenAt }
  const directory = await directoryNumber(database.kysely, snapshot.directoryKey)
  const observed: Observed = { database, snapshot, directory, moment, sizes }
  const { numbers, ...states } = await observeAccounts(observed)
  const memberships = await observeMemberships(observed, numbers)
  const opened = states.opened + memberships.opened
  const closed = states.closed + memberships.closed
  if (opened + closed >= rowsWorthAnalysing) {
    for (const table of ['membership', 'account_state', 'directory_account', 'directory_group']) {
      await sql`analyze ${sql.table(table)}`.execute(database.kysely)
    }
  }
  return { opened, closed }
}

type Account = TargetSnapshot['accounts'][number]

/** Names, kinds and states; also tells the numbers of the accounts in the order of the snapshot. */
async function observeAccounts(observed: Observed) {
  const { snapshot, sizes } = observed
  const numbers = new Int32Array(snapshot.accounts.length)
  let [done, opened, closed] = [0, 0, 0]
  for (const part of batches(snapshot.accounts, sizes.write)) {
    const seen = await step(observed, async (transaction) => await observeSome(transaction, observed, part))
    numbers.set(seen.numbers, done)
    done += part.length
    opened += seen.opened
    closed += seen.replaced
  }
  if (snapshot.accountsComplete) closed += await endVanished(observed, new Set(numbers))
  return { numbers, opened, closed }
}

async function observeSome(executor: Executor, { directory, moment }: Observed, accounts: readonly Account[]) {
  const labels = new Map(accounts.map((account) => [account.id, labelOf(account)]))
  const entered = await enter(executor, accountRegister, directory, labels, { rename: true })
  const numbers = accounts.map(({ id }) => numberOf(entered, id))
  await noteKinds(executor, accounts, numbers)
  const known = new Map((await openStates(executor, numbers)).map((row) => [row.account, row]))
  const changed: StateOf[] = []
  let replaced = 0
  for (const [index, { state }] of accounts.entries()) {
    const account = numbers[index] ?? 0
    const before = known.get(account)
    if (before?.state === state || isNewerThan(before, moment.at)) continue
    changed.push({ account, state })
    if (before !== undefined) replaced += 1
  }
  await endLiftedDeactivations(
    executor,
    changed.flatMap(({ account, state }) => (state === 'active' ? [account] : [])),
    moment,
  )
  await changeStates(executor, changed, moment)
  return { numbers, opened: changed.length, replaced }
}

function labelOf({ displayName, email, userName }: Account): string {
  return email ?? userName ?? displayName ?? ''
}

async function noteKinds(executor: Executor, accounts: readonly Account[], numbers: readonly number[]): Promise<void> {
  const others = accounts.flatMap(({ kind }, index) => (kind === 'person' ? [] : [{ kind, no: numbers[index] ?? 0 }]))
  if (others.length === 0) return
  await sql`update directory_account a set kind = given.kind
    from unnest(${ints(others.map(({ no }) => no))}, ${texts(others.map(({ kind }) => kind))}) as given(no, kind)
    where a.no = given.no and a.kind is distinct from given.kind`.execute(executor)
}

interface OpenState {
  readonly account: number
  readonly state: string
  readonly since: number
}

/** One look into the index for each account; `offset 0` keeps the planner from reading the table instead. */
async function openStates(executor: Executor, accounts: readonly number[]): Promise<OpenState[]> {
  return await rowsOf<OpenState>(
    executor,
    sql`select s.account, s.state, s.since from unnest(${ints(accounts)}) as given(no) cross join lateral (
          select account, state, since from account_state where account = given.no and until is null offset 0) s`,
  )
}

/** Ends the states of accounts that the read would have told if they were still there. */
async function endVanished(observed: Observed, seen: ReadonlySet<number>): Promise<number> {
  const { database, directory, moment, sizes } = observed
  let ended = 0
  for (let after = 0; ; ) {
    const page = await rowsOf<{ no: number }>(
      database.kysely,
      sql`select no from directory_account where no > ${after} and directory = ${directory} order by no limit ${sizes.read}`,
    )
    const missing = page.flatMap(({ no }) => (seen.has(no) ? [] : [no]))
    for (const part of batches(missing, sizes.write)) {
      ended += await step(observed, async (transaction) => {
        const open = (await openStates(transaction, part)).filter((row) => !isNewerThan(row, moment.at))
        await endStates(
          transaction,
          open.map(({ account }) => account),
          moment,
        )
        return open.length
      })
    }
    if (page.length < sizes.read) return ended
    after = page.at(-1)?.no ?? 0
  }
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
