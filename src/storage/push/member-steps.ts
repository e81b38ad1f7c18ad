import { sql, type Transaction } from 'kysely'
import type { PushWriteRules } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'
import type { Filter } from '../../scim/filter/bind.ts'
import type { MemberStep } from '../../scim/patch/members.ts'
import { type Executor, kept, rowsOf, serialize } from '../database.ts'
import { texts } from '../rows.ts'
import { memberCondition } from './filter-to-sql.ts'

export interface MemberResult {
  readonly added: number
  readonly removed: number
  /** Named, but not in this directory. */
  readonly unknown: readonly string[]
}

/** Deepest nesting that is looked through for a cycle. */
const deepestNesting = 100

/**
 * Carries steps out on the rows of one group, whose own row the caller holds. The work depends on who is named: nothing
 * reads the group as a whole, and a full list writes only its difference (law P17).
 */
export async function applyMemberSteps(
  executor: Transaction<unknown>,
  source: string,
  groupId: string,
  steps: readonly MemberStep[],
  rules: PushWriteRules,
): Promise<MemberResult> {
  let [addedInAll, removed] = [0, 0]
  const unknown: string[] = []
  for (const step of steps) {
    if (step.kind === 'removeWhere') {
      removed += await removeWhere(executor, source, groupId, step.filter)
      continue
    }
    const wanted = (step.kind === 'replace' ? step.members : step.add).map(({ value }) => value)
    if (wanted.length > rules.maxMembers) throw tooManyMembers(rules)
    if (step.kind === 'replace') removed += await removeOthers(executor, source, groupId, wanted)
    else if (step.remove.length > 0) removed += await removeThese(executor, source, groupId, step.remove)
    if (wanted.length === 0) continue
    const added = await add(executor, source, groupId, wanted)
    addedInAll += added.inserted
    unknown.push(...added.unknown)
    if (added.groups.length > 0 && rules.refusesCycles) await refuseCycle(executor, source, groupId, added.groups)
  }
  return { added: addedInAll, removed, unknown }
}

export function tooManyMembers({ maxMembers }: PushWriteRules) {
  return scimFault.tooMany(`A group of this source may have at most ${maxMembers} members.`)
}

interface Added {
  readonly inserted: number
  readonly unknown: readonly string[]
  /** Groups among the new members. */
  readonly groups: readonly string[]
}

/**
 * Known ids become members, unknown ones are told: one wrong id must not lose a whole push (scim.md 2.2). Nobody else adds to
 * the group meanwhile, and every id stands there once.
 */
async function add(executor: Executor, source: string, groupId: string, ids: readonly string[]): Promise<Added> {
  // Two looks into an index per id: that stays linear whatever the server believes about sizes.
  const [row] = await rowsOf<Added>(
    executor,
    sql`${kept}with known as (select r.id, r.kind, m.member_id is null as is_new
            from unnest(${texts(ids)}) as given(id) cross join lateral
            (select id, kind from push_resource where source = ${source} and id = given.id limit 1) r left join lateral
            (select member_id from push_member where source = ${source} and group_id = ${groupId} and member_id = r.id limit 1) m
              on true),
          added as (insert into push_member (source, group_id, member_id)
            select ${source}, ${groupId}, id from known where is_new)
        select (select count(*) from known where is_new)::int as inserted,
          case when (select count(*) from known) = ${ids.length}::int then '{}'
            else array(select id collate "C" from unnest(${texts(ids)}) as given(id) except select id from known) end as unknown,
          array(select id from known where kind = 'group' and is_new) as groups`,
  )
  return row ?? { inserted: 0, unknown: [], groups: [] }
}

/** By position of the rows: asked for a list of ids, a server without statistics would read the whole group. */
async function removeThese(
  executor: Executor,
  source: string,
  groupId: string,
  ids: readonly string[],
): Promise<number> {
  const rows = await rowsOf(
    executor,
    sql`${kept}delete from push_member where ctid = any(array(select m.ctid from unnest(${texts(ids)}) as given(id) cross join lateral
          (select ctid from push_member where source = ${source} and group_id = ${groupId} and member_id = given.id limit 1) m))
        returning 1`,
  )
  return rows.length
}

async function removeOthers(
  executor: Executor,
  source: string,
  groupId: string,
  ids: readonly string[],
): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    executor,
    sql`with gone as (delete from push_member where source = ${source} and group_id = ${groupId}
          and member_id <> all(${texts(ids)}) returning 1) select count(*)::int as count from gone`,
  )
  return row?.count ?? 0
}

/** Members by a filter that is no list of ids, such as `type eq "Group"`. */
async function removeWhere(executor: Executor, source: string, groupId: string, filter: Filter): Promise<number> {
  const rows = await rowsOf(
    executor,
    sql`delete from push_member m using push_resource other where m.source = ${source} and m.group_id = ${groupId}
          and other.source = m.source and other.id = m.member_id and coalesce(${memberCondition(filter)}, false) returning 1`,
  )
  return rows.length
}

/** Two requests that nest two groups in each other at the same moment wait for each other here. */
async function refuseCycle(executor: Transaction<unknown>, source: string, groupId: string, added: readonly string[]) {
  await serialize(executor, `nested groups of ${source}`)
  const cycle = await rowsOf(
    executor,
    sql`with recursive inside as (
          select id collate "C", 1 as depth from unnest(${texts(added)}) as given(id)
          union
          select m.member_id, inside.depth + 1 from inside join push_member m on m.source = ${source} and m.group_id = inside.id
            join push_resource r on r.source = m.source and r.id = m.member_id and r.kind = 'group'
            where inside.depth < ${deepestNesting} and inside.id <> ${groupId})
        select 1 from inside where id = ${groupId} limit 1`,
  )
  if (cycle.length > 0)
    throw scimFault.invalidValue('A group cannot contain itself, not by way of other groups either.')
}
