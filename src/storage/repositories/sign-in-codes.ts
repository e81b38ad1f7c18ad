import { sql } from 'kysely'
import type { SignInCodes } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { time } from '../rows.ts'
import { hashOf } from './token-hash.ts'
import { readUser } from './users.ts'

export function signInCodes({ database, now }: StorageContext): SignInCodes {
  return {
    keep: async (code, purpose, expiresAt, userId) =>
      await inTransaction(database, async (transaction) => {
        await sql`delete from sign_in_code where expires_at <= ${time(now())}`.execute(transaction)
        await sql`insert into sign_in_code (hash, purpose, app_user, created_at, expires_at)
          values (${hashOf(code)}, ${purpose}, ${userId ?? null}, ${time(now())}, ${time(expiresAt)})`.execute(
          transaction,
        )
      }),
    spendLink: async (code) =>
      await inTransaction(database, async (transaction) => {
        const [spent] = await rowsOf<{ userId: string | null; isValid: boolean }>(
          transaction,
          sql`delete from sign_in_code where hash = ${hashOf(code)} and purpose = 'link'
              returning app_user as "userId", expires_at > ${time(now())} as "isValid"`,
        )
        if (spent === undefined || !spent.isValid || spent.userId === null) return undefined
        const user = await readUser(transaction, spent.userId)
        return user?.disabledAt === undefined ? user : undefined
      }),
  }
}
