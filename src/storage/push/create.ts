import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../platform/ids.ts'
import type { PushResource } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { type Executor, kept, rowsOf } from '../database.ts'
import { texts, time } from '../rows.ts'
import { isRefusal } from '../store-error.ts'
import { gathered } from './gathered.ts'
import { type DocumentColumns, kindOf, resourceColumns } from './rows.ts'
import type { createStatistics } from './statistics.ts'

/** How often a creation looks again after the key it wanted was taken. */
const createTries = 4
/** People written by one statement: enough for a busy provider, few enough that none waits long for the others. */
const mostTogether = 50

export interface Writing {
  readonly now: () => number
  readonly statistics: ReturnType<typeof createStatistics>
}

/** One resource to be made, and what its document comes to in columns. */
export interface Creation {
  readonly source: string
  readonly type: ResourceType
  readonly columns: DocumentColumns
}

/**
 * Creates people. Those of one source who come while others are being written are written together by one statement: one
 * journey to the store and one sync for all of them. Each resolves when it is durable and fails for itself alone.
 */
export function creationsTogether(executor: Executor, writing: Writing): (creation: Creation) => Promise<PushResource> {
  const add = gathered<Creation, PushResource>(mostTogether, async (asked) => {
    const made = asked.length === 1 ? [] : await createMany(executor, writing, asked)
    // Alone: whose name or key was taken, and everybody if the store refused one of them.
    return asked.map((each, at) => made[at] ?? create(executor, writing, each))
  })
  return async (creation) => await add(creation.source, creation)
}

/** Those that could be made, by position; none where the store refused one. Throws when nobody knows what became of them. */
async function createMany(
  executor: Executor,
  { now, statistics }: Writing,
  asked: readonly Creation[],
): Promise<readonly (PushResource | undefined)[]> {
  const people = asked.map(({ columns }) => {
    const at = now()
    return { ...columns, id: newId(at), at: new Date(at).toISOString() }
  })
  try {
    const rows = await rowsOf<PushResource>(executor, insertOf(asked[0]!.source, people))
    statistics.added(rows.length)
    const byId = new Map(rows.map((row) => [row.id, row]))
    return people.map(({ id }) => byId.get(id))
  } catch (error) {
    if (isRefusal(error)) return []
    throw error
  }
}

interface NewPerson extends DocumentColumns {
  readonly id: string
  readonly at: string
}

/** In the order of names, so that two processes that create the same people do not wait for each other in a circle. */
function insertOf(source: string, people: readonly NewPerson[]): RawBuilder<unknown> {
  const tombstone = (is: RawBuilder<unknown>) => sql`(select t.source_key from push_tombstone t
    where t.source = ${source} and t.kind = 'user' and ${is} order by t.deleted_at desc limit 1)`
  const of = (value: (person: NewPerson) => string | null) => texts(people.map(value))
  return sql`${kept}insert into push_resource as r (source, id, kind, source_key, external_id, name_key, mail_keys, document, folded,
        version, member_count, created_at, modified_at)
      select ${source}, g.id, 'user', coalesce(case when g.external_id is null then ${tombstone(sql`t.name_key = g.name_key`)}
          else ${tombstone(sql`t.external_id = g.external_id`)} end, g.external_id, g.id), g.external_id, g.name_key,
        array(select json_array_elements_text(g.mail_keys::json)), g.document::json, g.folded::jsonb, 1, 0, g.at, g.at
      from unnest(${of(({ id }) => id)}, ${of(({ externalId }) => externalId)}, ${of(({ nameKey }) => nameKey)},
          ${of(({ mailKeys }) => JSON.stringify(mailKeys))}, ${of(({ document }) => document)}, ${of(({ folded }) => folded)},
          ${of(({ at }) => at)}::timestamptz[])
        as g(id, external_id, name_key, mail_keys, document, folded, at)
      order by g.name_key collate "C"
      on conflict do nothing returning ${resourceColumns}`
}

/**
 * One insert, mostly at the first try. Its key is the one of a deleted record it brings back (same id at the client, or
 * without one the same name; D6), else the id at the client, else our id. Throws 409 uniqueness.
 */
export async function create(
  executor: Executor,
  { now, statistics }: Writing,
  { source, type, columns }: Creation,
): Promise<PushResource> {
  const kind = kindOf(type)
  for (let attempt = 1; ; attempt += 1) {
    const at = now()
    const id = newId(at)
    const wished =
      attempt === 1
        ? likelyKey(source, kind, columns, id)
        : attempt === createTries
          ? sql`${id}::text`
          : wishedKey(source, kind, columns, id)
    const [row] = await rowsOf<PushResource>(
      executor,
      sql`${kept}insert into push_resource as r (source, id, kind, source_key, external_id, name_key, mail_keys, document, folded,
            version, member_count, created_at, modified_at)
          select ${source}, ${id}, ${kind}, ${wished}, ${columns.externalId}, ${columns.nameKey}, ${texts(columns.mailKeys)},
            ${columns.document}::json, ${columns.folded}::jsonb, 1, 0, ${time(at)}, ${time(at)}
          on conflict do nothing returning ${resourceColumns}`,
    )
    if (row !== undefined) {
      statistics.added(1)
      return row
    }
    await refuseTakenName(executor, source, type, columns)
    if (attempt >= createTries)
      throw scimFault.conflict('Somebody else wrote the same record at the same moment; try again.')
  }
}

/** The key it shall have, if nobody has it; cheap to find, because it does not ask whether somebody has. */
function likelyKey(source: string, kind: string, columns: DocumentColumns, id: string): RawBuilder<unknown> {
  return sql`coalesce((${tombstonesOf(source, kind, columns)} order by t.deleted_at desc limit 1), ${columns.externalId ?? id}::text)`
}

function tombstonesOf(source: string, kind: string, { externalId, nameKey }: DocumentColumns): RawBuilder<unknown> {
  const isReturn = externalId === null ? sql`t.name_key = ${nameKey}` : sql`t.external_id = ${externalId}`
  return sql`select t.source_key from push_tombstone t where t.source = ${source} and t.kind = ${kind} and ${isReturn}`
}

/** The same, of those that nobody has. */
function wishedKey(source: string, kind: string, columns: DocumentColumns, id: string): RawBuilder<unknown> {
  const { externalId } = columns
  const tombstone = sql`${tombstonesOf(source, kind, columns)}
    and not exists (select 1 from push_resource k where k.source = t.source and k.kind = t.kind and k.source_key = t.source_key)
    order by t.deleted_at desc limit 1`
  if (externalId === null) return sql`coalesce((${tombstone}), ${id})`
  return sql`coalesce((${tombstone}), (select ${externalId}::text where not exists (select 1 from push_resource k
    where k.source = ${source} and k.kind = ${kind} and k.source_key = ${externalId})), ${id})`
}

export async function refuseTakenName(
  executor: Executor,
  source: string,
  type: ResourceType,
  { name, nameKey }: DocumentColumns,
): Promise<void> {
  const taken = await rowsOf(
    executor,
    sql`${kept}select 1 from push_resource where source = ${source} and kind = ${kindOf(type)} and name_key = ${nameKey}`,
  )
  if (taken.length > 0) throw nameTaken(type, name)
}

export function nameTaken(type: ResourceType, name: string) {
  const attribute = kindOf(type) === 'group' ? 'displayName' : 'userName'
  return scimFault.uniqueness(`The ${attribute} "${name.slice(0, 200)}" is already in use; letter case does not count.`)
}
