import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { foldKey } from '../../domain/identity.ts'
import { newId } from '../../platform/ids.ts'
import type { Grant, NewUser, User, UserStore } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf, serialize } from '../database.ts'
import { limitOf, present, slice, storable, textCursor, texts, time } from '../rows.ts'
import { hashOf } from './token-hash.ts'

/** Everything that decides who may administer is done one after the other. */
const lock = 'users'

interface Row extends Omit<User, 'grants'> {
  /** Position in the list. */
  readonly key: string
  readonly grants: readonly { readonly role: Grant['role']; readonly connection: string | null }[]
}

const columns = sql`id, user_name_key as key, user_name as "userName", display_name as "displayName", kind, password_hash is not null as "hasPassword",
  must_change_password as "mustChangePassword", created_at as "createdAt", disabled_at as "disabledAt",
  last_signed_in_at as "lastSignedInAt", coalesce((select json_agg(json_build_object('role', role, 'connection', connection)
    order by connection nulls first, role) from role_grant where principal = 'user:' || app_user.id), '[]') as grants`

export function userStore({ database, now }: StorageContext): UserStore {
  const alone = async <Result>(work: (executor: Executor) => Promise<Result>) =>
    await inTransaction(database, async (transaction) => {
      await serialize(transaction, lock)
      return await work(transaction)
    })
  return {
    any: async () => await anybody(database.kysely),
    list: async (page) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from app_user where user_name_key > ${textCursor(page) ?? ''}
            order by user_name_key limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, userOf, ({ key }) => key)
    },
    get: async (id) => await readUser(database.kysely, id),
    byName: async (userName) => {
      const [row] = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from app_user where user_name_key = ${foldKey(userName)} and kind = 'local'`,
      )
      return row === undefined ? undefined : userOf(row)
    },
    passwordHash: async (id) => {
      const [row] = await rowsOf<{ hash: string | null }>(
        database.kysely,
        sql`select password_hash as hash from app_user where id = ${id}`,
      )
      return row?.hash ?? undefined
    },
    create: async (user, by) => await alone(async (executor) => await insert(executor, user, by, now())),
    createFirst: async (code, user) =>
      await alone(async (executor) => {
        if (await anybody(executor)) return 'already-set-up'
        const spent = await rowsOf(
          executor,
          sql`delete from sign_in_code where hash = ${hashOf(code)} and purpose = 'set-up' and expires_at > ${time(now())}
              returning hash`,
        )
        if (spent.length === 0) return 'wrong-code'
        await sql`delete from sign_in_code where purpose = 'set-up'`.execute(executor)
        return await insert(executor, user, 'set-up', now())
      }),
    update: async (id, { displayName, grants, isDisabled, password }, by, { singleSignOn } = { singleSignOn: false }) =>
      await alone(async (executor) => {
        const hadAdministrator = await hasAdministrator(executor, singleSignOn)
        if ((await readUser(executor, id)) === undefined) return undefined
        if (displayName !== undefined) {
          await sql`update app_user set display_name = ${clean(displayName)} where id = ${id}`.execute(executor)
        }
        if (isDisabled !== undefined) {
          await sql`update app_user set disabled_at = ${isDisabled ? sql`coalesce(disabled_at, ${time(now())})` : sql`null`}
            where id = ${id}`.execute(executor)
        }
        if (password !== undefined) {
          await sql`update app_user set password_hash = ${password.hash}, must_change_password = ${password.mustChange}
            where id = ${id}`.execute(executor)
        }
        if (grants !== undefined) await saveGrants(executor, `user:${id}`, grants, by, now())
        if (hadAdministrator && !(await hasAdministrator(executor, singleSignOn))) {
          throw fail.conflict('Nobody would be left who can administer Muster; nothing was changed.', {
            hint: singleSignOn
              ? 'Give the role admin to another user first.'
              : 'Give the role admin to another local user first; people of an identity provider do not count while nobody signs in by it here.',
          })
        }
        return await readUser(executor, id)
      }),
    recordExternal: async ({ subject, userName, displayName, grants }) =>
      await alone(async (executor) => {
        const [row] = await rowsOf<{ id: string }>(
          executor,
          // The key holds a blank, which no name of a local user does: a provider's user never takes the place of one.
          sql`insert into app_user (id, user_name, user_name_key, display_name, external_subject, kind, created_at)
              values (${newId(now())}, ${clean(userName)}, ${`oidc ${hashOf(subject)}`}, ${clean(displayName ?? null)},
                ${hashOf(subject)}, 'oidc', ${time(now())})
              on conflict (external_subject) do update set user_name = excluded.user_name, display_name = excluded.display_name
              returning id`,
        )
        const id = row?.id ?? ''
        await saveGrants(executor, `user:${id}`, grants, 'oidc', now())
        const user = await readUser(executor, id)
        if (user === undefined) throw fail.bug('A user that was just saved cannot be read.')
        return user
      }),
    dropGrants: async (id, by) =>
      await alone(async (executor) => await saveGrants(executor, `user:${id}`, [], by, now())),
    noteSignIn: async (id) => {
      await sql`update app_user set last_signed_in_at = ${time(now())} where id = ${id}`.execute(database.kysely)
    },
  }
}

export async function readUser(executor: Executor, id: string): Promise<User | undefined> {
  const [row] = await rowsOf<Row>(executor, sql`select ${columns} from app_user where id = ${id}`)
  return row === undefined ? undefined : userOf(row)
}

/** Replaces what a principal holds. */
export async function saveGrants(
  executor: Executor,
  principal: string,
  grants: readonly Grant[],
  by: string | undefined,
  at: number,
): Promise<void> {
  await sql`delete from role_grant where principal = ${principal}`.execute(executor)
  await sql`insert into role_grant (principal, role, connection, granted_at, granted_by)
    select distinct ${principal}, role, connection, ${time(at)}, ${by ?? null}
    from unnest(${texts(grants.map(({ role }) => role))}, ${texts(grants.map(({ connection }) => connection))})
      as given(role, connection)`.execute(executor)
}

async function anybody(executor: Executor): Promise<boolean> {
  return (await rowsOf(executor, sql`select 1 from app_user limit 1`)).length > 0
}

/** Somebody who can come in and administer everywhere; by an identity provider only where it is in use. */
async function hasAdministrator(executor: Executor, singleSignOn: boolean): Promise<boolean> {
  const rows = await rowsOf(
    executor,
    sql`select 1 from app_user join role_grant on principal = 'user:' || app_user.id
        where role = 'admin' and connection is null and disabled_at is null and (${singleSignOn} or kind = 'local') limit 1`,
  )
  return rows.length > 0
}

async function insert(executor: Executor, user: NewUser, by: string, at: number): Promise<User> {
  const { userName, displayName, passwordHash, mustChangePassword = false, grants } = user
  const id = newId(at)
  const rows = await rowsOf(
    executor,
    sql`insert into app_user (id, user_name, user_name_key, display_name, password_hash, must_change_password, created_at)
        values (${id}, ${userName}, ${foldKey(userName)}, ${clean(displayName ?? null)}, ${passwordHash ?? null},
          ${mustChangePassword}, ${time(at)})
        on conflict (user_name_key) do nothing returning id`,
  )
  if (rows.length === 0) {
    throw fail.conflict(`There is a user "${userName}" already.`, { hint: 'List them: muster users' })
  }
  await saveGrants(executor, `user:${id}`, grants, by, at)
  const made = await readUser(executor, id)
  if (made === undefined) throw fail.bug('A user that was just saved cannot be read.')
  return made
}

function clean<Text extends string | null>(text: Text): Text {
  return storable(text) as Text
}

function userOf({ grants, key: _, ...row }: Row): User {
  return present<User>({
    ...row,
    grants: grants.map(({ role, connection }) => (connection === null ? { role } : { role, connection })),
  })
}
