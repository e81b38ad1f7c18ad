import { sql } from 'kysely'
import { matcher } from '../../domain/pattern.ts'
import { builtInProtectedGroups } from '../../domain/policy.ts'
import type { ActualGroup } from '../../domain/snapshot.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import { closeMemberships, openMemberships, type Pair } from './intervals.ts'
import { type Observed, step } from './observation-steps.ts'
import { believedIn, seenIn } from './observed-stretches.ts'
import { enter, groupRegister, numberOf } from './registers.ts'

/** `accounts`: their numbers in the order of the snapshot. See `observe`. */
export async function observeMemberships(observed: Observed, accounts: Int32Array) {
  const { snapshot } = observed
  const groups = await observeGroups(observed)
  const unknown = new Set(Array.from(snapshot.membershipsUnknown, (position) => accounts[position] ?? 0))
  const gone = snapshot.groupsComplete ? await otherGroups(observed, new Set(groups)) : []
  const opened = differences(observed, openMemberships, takenAfter)
  const closed = differences(observed, closeMemberships, givenAfter)
  for (const stretches of seenIn(snapshot.groups, groups, gone, accounts, observed.sizes.read)) {
    for await (const { grp, isComplete, seen, believed } of believedIn(observed, stretches)) {
      compare(
        believed,
        seen,
        (account) => opened.note(grp, account),
        (account) => {
          if (isComplete && !unknown.has(account)) closed.note(grp, account)
        },
      )
    }
    await closed.write(observed.sizes.write)
    await opened.write(observed.sizes.write)
  }
  return { opened: await opened.write(1), closed: await closed.write(1) }
}

/** Names, and what administers something; tells the numbers of the groups in the order of the snapshot. */
async function observeGroups(observed: Observed): Promise<Int32Array> {
  const { directory, snapshot, sizes } = observed
  const numbers = new Int32Array(snapshot.groups.length)
  let done = 0
  for (const part of batches(snapshot.groups, sizes.write)) {
    const entered = await step(observed, async (transaction) => {
      const labels = new Map(part.map(({ id, name }) => [id, name]))
      const known = await enter(transaction, groupRegister, directory, labels, { rename: true })
      await noteAdministration(transaction, directory, part)
      return part.map(({ id }) => numberOf(known, id))
    })
    numbers.set(entered, done)
    done += part.length
  }
  return numbers
}

const isAdminName = matcher(builtInProtectedGroups)

/** Groups that administer something, for the report of administrators; one that is gone keeps its mark. */
async function noteAdministration(
  executor: Executor,
  directory: number,
  groups: readonly ActualGroup[],
): Promise<void> {
  const ids = texts(groups.flatMap(({ id, name, grantsAdmin }) => (grantsAdmin || isAdminName(name) ? [id] : [])))
  const seen = texts(groups.map(({ id }) => id))
  await sql`update directory_group set administers = group_id = any(${ids})
    where directory = ${directory} and group_id = any(${seen})
      and administers is distinct from (group_id = any(${ids}))`.execute(executor)
}

/** Numbers of the groups that the read did not tell. */
async function otherGroups({ database, directory }: Observed, seen: ReadonlySet<number>): Promise<number[]> {
  const rows = await rowsOf<{ no: number }>(
    database.kysely,
    sql`select no from directory_group where directory = ${directory}`,
  )
  return rows.flatMap(({ no }) => (seen.has(no) ? [] : [no]))
}

/** Gathers memberships of one kind of difference until they are worth a step. */
function differences(observed: Observed, intoStore: typeof openMemberships, writtenAfter: Newer) {
  let waiting: Pair[] = []
  let written = 0
  return {
    note: (grp: number, account: number) => {
      waiting.push({ grp, account })
    },
    /** Writes all full steps, and the rest if it has so many at least. Returns how many were written so far. */
    write: async (atLeast: number): Promise<number> => {
      if (waiting.length < atLeast) return written
      const pairs = waiting
      waiting = []
      for (const part of batches(pairs, observed.sizes.write)) {
        written += await step(observed, async (transaction) => {
          // What was written after the target was read is not what the read speaks of; it may have been written since we compared.
          const newer = await writtenAfter(transaction, part, observed.moment.at)
          const left = part.filter(({ grp, account }) => !newer.has(`${grp}:${account}`))
          await intoStore(transaction, left, observed.moment)
          return left.length
        })
      }
      return written
    },
  }
}

/** Tells which of some memberships a run wrote after an instant, as `group:account`. */
type Newer = (executor: Executor, pairs: readonly Pair[], instant: number) => Promise<ReadonlySet<string>>

/** Those that were taken away; asked of each group once, whose past may be long. */
const takenAfter: Newer = async (executor, pairs, instant) => {
  const rows = await rowsOf<{ pair: string }>(
    executor,
    sql`select given.grp || ':' || m.account as pair from unnest(${ints(new Set(pairs.map(({ grp }) => grp)))}) as given(grp)
        cross join lateral (
          select account from membership where grp = given.grp and until is not null and until > ${time(instant)} offset 0) m`,
  )
  return new Set(rows.map(({ pair }) => pair))
}

/** Those that were given. */
const givenAfter: Newer = async (executor, pairs, instant) => {
  const rows = await rowsOf<{ pair: string }>(
    executor,
    sql`select given.grp || ':' || given.account as pair
        from unnest(${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))})
          as given(grp, account)
        cross join lateral (select since from membership
          where grp = given.grp and account = given.account and until is null offset 0) m
        where m.since > ${time(instant)}`,
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
