import { sql, type Transaction } from 'kysely'
import type {
  PushDirectory,
  PushResource,
  PushShown,
  PushWrite,
  PushWriteRules,
  PushWritten,
} from '../../ports/push-directory.ts'
import { isEqualJson } from '../../scim/json.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, kept, rowsOf, serialize, sharedTurn } from '../database.ts'
import { texts, time } from '../rows.ts'
import { create, creationsTogether, nameTaken, refuseTakenName } from './create.ts'
import { applyMemberSteps, tooManyMembers } from './member-steps.ts'
import { pushLists, pushQueries } from './queries.ts'
import { relatedColumn } from './related.ts'
import { columnsOf, kindOf, resourceColumns } from './rows.ts'
import { createStatistics, lookAtPushTables } from './statistics.ts'
import { createTurns } from './turns.ts'

export function pushDirectory(context: StorageContext): PushDirectory {
  const { database, now } = context
  const look = async () => await lookAtPushTables(database.kysely)
  const [people, memberships] = [createStatistics(look), createStatistics(look)]
  const writing = { now, statistics: people }
  const createPerson = creationsTogether(database.kysely, writing)
  // Waiting in the store would keep a connection each, and a busy group would leave none for others.
  const inTurn = createTurns()
  return {
    ...pushQueries(context),
    create: async (source, type, write, rules, shown) => {
      const creation = { source, type, columns: columnsOf(type, write.document) }
      // Without members it is one statement, durable by itself.
      if (write.members.length === 0) {
        const isPerson = kindOf(type) === 'user'
        return asWritten(await (isPerson ? createPerson(creation) : create(database.kysely, writing, creation)))
      }
      const written = await inTransaction(database, async (transaction) => {
        await sql`select ${sharedTurn(removalsOf(source))}`.execute(transaction)
        const resource = await create(transaction, writing, creation)
        const members = await applyMemberSteps(transaction, source, resource.id, write.members, rules)
        if (members.added === 0) return { ...asWritten(resource), unknownMembers: members.unknown }
        await sql`update push_resource set member_count = ${members.added} where source = ${source} and id = ${resource.id}`.execute(
          transaction,
        )
        const made = { ...resource, memberCount: members.added }
        return {
          resource: await withMembers(transaction, source, made, shown),
          isChanged: true,
          unknownMembers: members.unknown,
        }
      })
      memberships.added(written.resource.memberCount)
      return written
    },
    get: async (source, type, id, { withRelated = false } = {}) => {
      const [row] = await rowsOf<PushResource>(
        database.kysely,
        sql`${kept}select ${resourceColumns} ${withRelated ? relatedColumn(type) : sql``} from push_resource r
            where r.source = ${source} and r.id = ${id} and r.kind = ${kindOf(type)}`,
      )
      return row
    },
    update: async (source, type, id, change, rules, shown) => {
      const write = async () => {
        let more = 0
        const changed = await inTransaction(database, async (transaction) => {
          const current = await readToChange(transaction, source, type, id)
          if (current === undefined) return undefined
          const written = await update(transaction, now(), source, type, current, change(current), rules)
          more = written.resource.memberCount - current.memberCount
          return { ...written, resource: await withMembers(transaction, source, written.resource, shown) }
        })
        if (more > 0) memberships.added(more)
        return changed
      }
      return await (kindOf(type) === 'group' ? inTurn(`${source} ${id}`, write) : write())
    },
    remove: async (source, type, id, check) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, removalsOf(source))
        const current = await readToChange(transaction, source, type, id)
        if (current === undefined) return false
        check(current)
        await remove(transaction, now(), source, type, current)
        return true
      }),
    declareBaseline: async (source, by) => {
      await sql`insert into push_directory (source, made_at, baseline_at, baseline_by)
        values (${source}, ${time(now())}, ${time(now())}, ${by})
        on conflict (source) do update set baseline_at = coalesce(push_directory.baseline_at, excluded.baseline_at),
          baseline_by = coalesce(push_directory.baseline_by, excluded.baseline_by)`.execute(database.kysely)
    },
    forgetTombstones: async (before) =>
      (await rowsOf(database.kysely, sql`delete from push_tombstone t where deleted_at < ${time(before)} returning 1`))
        .length,
    drop: async (source) =>
      await inTransaction(database, async (transaction) => {
        for (const table of [
          'push_member',
          'push_resource',
          'push_tombstone',
          'push_token',
          'push_request',
          'push_directory',
        ]) {
          await sql`delete from ${sql.table(table)} where source = ${source}`.execute(transaction)
        }
      }),
  }
}

const asWritten = (resource: PushResource): PushWritten => ({ resource, isChanged: true, unknownMembers: [] })

/** A group with its members, where they are to be shown; nobody else changes it before the transaction ends. */
async function withMembers(
  transaction: Transaction<unknown>,
  source: string,
  resource: PushResource,
  { membersUpTo = 0 }: PushShown = {},
): Promise<PushResource> {
  const { id, memberCount } = resource
  if (memberCount === 0 || memberCount > membersUpTo) return resource
  return { ...resource, related: (await pushLists(transaction).members(source, [id])).get(id) ?? [] }
}

/**
 * Nobody is deleted while members are added: an addition that found somebody a moment before would leave a membership of
 * nobody. Additions share the turn, a removal has it alone; both take it before any row, so that none waits in a circle.
 */
function removalsOf(source: string): string {
  return `removals of ${source}`
}

/**
 * The resource, held until the transaction ends; a group is held together with its turn to add members, a person comes with
 * their groups, which the answer to a write shows.
 */
async function readToChange(
  transaction: Transaction<unknown>,
  source: string,
  type: ResourceType,
  id: string,
): Promise<PushResource | undefined> {
  const isGroup = kindOf(type) === 'group'
  const [row] = await rowsOf<PushResource>(
    transaction,
    sql`${kept}${isGroup ? sql`with turn as materialized (select ${sharedTurn(removalsOf(source))})` : sql``}
        select ${resourceColumns} ${isGroup ? sql`` : relatedColumn(type)} from ${isGroup ? sql`turn cross join` : sql``} push_resource r
        where r.source = ${source} and r.id = ${id} and r.kind = ${kindOf(type)} for no key update of r`,
  )
  return row
}

async function update(
  transaction: Transaction<unknown>,
  at: number,
  source: string,
  type: ResourceType,
  current: PushResource,
  write: PushWrite,
  rules: PushWriteRules,
): Promise<PushWritten> {
  const members = await applyMemberSteps(transaction, source, current.id, write.members, rules)
  const memberCount = current.memberCount + members.added - members.removed
  if (members.added > 0 && memberCount > rules.maxMembers) throw tooManyMembers(rules)
  const isSameDocument = isEqualJson(current.document, write.document)
  if (isSameDocument && members.added + members.removed === 0) {
    return { resource: current, isChanged: false, unknownMembers: members.unknown }
  }
  const modifiedAt = Math.max(at, current.modifiedAt + 1)
  const changed = { ...current, document: write.document, version: current.version + 1, memberCount, modifiedAt }
  const shared = sql`version = ${changed.version}, member_count = ${memberCount}, modified_at = ${time(modifiedAt)}`
  const where = sql`where source = ${source} and id = ${current.id}`
  if (isSameDocument) await sql`${kept}update push_resource set ${shared} ${where}`.execute(transaction)
  else {
    const columns = columnsOf(type, write.document)
    const before = columnsOf(type, current.document)
    if (columns.nameKey !== before.nameKey) await refuseTakenName(transaction, source, type, columns)
    const rows = await rowsOf(
      transaction,
      sql`${kept}update push_resource set ${shared}, external_id = ${columns.externalId}, name_key = ${columns.nameKey},
            mail_keys = ${texts(columns.mailKeys)}, document = ${columns.document}::json, folded = ${columns.folded}::jsonb
          ${where} and not exists (select 1 from push_resource other where other.source = ${source} and other.kind = ${kindOf(type)}
            and other.name_key = ${columns.nameKey} and other.id <> ${current.id}) returning 1`,
    )
    if (rows.length === 0) throw nameTaken(type, columns.name)
  }
  return { resource: changed, isChanged: true, unknownMembers: members.unknown }
}

/** The record goes, its key is remembered, and every group it was in is a member short. */
async function remove(
  transaction: Transaction<unknown>,
  at: number,
  source: string,
  type: ResourceType,
  { id, sourceKey, document }: PushResource,
): Promise<void> {
  const { nameKey, externalId } = columnsOf(type, document)
  await sql`with left_groups as (delete from push_member where source = ${source} and member_id = ${id} returning group_id)
    update push_resource set member_count = member_count - 1, version = version + 1, modified_at = greatest(modified_at, ${time(at)})
    where source = ${source} and id in (select group_id from left_groups)`.execute(transaction)
  await sql`delete from push_member where source = ${source} and group_id = ${id}`.execute(transaction)
  await sql`delete from push_resource where source = ${source} and id = ${id}`.execute(transaction)
  await sql`insert into push_tombstone (source, kind, source_key, external_id, name_key, deleted_at)
    values (${source}, ${kindOf(type)}, ${sourceKey}, ${externalId}, ${nameKey}, ${time(at)})
    on conflict (source, kind, source_key) do update set external_id = excluded.external_id, name_key = excluded.name_key,
      deleted_at = excluded.deleted_at`.execute(transaction)
}
