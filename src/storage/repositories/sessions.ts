import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../platform/ids.ts'
import type { Session, SessionStore } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { present, time } from '../rows.ts'
import { hashOf } from './token-hash.ts'
import { readUser } from './users.ts'

/** A use is written down at most this often, so that reading does not cost a durable write each time. */
const useNotedEveryMs = 60_000
/** With more browsers than this the oldest is signed out. */
const mostOfOneUser = 20
/** Browsers name themselves at length; only the beginning is of interest. */
const longestAgent = 300

const columns = sql`session.id, session.app_user as "userId", session.way, session.address, session.agent,
  session.created_at as "createdAt", session.expires_at as "expiresAt", session.last_used_at as "lastUsedAt"`

export function sessionStore({ database, now }: StorageContext): SessionStore {
  const usable = (idleMs: number) =>
    sql`session.expires_at > ${time(now())} and session.last_used_at > ${time(
      now() - idleMs,
    )} and exists (select 1 from app_user where app_user.id = session.app_user and disabled_at is null)`
  const ended = async (statement: RawBuilder<unknown>) => (await rowsOf(database.kysely, statement)).length
  return {
    begin: async ({ userId, way, address, agent, expiresAt }) => {
      const value = randomBytes(32).toString('base64url')
      const session = present<Session>({
        id: newId(now()),
        userId,
        way,
        address,
        agent: agent?.slice(0, longestAgent),
        createdAt: now(),
        expiresAt,
        lastUsedAt: now(),
      })
      await sql`delete from app_session where expires_at <= ${time(now())} or id in (select id from app_session
        where app_user = ${userId} order by created_at desc, id desc offset ${mostOfOneUser - 1})`.execute(
        database.kysely,
      )
      await sql`insert into app_session (token_hash, id, app_user, way, address, agent, created_at, expires_at, last_used_at)
        values (${hashOf(value)}, ${session.id}, ${userId}, ${way}, ${address ?? null}, ${session.agent ?? null},
          ${time(session.createdAt)}, ${time(expiresAt)}, ${time(session.lastUsedAt)})`.execute(database.kysely)
      return { session, value }
    },
    find: async (value, idleMs) => {
      // Found by the whole hash: 256 random bits, so the time that takes tells nothing of use.
      const [row] = await rowsOf<Session>(
        database.kysely,
        sql`select ${columns} from app_session session where token_hash = ${hashOf(value)} and ${usable(idleMs)}`,
      )
      const user = row === undefined ? undefined : await readUser(database.kysely, row.userId)
      if (row === undefined || user === undefined) return undefined
      if (row.lastUsedAt < now() - useNotedEveryMs) {
        await sql`update app_session set last_used_at = ${time(now())} where id = ${row.id}`.execute(database.kysely)
      }
      return { session: present<Session>(row), user }
    },
    list: async (userId, idleMs) => {
      const rows = await rowsOf<Session>(
        database.kysely,
        sql`select ${columns} from app_session session where app_user = ${userId} and ${usable(idleMs)}
            order by created_at desc, id desc`,
      )
      return rows.map((row) => present<Session>(row))
    },
    renew: async (id) => {
      const value = randomBytes(32).toString('base64url')
      const rows = await ended(
        sql`update app_session set token_hash = ${hashOf(value)}, last_used_at = ${time(now())} where id = ${id} returning id`,
      )
      return rows === 0 ? undefined : value
    },
    end: async (id) => (await ended(sql`delete from app_session where id = ${id} returning id`)) > 0,
    endAll: async (userId, exceptId) =>
      await ended(sql`delete from app_session where app_user = ${userId} and id <> ${exceptId ?? ''} returning id`),
  }
}
