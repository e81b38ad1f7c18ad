import { sql } from 'kysely'
import type { AccountState } from '../../domain/account.ts'
import type { Executor } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import { endTaken } from './taken-memberships.ts'

/** Opening and closing of history intervals (D11). A run and an instant stand at both ends. */
export interface Moment {
  readonly run: number
  readonly at: number
}

/** One membership by the numbers of group and account. */
export interface Pair {
  readonly grp: number
  readonly account: number
}

export async function openMemberships(executor: Executor, pairs: readonly Pair[], { run, at }: Moment): Promise<void> {
  for (const part of batches(pairs)) {
    await sql`insert into membership (grp, account, from_run, since)
      select grp, account, ${run}, ${time(at)} from unnest(${numbers(part)}) as given(grp, account)
      on conflict (grp, account) where until is null do nothing`.execute(executor)
  }
  await endTaken(executor, pairs, at)
}

/** `until` is never before `since`: an interval opened a moment ago has length zero. */
export async function closeMemberships(executor: Executor, pairs: readonly Pair[], { run, at }: Moment): Promise<void> {
  for (const part of batches(pairs)) {
    await sql`update membership m set to_run = ${run}, until = greatest(${time(at)}, m.since)
      from unnest(${numbers(part)}) as given(grp, account)
      where m.grp = given.grp and m.account = given.account and m.until is null`.execute(executor)
  }
}

export interface StateOf {
  readonly account: number
  readonly state: AccountState
}

/** Ends whatever state the accounts had and opens the new one; accounts that have it already are left alone. */
export async function changeStates(executor: Executor, states: readonly StateOf[], moment: Moment): Promise<void> {
  for (const part of batches(states)) {
    const given = sql`unnest(${ints(part.map(({ account }) => account))}, ${texts(part.map(({ state }) => state))}) as given(account, state)`
    await sql`update account_state s set to_run = ${moment.run}, until = greatest(${time(moment.at)}, s.since)
      from ${given} where s.account = given.account and s.until is null and s.state <> given.state`.execute(executor)
    await sql`insert into account_state (account, from_run, since, state)
      select account, ${moment.run}, ${time(moment.at)}, state from ${given}
      on conflict (account) where until is null do nothing`.execute(executor)
  }
}

export async function endStates(executor: Executor, accounts: readonly number[], { run, at }: Moment): Promise<void> {
  for (const part of batches(accounts)) {
    await sql`update account_state s set to_run = ${run}, until = greatest(${time(at)}, s.since)
      where s.account = any(${ints(part)}) and s.until is null`.execute(executor)
  }
}

function numbers(pairs: readonly Pair[]) {
  return sql`${ints(pairs.map(({ grp }) => grp))}, ${ints(pairs.map(({ account }) => account))}`
}
