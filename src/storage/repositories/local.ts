import { type RawBuilder, sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { foldKey, type MemberRef } from '../../domain/identity.ts'
import type { LocalGroup, LocalPerson } from '../../domain/local.ts'
import type { LocalDirectory, PageRequest } from '../../ports/store.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { json, limitOf, present, slice, textCursor } from '../rows.ts'

const personColumns = sql`key, user_name as "userName", active, attributes`
const groupColumns = sql`key, name, description`
const longestText = 1_000

export function localDirectory({ database }: StorageContext): LocalDirectory {
  const change = async <Result>(source: string, work: (executor: Executor) => Promise<Result>) =>
    await inTransaction(database, async (transaction) => {
      await serialize(transaction, `local directory ${source}`)
      return await work(transaction)
    })
  const changed = async (statement: RawBuilder<unknown>) => (await rowsOf(database.kysely, statement)).length > 0
  return {
    people: async (source, page) => {
      const rows = await rowsOf<LocalPerson>(database.kysely, pageOf('local_person', personColumns, source, page))
      return slice(
        rows,
        page,
        (row) => row,
        ({ key }) => key,
      )
    },
    person: async (source, key) => {
      const [row] = await rowsOf<LocalPerson>(
        database.kysely,
        sql`select ${personColumns} from local_person where source = ${source} and key = ${key}`,
      )
      return row
    },
    savePerson: async (source, person) => {
      assertText('key of a person', person.key)
      assertText('username', person.userName)
      await change(source, async (executor) => await savePerson(executor, source, person))
    },
    removePerson: async (source, key) =>
      await change(source, async (executor) => await remove(executor, source, 'local_person', { kind: 'user', key })),
    groups: async (source, page) => {
      const rows = await rowsOf<LocalGroup>(database.kysely, pageOf('local_group', groupColumns, source, page))
      return slice(
        rows,
        page,
        (row) => present<LocalGroup>(row),
        ({ key }) => key,
      )
    },
    saveGroup: async (source, group) => {
      assertText('key of a group', group.key)
      assertText('name of a group', group.name)
      await change(source, async (executor) => await saveGroup(executor, source, group))
    },
    removeGroup: async (source, key) =>
      await change(source, async (executor) => await remove(executor, source, 'local_group', { kind: 'group', key })),
    members: async (source, groupKey, page) => {
      const rows = await rowsOf<MemberRef>(database.kysely, pageOfMembers(source, groupKey, page))
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
      await changed(
        sql`delete from local_member where source = ${source} and group_key = ${groupKey} and kind = ${kind} and key = ${key}
            returning key`,
      ),
  }
}

function pageOf(table: string, columns: RawBuilder<unknown>, source: string, page: PageRequest) {
  const after = textCursor(page)
  return sql`select ${columns} from ${sql.table(table)} where source = ${source}
    ${after === undefined ? sql`` : sql`and key > ${after}`} order by key limit ${limitOf(page) + 1}`
}

function pageOfMembers(source: string, groupKey: string, page: PageRequest) {
  const after = textCursor(page)
  const split = after?.indexOf(':') ?? -1
  const position =
    after === undefined ? sql`` : sql`and (kind, key) > (${after.slice(0, split)}, ${after.slice(split + 1)})`
  return sql`select kind, key from local_member where source = ${source} and group_key = ${groupKey} ${position}
    order by kind, key limit ${limitOf(page) + 1}`
}

async function savePerson(executor: Executor, source: string, person: LocalPerson): Promise<void> {
  const nameKey = foldKey(person.userName)
  await assertFree(
    executor,
    sql`select key from local_person where source = ${source} and user_name_key = ${nameKey} and key <> ${person.key}`,
    `The username ${person.userName} belongs to another person`,
  )
  await sql`insert into local_person (source, key, user_name, user_name_key, active, attributes)
    values (${source}, ${person.key}, ${person.userName}, ${nameKey}, ${person.active}, ${json(person.attributes)})
    on conflict (source, key) do update set user_name = excluded.user_name, user_name_key = excluded.user_name_key,
      active = excluded.active, attributes = excluded.attributes`.execute(executor)
}

async function saveGroup(executor: Executor, source: string, group: LocalGroup): Promise<void> {
  const nameKey = foldKey(group.name)
  await assertFree(
    executor,
    sql`select key from local_group where source = ${source} and name_key = ${nameKey} and key <> ${group.key}`,
    `The name ${group.name} belongs to another group`,
  )
  await sql`insert into local_group (source, key, name, name_key, description)
    values (${source}, ${group.key}, ${group.name}, ${nameKey}, ${group.description ?? null})
    on conflict (source, key) do update set name = excluded.name, name_key = excluded.name_key,
      description = excluded.description`.execute(executor)
}

async function addMember(executor: Executor, source: string, groupKey: string, member: MemberRef): Promise<void> {
  await assertExists(executor, source, 'local_group', groupKey, 'group')
  const table = member.kind === 'user' ? 'local_person' : 'local_group'
  await assertExists(executor, source, table, member.key, member.kind === 'user' ? 'person' : 'group')
  if (member.kind === 'group' && member.key === groupKey) {
    throw fail.configInvalid(`The group ${groupKey} cannot be a member of itself.`)
  }
  await sql`insert into local_member (source, group_key, kind, key) values (${source}, ${groupKey}, ${member.kind}, ${member.key})
    on conflict do nothing`.execute(executor)
}

async function remove(executor: Executor, source: string, table: string, member: MemberRef): Promise<boolean> {
  await sql`delete from local_member where source = ${source} and kind = ${member.kind} and key = ${member.key}`.execute(
    executor,
  )
  const rows = await rowsOf(
    executor,
    sql`delete from ${sql.table(table)} where source = ${source} and key = ${member.key} returning key`,
  )
  return rows.length > 0
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
