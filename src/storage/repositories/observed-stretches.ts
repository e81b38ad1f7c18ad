import { sql } from 'kysely'
import type { ActualGroup } from '../../domain/snapshot.ts'
import { type Executor, rowsOf } from '../database.ts'
import { ints } from '../rows.ts'
import type { Observed } from './observation-steps.ts'

/** Accounts of a group by number, from `after` (which is not meant) to `to`, and who of them a read saw in it, ascending. */
export interface Stretch {
  readonly grp: number
  readonly after: number
  readonly to: number
  readonly seen: Int32Array
  /** Whoever was not seen is not in it. */
  readonly isComplete: boolean
}

const largestNumber = 2_147_483_647
/** How many members are expected of a group beyond those seen; what is wrong about it costs one more look. */
const unseen = 100

/** Memberships of a read, so many at a time that their rows are likely to be read at once; `gone`: groups it did not tell. */
export function* seenIn(
  groups: readonly ActualGroup[],
  numbers: Int32Array,
  gone: readonly number[],
  accounts: Int32Array,
  most: number,
): Generator<readonly Stretch[]> {
  let together: Stretch[] = []
  let size = 0
  for (const stretch of stretchesOf(groups, numbers, gone, accounts, Math.ceil(most / 2))) {
    const more = stretch.seen.length + unseen
    if (together.length > 0 && size + more > most) {
      yield together
      together = []
      size = 0
    }
    together.push(stretch)
    size += more
  }
  if (together.length > 0) yield together
}

function* stretchesOf(
  groups: readonly ActualGroup[],
  numbers: Int32Array,
  gone: readonly number[],
  accounts: Int32Array,
  most: number,
): Generator<Stretch> {
  for (const [index, { accounts: positions, membersComplete }] of groups.entries()) {
    const seen = positions.map((position) => accounts[position] ?? 0).sort()
    let left: Stretch = { grp: numbers[index] ?? 0, after: 0, to: largestNumber, seen, isComplete: membersComplete }
    while (left.seen.length > most) {
      const [first, rest] = cut(left, left.seen[most - 1] ?? 0)
      yield first
      left = rest
    }
    yield left
  }
  for (const grp of gone) yield { grp, after: 0, to: largestNumber, seen: new Int32Array(), isComplete: true }
}

/** The stretch up to an account, and the rest of it. */
function cut(stretch: Stretch, at: number): readonly [Stretch, Stretch] {
  const next = stretch.seen.findIndex((account) => account > at)
  const end = next < 0 ? stretch.seen.length : next
  return [
    { ...stretch, to: at, seen: stretch.seen.subarray(0, end) },
    { ...stretch, after: at, seen: stretch.seen.subarray(end) },
  ]
}

/** The stretches with their open memberships, ascending; however many there are, no statement reads more than its size. */
export async function* believedIn(
  { database, sizes }: Observed,
  stretches: readonly Stretch[],
): AsyncGenerator<Stretch & { readonly believed: Int32Array }> {
  const queue = [stretches]
  for (let asked = queue.pop(); asked !== undefined; asked = queue.pop()) {
    const found = await openMembers(database.kysely, asked, sizes.read)
    const isAll = found.reduce((sum, { length }) => sum + length, 0) < sizes.read
    const [first] = asked
    if (isAll || first === undefined) {
      for (const [index, stretch] of asked.entries()) yield { ...stretch, believed: found[index] ?? new Int32Array() }
    } else if (asked.length > 1) {
      const half = Math.ceil(asked.length / 2)
      queue.push(asked.slice(half), asked.slice(0, half))
    } else {
      const believed = found[0] ?? new Int32Array()
      const [read, rest] = cut(first, believed.at(-1) ?? first.to)
      yield { ...read, believed }
      queue.push([rest])
    }
  }
}

/** In the order of the stretches; of a single one the lowest, if there are more. As texts, which cross the socket fastest. */
async function openMembers(executor: Executor, stretches: readonly Stretch[], most: number): Promise<Int32Array[]> {
  const rows = await rowsOf<{ at: number; members: string }>(
    executor,
    sql`select at, string_agg(account::text, ',') as members from (
          select given.at, m.account
          from unnest(${ints(stretches.keys())}, ${ints(stretches.map(({ grp }) => grp))},
              ${ints(stretches.map(({ after }) => after))}, ${ints(stretches.map(({ to }) => to))})
            as given(at, grp, low, high)
          cross join lateral (select account from membership where grp = given.grp and account > given.low
            and account <= given.high and until is null order by account limit ${most}) m
          limit ${most}) found
        group by at`,
  )
  const found = stretches.map(() => new Int32Array())
  for (const { at, members } of rows) found[at] = Int32Array.from(members.split(','), Number).sort()
  return found
}
