import { sql } from 'kysely'
import type { Choice, Decision, DecisionEffect, Subject } from '../../domain/decision.ts'
import { fail } from '../../domain/errors.ts'
import type { DecisionStore, KeptDecision } from '../../ports/decisions.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf } from '../database.ts'
import { batches, ints, limitOf, numberCursor, present, slice, time } from '../rows.ts'
import { remember as rememberException } from './exceptions.ts'
import {
  accountRegister,
  enter,
  groupRegister,
  numberOf,
  type Register,
  recordRegister,
  sourceGroupRegister,
} from './registers.ts'
import { endTakenFrom } from './taken-memberships.ts'

interface ItemRow {
  readonly connection: string
  readonly directory: number | null
  readonly reason: string
  readonly subject: string
  readonly label: string
  readonly about: Subject | null
}

interface DecisionRow {
  readonly no: number
  readonly directoryKey: string
  readonly of: Subject['of']
  readonly source: string
  readonly key: string
  readonly rule: string
  readonly decision: Decision['decision']
  readonly object: string
  readonly label: string
  readonly decidedAt: number
  readonly decidedBy: string
}

const largestNumber = 2_147_483_647

/** One act of deciding: who, when, about what. */
interface Act {
  readonly executor: Executor
  /** The connection that asked. */
  readonly connection: string
  readonly directory: number
  readonly about: Subject
  readonly label: string
  readonly by: string
  readonly at: number
}

export function decisionStore({ database, now }: StorageContext): DecisionStore {
  return {
    decide: async (itemId, choice, effects, by) =>
      await inTransaction(database, async (transaction) => {
        const [item] = await rowsOf<ItemRow>(
          transaction,
          sql`select connection, directory, reason, subject, label, about from work_item
              where id = ${itemId} and closed_at is null for update`,
        )
        if (item === undefined) {
          throw fail.conflict('This item was closed meanwhile.', { hint: 'What is still open: muster items' })
        }
        if (item.about === null || item.directory === null) throw fail.bug(`Item ${itemId} cannot be decided.`)
        const act = {
          executor: transaction,
          connection: item.connection,
          directory: item.directory,
          about: item.about,
          label: item.label,
          by,
          at: now(),
        }
        for (const effect of effects) await carryOut(act, effect)
        await close(act, item, choice)
      }),
    list: async (page) => {
      const rows = await rowsOf<DecisionRow>(
        database.kysely,
        sql`select n.no, d.key as "directoryKey", n.subject as "of", n.source, n.key, n.rule, n.decision, n.object, n.label,
              n.decided_at as "decidedAt", n.decided_by as "decidedBy"
            from decision n join directory d on d.no = n.directory
            where n.ended_at is null and n.no < ${numberCursor(page, largestNumber)}
            order by n.no desc limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, keptDecision, ({ no }) => no)
    },
    end: async (ids, by) => {
      let ended = 0
      const numbers = ids.filter((id) => /^\d{1,9}$/.test(id)).map(Number)
      for (const part of batches(numbers)) {
        const rows = await rowsOf(
          database.kysely,
          sql`update decision set ended_at = ${time(now())}, ended_by = ${by}
              where no = any(${ints(part)}) and ended_at is null returning no`,
        )
        ended += rows.length
      }
      return ended
    },
  }
}

/** Decisions about people and groups of one source in one directory, for the planner. */
export async function readDecisions(executor: Executor, directory: number, source: string): Promise<Decision[]> {
  const rows = await rowsOf<Omit<DecisionRow, 'directoryKey' | 'label' | 'decidedAt' | 'decidedBy'>>(
    executor,
    sql`select no, subject as "of", source, key, rule, decision, object from decision
        where directory = ${directory} and source = ${source} and ended_at is null order by no`,
  )
  return rows.map(decisionOf)
}

function decisionOf({
  no,
  of,
  source,
  key,
  rule,
  decision,
  object,
}: Pick<DecisionRow, 'no' | 'of' | 'source' | 'key' | 'rule' | 'decision' | 'object'>): Decision {
  return {
    id: String(no),
    subject: { of, source, key, ...(rule === '' ? {} : { rule }) },
    decision,
    ...(object === '' ? {} : { objectId: object }),
  }
}

function keptDecision(row: DecisionRow): KeptDecision {
  const { directoryKey, label, decidedAt, decidedBy } = row
  return present<KeptDecision>({ ...decisionOf(row), directoryKey, label, decidedAt, decidedBy })
}

async function carryOut(act: Act, effect: DecisionEffect): Promise<void> {
  const { executor, directory, about, at } = act
  switch (effect.effect) {
    case 'link': {
      const record = await entered(executor, recordRegister, about.source, about.key)
      const account = await entered(executor, accountRegister, directory, effect.accountId)
      // Within one source an account has one link: whoever had it loses it (D2).
      await sql`delete from link where source = ${about.source} and account = ${account} and record <> ${record}`.execute(
        executor,
      )
      await sql`update account_grant v set until = greatest(${time(at)}, v.since) from source_record r
        where v.account = ${account} and v.until is null and r.no = v.record and r.source = ${about.source}
          and v.record <> ${record}`.execute(executor)
      await sql`insert into link (directory, record, account, source, how, since)
        values (${directory}, ${record}, ${account}, ${about.source}, 'decided', ${time(at)})
        on conflict (directory, record) do update set account = excluded.account, how = 'decided', since = excluded.since`.execute(
        executor,
      )
      return
    }
    case 'unlink': {
      const account = await entered(executor, accountRegister, directory, effect.accountId)
      await sql`delete from link where directory = ${directory} and source = ${about.source} and account = ${account}`.execute(
        executor,
      )
      await endWhatRestsOn(act, 'account', account)
      return
    }
    case 'link-group': {
      const from = await entered(executor, sourceGroupRegister, about.source, about.key)
      const group = await entered(executor, groupRegister, directory, effect.groupId)
      await sql`insert into group_link (directory, source_group, rule, grp, since)
        values (${directory}, ${from}, ${about.rule ?? ''}, ${group}, ${time(at)})
        on conflict (directory, source_group, rule) do update set grp = excluded.grp, since = excluded.since,
          source_name = null, name = null`.execute(executor)
      return
    }
    case 'unlink-group': {
      const group = await entered(executor, groupRegister, directory, effect.groupId)
      await sql`delete from group_link l using source_group s
        where l.directory = ${directory} and l.grp = ${group} and l.rule = ${about.rule ?? ''}
          and s.no = l.source_group and s.source = ${about.source} and s.key = ${about.key}`.execute(executor)
      await endWhatRestsOn(act, 'grp', group)
      return
    }
    case 'leave-taken':
      return await endTakenFrom(executor, await entered(executor, accountRegister, directory, effect.accountId), at)
    case 'leave-suspended': {
      const { accountId } = effect
      const decided = { about: { kind: 'account-suspended', accountId }, decision: 'keep', label: act.label } as const
      return await rememberException(executor, { ...act, comment: undefined }, [decided])
    }
    case 'remember':
      return await remember(act, effect)
  }
}

async function entered(executor: Executor, register: Register, scope: string | number, id: string): Promise<number> {
  return numberOf(await enter(executor, register, scope, new Map([[id, '']]), { rename: false }), id)
}

/** What is gone from the target keeps nothing in the ledger, and no deactivation of ours. */
async function endWhatRestsOn({ executor, at }: Act, column: 'account' | 'grp', no: number): Promise<void> {
  const ledgers =
    column === 'grp' ? ['membership_grant'] : ['membership_grant', 'product_access', 'account_grant', 'deactivation']
  for (const table of ledgers) {
    await sql`update ${sql.table(table)} set until = greatest(${time(at)}, since)
      where ${sql.ref(column)} = ${no} and until is null`.execute(executor)
  }
}

async function remember(
  { executor, directory, about, label, by, at }: Act,
  { decision, objectId }: DecisionEffect & { readonly effect: 'remember' },
): Promise<void> {
  await sql`insert into decision (directory, subject, source, key, rule, decision, object, label, decided_at, decided_by)
    values (${directory}, ${about.of}, ${about.source}, ${about.key}, ${about.rule ?? ''}, ${decision}, ${objectId ?? ''},
      ${label}, ${time(at)}, ${by})
    on conflict (directory, subject, source, key, rule, decision, object) where ended_at is null do nothing`.execute(
    executor,
  )
}

/** Other connections of the source opened the same item: the answer is theirs, too. */
async function close({ executor, directory, by, at }: Act, item: ItemRow, { decision }: Choice): Promise<void> {
  await sql`update work_item set closed_at = ${time(at)}, decision = ${decision}, decided_by = ${by}
    where directory = ${directory} and reason = ${item.reason} and subject = ${item.subject} and closed_at is null`.execute(
    executor,
  )
}
