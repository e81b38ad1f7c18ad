import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { PushToken, PushTokens } from '../../ports/push-directory.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf, serialize } from '../database.ts'
import { present, time } from '../rows.ts'

/** Recognisable, so that a secret scanner can find a token that leaked into a repository. */
const mark = 'muster_scim_'
/** 36 random bits to look a token up by; they give nothing away of the rest. */
const prefixLength = mark.length + 6
/** Old and new one, while an administrator puts the new one in at the identity provider. */
const mostValid = 2
/** A use is written down at most this often, so that reading does not cost a durable write each time. */
const useNotedEveryMs = 60_000

/** A token that was found valid is not looked up again for so long: as long as one revoked elsewhere may still let in. */
const trustedMs = 1_000

interface Row extends PushToken {
  readonly hash: string
}

const columns = sql`id, source, prefix, hash, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"`

export function pushTokens({ database, now }: StorageContext): PushTokens {
  const valid = () =>
    sql`(revoked_at is null or revoked_at > ${time(now())}) and (expires_at is null or expires_at > ${time(now())})`
  /** From when until when, by source and hash. Only valid tokens come in, so it stays as small as the list of them. */
  let trusted = new Map<string, { readonly from: number; readonly until: number }>()
  return {
    create: async (source, expiresAt) => {
      const value = mark + randomBytes(32).toString('base64url')
      const token: PushToken = present<PushToken>({
        id: newId(now()),
        source,
        prefix: value.slice(0, prefixLength),
        createdAt: now(),
        expiresAt,
        lastUsedAt: undefined,
      })
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `tokens of ${source}`)
        const others = await rowsOf(transaction, sql`select 1 from push_token where source = ${source} and ${valid()}`)
        if (others.length >= mostValid) {
          throw fail.conflict(`The source ${source} has ${mostValid} valid tokens already.`, {
            hint: `Revoke the one that is not used any more: muster sources tokens ${source}`,
          })
        }
        await sql`insert into push_token (id, source, prefix, hash, created_at, expires_at)
          values (${token.id}, ${source}, ${token.prefix}, ${hashOf(value)}, ${time(token.createdAt)}, ${time(expiresAt)})`.execute(
          transaction,
        )
      })
      return { token, value }
    },
    list: async (source) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from push_token where source = ${source} and ${valid()} order by created_at, id`,
      )
      return rows.map(({ hash: _, ...token }) => present<PushToken>(token))
    },
    revoke: async (source, id, at) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update push_token set revoked_at = ${time(at ?? now())} where source = ${source} and id = ${id} and ${valid()} returning id`,
      )
      // Another map, so that a look-up under way cannot put it back.
      trusted = new Map()
      return rows.length > 0
    },
    authenticate: async (source, value) => {
      const known = trusted
      const hash = hashOf(value)
      const name = `${source} ${hash}`
      const at = now()
      const trust = known.get(name)
      if (trust !== undefined && at >= trust.from && at < trust.until) return 'valid'
      const rows = await rowsOf<Row & { readonly isValid: boolean; readonly revokedAt: number | null }>(
        database.kysely,
        sql`select ${columns}, revoked_at as "revokedAt", ${valid()} as "isValid" from push_token
            where prefix = ${value.slice(0, prefixLength)} and source = ${source}`,
      )
      const found = rows.find((row) => isEqual(row.hash, hash))
      if (found === undefined) return 'unknown'
      known.delete(name)
      if (!found.isValid) return 'expired'
      const ends = [found.expiresAt, found.revokedAt].map((end) => end ?? Number.POSITIVE_INFINITY)
      known.set(name, { from: at, until: Math.min(at + trustedMs, ...ends) })
      if ((found.lastUsedAt ?? 0) < now() - useNotedEveryMs) {
        await sql`update push_token set last_used_at = ${time(now())} where id = ${found.id}`.execute(database.kysely)
      }
      return 'valid'
    },
  }
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

function isEqual(stored: string, presented: string): boolean {
  const [left, right] = [Buffer.from(stored, 'hex'), Buffer.from(presented, 'hex')]
  return left.length === right.length && timingSafeEqual(left, right)
}
