import { type RawBuilder, sql } from 'kysely'
import type { ChangeKind } from '../../domain/change.ts'
import type { ReasonCode } from '../../domain/reason.ts'
import { type Executor, rowsOf } from '../database.ts'
import { ints } from '../rows.ts'
import { inPlan, type PlanPlace } from './plan-rows.ts'

/** Changes that one statement counts: the embedded store serves nobody else meanwhile. */
const countedAtOnce = 60_000

/** How many changes have one combination of what they can be filtered by, states and outcomes as they stand in a row. */
export interface CountRow {
  readonly kind: ChangeKind
  readonly reason: ReasonCode
  readonly hold: string | null
  readonly state: number
  readonly outcome: number | null
  readonly count: number
}

type Combination = { readonly [Key in keyof CountRow]: number | null } & { count: number }

/**
 * Every combination that occurs among the changes of a plan that meet a condition on `c`, ordered by its words. Counted in
 * stretches of the plan; a change stands in one of them and is counted once, whatever becomes of it meanwhile.
 */
export async function countsIn(
  executor: Executor,
  place: PlanPlace,
  condition: RawBuilder<unknown>,
  atOnce = countedAtOnce,
): Promise<CountRow[]> {
  const [row] = await rowsOf<{ last: number | null }>(
    executor,
    sql`select max(c.seq) as last from plan_change c where ${inPlan(place)}`,
  )
  const counts = new Map<string, Combination>()
  for (let from = 0; from < (row?.last ?? 0); from += atOnce) {
    const found = await rowsOf<Combination>(
      executor,
      sql`select c.kind, c.reason, c.hold, c.state, c.outcome, count(*)::int as count from plan_change c
          where ${inPlan(place)} and c.seq > ${from} and c.seq <= ${from + atOnce} and ${condition}
          group by c.kind, c.reason, c.hold, c.state, c.outcome`,
    )
    for (const each of found) {
      const name = [each.kind, each.reason, each.hold, each.state, each.outcome].join()
      const known = counts.get(name)
      if (known === undefined) counts.set(name, each)
      else known.count += each.count
    }
  }
  return await inWords(executor, [...counts.values()])
}

async function inWords(executor: Executor, counts: readonly Combination[]): Promise<CountRow[]> {
  if (counts.length === 0) return []
  const column = (name: keyof CountRow) => ints(counts.map((each) => each[name]))
  return await rowsOf<CountRow>(
    executor,
    sql`select k.text as kind, r.text as reason, h.text as hold, t.state, t.outcome, t.count
        from unnest(${column('kind')}, ${column('reason')}, ${column('hold')}, ${column('state')}, ${column('outcome')},
            ${column('count')}) as t(kind, reason, hold, state, outcome, count)
        join word k on k.no = t.kind join word r on r.no = t.reason left join word h on h.no = t.hold
        order by k.text, r.text, h.text, t.state, t.outcome`,
  )
}
