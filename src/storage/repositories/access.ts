import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { AccessStore, ApiToken, Role } from '../../ports/store.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { present, texts, time } from '../rows.ts'
import { hashOf, isEqualHash } from './token-hash.ts'

/** Recognisable, so that a secret scanner can find a token that leaked into a repository. */
const mark = 'muster_'
/** Characters by which a token is looked up and recognised; 36 random bits, which give nothing away of the rest. */
const prefixLength = mark.length + 6
/** A use is written down at most this often, so that reading does not cost a durable write each time. */
const useNotedEveryMs = 60_000

interface Row extends ApiToken {
  readonly hash: string
}

const columns = sql`token.id, token.name, token.prefix, token.hash, token.created_at as "createdAt", token.expires_at as "expiresAt",
  token.last_used_at as "lastUsedAt", array(select role from role_grant where principal = 'token:' || token.id
  and connection is null order by role) as roles`

export function accessStore({ database, now }: StorageContext): AccessStore {
  return {
    createToken: async (name, roles, expiresAt) => {
      if (name.trim() === '') throw fail.configInvalid('A token needs a name.')
      const value = mark + randomBytes(32).toString('base64url')
      const token: ApiToken = present<ApiToken>({
        id: newId(now()),
        name,
        prefix: value.slice(0, prefixLength),
        roles: [...new Set(roles)].sort(),
        createdAt: now(),
        expiresAt,
        lastUsedAt: undefined,
      })
      await inTransaction(database, async (transaction) => {
        await sql`insert into api_token (id, name, prefix, hash, created_at, expires_at)
          values (${token.id}, ${name}, ${token.prefix}, ${hashOf(value)}, ${time(token.createdAt)}, ${time(expiresAt)})`.execute(
          transaction,
        )
        await sql`insert into role_grant (principal, role, granted_at)
          select ${`token:${token.id}`}, role, ${time(token.createdAt)} from unnest(${texts(token.roles)}) as given(role)`.execute(
          transaction,
        )
      })
      return { token, value }
    },
    listTokens: async () => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from api_token token where revoked_at is null order by created_at, id`,
      )
      return rows.map(apiToken)
    },
    revokeToken: async (id) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update api_token set revoked_at = ${time(now())} where id = ${id} and revoked_at is null returning id`,
      )
      return rows.length > 0
    },
    authenticate: async (value, at) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from api_token token where prefix = ${value.slice(0, prefixLength)} and revoked_at is null`,
      )
      const found = rows.filter((row) => isEqualHash(row.hash, hashOf(value)))[0]
      if (found === undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= at) return undefined
      await sql`update api_token set last_used_at = ${time(at)} where id = ${found.id}
        and (last_used_at is null or last_used_at < ${time(at - useNotedEveryMs)})`.execute(database.kysely)
      return apiToken(found)
    },
  }
}

function apiToken({ hash: _, ...row }: Row): ApiToken {
  return present<ApiToken>({ ...row, roles: row.roles as readonly Role[] })
}
