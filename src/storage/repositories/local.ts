import { type RawBuilder, sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { foldKey, type MemberRef } from '../../domain/identity.ts'
import {
  type LocalGroup,
  type LocalGroupsBy,
  type LocalList,
  type LocalPeopleBy,
  type LocalPerson,
  mailKey,
} from '../../domain/local.ts'
import type { LocalDirectory, LocalMember } from '../../ports/local-directory.ts'
import type { PageRequest } from '../../ports/paging.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { anywhere, json, limitOf, present, slice, textCursor, texts } from '../rows.ts'

const personColumns = sql`key, user_name as "userName", active, attributes, nullif(protected, false) as protected,
  case when json_array_length(kept) > 0 then kept end as kept, origin`
const groupColumns = sql`key, name, description, nullif(protected, false) as protected, connections`
/** What somebody is found by when they are looked for. */
const personText = sql`(user_name_key || ' ' ||
  lower(coalesce(attributes->>'mail', '') || ' ' || coalesce(attributes->>'displayName', '')))`
const longestText = 1_000

export function localDirectory({ database }: StorageContext): LocalDirectory {
  const change = async <Result>(source: string, work: (executor: Executor) => Promise<Result>) =>
    await inTransaction(database, async (transaction) => {
      await serialize(transaction, `local directory ${source}`)
      return await work(transaction)
    })
  return {
    people: async (source, page, text) => {
      const isCalled = text === undefined ? undefined : sql`${personText} like ${anywhere(foldKey(text))}`
      const asked = pageOf('local_person', personColumns, source, page, isCalled)
      const rows = await rowsOf<LocalPerson>(database.kysely, asked)
      return slice(
        rows,
        page,
        (row) => present<LocalPerson>(row),
        ({ key }) => key,
      )
    },
    person: async (source, key) => await personOf(database.kysely, source, key),
    findPeople: async (source, by) => {
      const rows = await rowsOf<LocalPerson>(
        database.kysely,
        sql`select ${personColumns} from local_person where source = ${source} and ${peopleBy(by)} order by key`,
      )
      return rows.map((row) => present<LocalPerson>(row))
    },
    savePerson: async (source, person) => {
      assertText('key of a person', person.key)
      assertText('username', person.userName)
      await change(source, async (executor) => await savePerson(executor, source, person))
    },
    changePerson: async (source, key, alter) =>
      await change(source, async (executor) => {
        const now = await personOf(executor, source, key)
        if (now === undefined) return 'absent'
        const next = alter(now)
        if (next === undefined) return 'same'
        assertText('username', next.userName)
        await savePerson(executor, source, { ...next, key })
        return 'changed'
      }),
    removePerson: async (source, key) =>
      await change(source, async (executor) => await remove(executor, source, 'local_person', { kind: 'user', key })),
    groups: async (source, page, text) => {
      const isCalled = text === undefined ? undefined : sql`name_key like ${anywhere(foldKey(text))}`
      const asked = pageOf('local_group', groupColumns, source, page, isCalled)
      const rows = await rowsOf<LocalGroup>(database.kysely, asked)
      return slice(
        rows,
        page,
        (row) => present<LocalGroup>(row),
        ({ key }) => key,
      )
    },
    findGroups: async (source, by) => {
      const rows = await rowsOf<LocalGroup>(
        database.kysely,
        sql`select ${groupColumns} from local_group where source = ${source} and ${groupsBy(by)} order by key`,
      )
      return rows.map((row) => present<LocalGroup>(row))
    },
    groupsOf: async (source, people) => {
      const rows = await rowsOf<{ readonly key: string; readonly groups: readonly string[] }>(
        database.kysely,
        sql`select key, array_agg(group_key order by group_key) as groups from local_member
          where source = ${source} and kind = 'user' and key = any(${texts(people)}) group by key`,
      )
      return new Map(rows.map(({ key, groups }) => [key, groups]))
    },
    saveGroup: async (source, group) => {
      assertText('key of a group', group.key)
      assertText('name of a group', group.name)
      await change(source, async (executor) => await saveGroup(executor, source, group))
    },
    removeGroup: async (source, key) =>
      await change(source, async (executor) => await remove(executor, source, 'local_group', { kind: 'group', key })),
    members: async (source, groupKey, page) => {
      const rows = await rowsOf<LocalMember>(database.kysely, pageOfMembers(source, groupKey, page))
      return slice(
        rows,
        page,
        (row) => row,
        ({ kind, key }) => `${kind}:${key}`,
      )
    },
    addMember: async (source, groupKey, member) =>
      await change(source, async (executor) => await addMember(executor, source, groupKey, member)),
    removeMember: async (source, groupKey, { kind, key }) =>
      await change(source, async (executor) => {
        const removed = await rowsOf(
          executor,
          sql`delete from local_member where source = ${source} and group_key = ${groupKey} and kind = ${kind} and key = ${key}
            returning key`,
        )
        return await counted(executor, source, removed.length > 0)
      }),
    changes: async (source) => {
      const [row] = await rowsOf<{ readonly changes: string }>(
        database.kysely,
        sql`select changes::text as changes from local_change where source = ${source}`,
      )
      return row?.changes ?? '0'
    },
    count: async (source, list) => {
      const [row] = await rowsOf<{ readonly count: number }>(
        database.kysely,
        sql`select count(*)::int as count from ${listed(source, list)}`,
      )
      return row?.count ?? 0
    },
  }
}

async function personOf(executor: Executor, source: string, key: string): Promise<LocalPerson | undefined> {
  const [row] = await rowsOf<LocalPerson>(
    executor,
    sql`select ${personColumns} from local_person where source = ${source} and key = ${key}`,
  )
  return row === undefined ? undefined : present<LocalPerson>(row)
}

function peopleBy(by: LocalPeopleBy): RawBuilder<unknown> {
  if ('keys' in by) return sql`key = any(${texts(by.keys)})`
  if ('userNames' in by) return sql`user_name_key = any(${texts(by.userNames.map(foldKey))})`
  return sql`mail_key = any(${texts(by.mails.map(foldKey))})`
}

function groupsBy(by: LocalGroupsBy): RawBuilder<unknown> {
  return 'keys' in by ? sql`key = any(${texts(by.keys)})` : sql`name_key = any(${texts(by.names.map(foldKey))})`
}

function listed(source: string, list: LocalList): RawBuilder<unknown> {
  if (list === 'people') return sql`local_person where source = ${source}`
  if (list === 'groups') return sql`local_group where source = ${source}`
  return sql`local_member where source = ${source} and group_key = ${list.membersOf}`
}

function pageOf(
  table: string,
  columns: RawBuilder<unknown>,
  source: string,
  page: PageRequest,
  condition: RawBuilder<unknown> = sql`true`,
) {
  const after = textCursor(page)
  return sql`select ${columns} from ${sql.table(table)} where source = ${source} and ${condition}
    ${after === undefined ? sql`` : sql`and key > ${after}`} order by key limit ${limitOf(page) + 1}`
}

function pageOfMembers(source: string, groupKey: string, page: PageRequest) {
  const after = textCursor(page)
  const split = after?.indexOf(':') ?? -1
  const position =
    after === undefined ? sql`` : sql`and (m.kind, m.key) > (${after.slice(0, split)}, ${after.slice(split + 1)})`
  return sql`select m.kind, m.key, coalesce(p.user_name, g.name, m.key) as name from local_member m
    left join local_person p on m.kind = 'user' and p.source = m.source and p.key = m.key
    left join local_group g on m.kind = 'group' and g.source = m.source and g.key = m.key
    where m.source = ${source} and m.group_key = ${groupKey} ${position}
    order by m.kind, m.key limit ${limitOf(page) + 1}`
}

/** Counts a change, and hands on whether it was one. */
async function counted(executor: Executor, source: string, isChange: boolean): Promise<boolean> {
  if (!isChange) return false
  await sql`insert into local_change (source, changes) values (${source}, 1)
    on conflict (source) do update set changes = local_change.changes + 1`.execute(executor)
  return true
}

async function savePerson(executor: Executor, source: string, person: LocalPerson): Promise<void> {
  const nameKey = foldKey(person.userName)
  await assertFree(
    executor,
    sql`select key from local_person where source = ${source} and user_name_key = ${nameKey} and key <> ${person.key}`,
    `The username ${person.userName} belongs to another person`,
  )
  const kept = person.kept === undefined ? null : json(person.kept)
  await sql`insert into local_person (source, key, user_name, user_name_key, active, attributes, protected, kept, origin, mail_key)
    values (${source}, ${person.key}, ${person.userName}, ${nameKey}, ${person.active}, ${json(person.attributes)},
      ${person.protected ?? false}, coalesce(${kept}, '[]'::json), ${person.origin ?? null}, ${mailKey(person) ?? null})
    on conflict (source, key) do update set user_name = excluded.user_name, user_name_key = excluded.user_name_key,
      active = excluded.active, attributes = excluded.attributes, mail_key = excluded.mail_key,
      protected = coalesce(${person.protected ?? null}::boolean, local_person.protected),
      kept = coalesce(${kept}::json, local_person.kept), origin = coalesce(excluded.origin, local_person.origin)`.execute(
    executor,
  )
  await counted(executor, source, true)
}

async function saveGroup(executor: Executor, source: string, group: LocalGroup): Promise<void> {
  const nameKey = foldKey(group.name)
  await assertFree(
    executor,
    sql`select key from local_group where source = ${source} and name_key = ${nameKey} and key <> ${group.key}`,
    `The name ${group.name} belongs to another group`,
  )
  const { connections } = group
  await sql`insert into local_group (source, key, name, name_key, description, protected, connections)
    values (${source}, ${group.key}, ${group.name}, ${nameKey}, ${group.description ?? null}, ${group.protected ?? false},
      ${connections === undefined || connections === null ? null : json(connections)})
    on conflict (source, key) do update set name = excluded.name, name_key = excluded.name_key,
      description = excluded.description,
      protected = coalesce(${group.protected ?? null}::boolean, local_group.protected),
      connections = case when ${connections === undefined}::boolean then local_group.connections
        else excluded.connections end`.execute(executor)
  await counted(executor, source, true)
}

async function addMember(executor: Executor, source: string, groupKey: string, member: MemberRef): Promise<boolean> {
  await assertExists(executor, source, 'local_group', groupKey, 'group')
  const table = member.kind === 'user' ? 'local_person' : 'local_group'
  await assertExists(executor, source, table, member.key, member.kind === 'user' ? 'person' : 'group')
  if (member.kind === 'group' && member.key === groupKey) {
    throw fail.configInvalid(`The group ${groupKey} cannot be a member of itself.`)
  }
  const added = await rowsOf(
    executor,
    sql`insert into local_member (source, group_key, kind, key)
      values (${source}, ${groupKey}, ${member.kind}, ${member.key}) on conflict do nothing returning key`,
  )
  return await counted(executor, source, added.length > 0)
}

async function remove(executor: Executor, source: string, table: string, member: MemberRef): Promise<boolean> {
  await sql`delete from local_member where source = ${source} and kind = ${member.kind} and key = ${member.key}`.execute(
    executor,
  )
  const rows = await rowsOf(
    executor,
    sql`delete from ${sql.table(table)} where source = ${source} and key = ${member.key} returning key`,
  )
  return await counted(executor, source, rows.length > 0)
}

async function assertFree(executor: Executor, statement: RawBuilder<unknown>, problem: string): Promise<void> {
  const [row] = await rowsOf<{ key: string }>(executor, statement)
  if (row === undefined) return
  throw fail.configInvalid(`${problem} of the local directory (${row.key}); letter case does not tell them apart.`)
}

async function assertExists(
  executor: Executor,
  source: string,
  table: string,
  key: string,
  noun: string,
): Promise<void> {
  const rows = await rowsOf(
    executor,
    sql`select key from ${sql.table(table)} where source = ${source} and key = ${key}`,
  )
  if (rows.length === 0) throw fail.configInvalid(`There is no ${noun} ${key} in the local directory ${source}.`)
}

function assertText(what: string, text: string): void {
  if (text.trim() === '') throw fail.configInvalid(`The ${what} is empty.`)
  if (text.length > longestText) throw fail.configInvalid(`The ${what} has more than ${longestText} characters.`)
  if (text.includes('\0')) throw fail.configInvalid(`The ${what} holds a character that cannot be stored.`)
}
