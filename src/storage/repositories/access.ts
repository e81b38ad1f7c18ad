import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { AccessStore, ApiToken } from '../../ports/access.ts'
import type { Grant } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { present, time } from '../rows.ts'
import { hashOf, isEqualHash } from './token-hash.ts'
import { saveGrants } from './users.ts'

/** Recognisable, so that a secret scanner can find a token that leaked into a repository. */
const mark = 'muster_'
/** Characters by which a token is looked up and recognised; 36 random bits, which give nothing away of the rest. */
const prefixLength = mark.length + 6
/** A use is written down at most this often, so that reading does not cost a durable write each time. */
const useNotedEveryMs = 60_000

interface Row extends Omit<ApiToken, 'user'> {
  readonly hash: string
  readonly userId: string | null
  readonly userName: string | null
}

const grants = sql`role_grant where principal = 'token:' || token.id`
const columns = sql`token.id, token.name, token.prefix, token.hash, token.created_at as "createdAt", token.expires_at as "expiresAt",
  token.last_used_at as "lastUsedAt", token.app_user as "userId", owner.user_name as "userName",
  array(select distinct role from ${grants} order by role) as roles,
  array(select distinct connection from ${grants} and connection is not null order by connection) as connections`
const usable = sql`api_token token left join app_user owner on owner.id = token.app_user
  where token.revoked_at is null and owner.disabled_at is null`

export function accessStore({ database, now }: StorageContext): AccessStore {
  return {
    createToken: async (name, roles, expiresAt, { connections, userId } = {}) => {
      if (name.trim() === '') throw fail.configInvalid('A token needs a name.')
      const value = mark + randomBytes(32).toString('base64url')
      const id = newId(now())
      await inTransaction(database, async (transaction) => {
        await sql`insert into api_token (id, name, prefix, hash, app_user, created_at, expires_at)
          values (${id}, ${name}, ${value.slice(0, prefixLength)}, ${hashOf(value)}, ${userId ?? null},
            ${time(now())}, ${time(expiresAt)})`.execute(transaction)
        const held = roles.flatMap<Grant>((role) =>
          connections === undefined ? [{ role }] : connections.map((connection) => ({ role, connection })),
        )
        await saveGrants(transaction, `token:${id}`, held, undefined, now())
      })
      const [row] = await rowsOf<Row>(database.kysely, sql`select ${columns} from ${usable} and token.id = ${id}`)
      if (row === undefined) throw fail.conflict('The user of the new token was disabled meanwhile.')
      return { token: apiToken(row), value }
    },
    listTokens: async (userId) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from ${usable} ${userId === undefined ? sql`` : sql`and token.app_user = ${userId}`}
            order by token.created_at, token.id`,
      )
      return rows.map(apiToken)
    },
    revokeToken: async (id, userId) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update api_token set revoked_at = ${time(now())} where id = ${id} and revoked_at is null
            ${userId === undefined ? sql`` : sql`and app_user = ${userId}`} returning id`,
      )
      return rows.length > 0
    },
    authenticate: async (value, at) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from ${usable} and token.prefix = ${value.slice(0, prefixLength)}`,
      )
      const found = rows.filter((row) => isEqualHash(row.hash, hashOf(value)))[0]
      if (found === undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= at) return undefined
      await sql`update api_token set last_used_at = ${time(at)} where id = ${found.id}
        and (last_used_at is null or last_used_at < ${time(at - useNotedEveryMs)})`.execute(database.kysely)
      return apiToken(found)
    },
  }
}

function apiToken({ hash: _, userId, userName, connections, ...row }: Row): ApiToken {
  return present<ApiToken>({
    ...row,
    connections: connections?.length === 0 ? undefined : connections,
    user: userId === null || userName === null ? undefined : { id: userId, userName },
  })
}
