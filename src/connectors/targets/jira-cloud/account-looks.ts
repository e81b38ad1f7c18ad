import type { AccountNow } from '../../../ports/target.ts'
import { concurrency } from '../../kit/atlassian-cloud/limits.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { type Session, theSite } from './session.ts'
import { siteAccount } from './translate.ts'

/** Single accounts of a site by id, as they are right now. */
export async function siteAccountsNow(
  session: Session,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, AccountNow>> {
  const found = new Map<string, AccountNow>()
  const users = await forEachOf(ids, concurrency, (id) => theSite(session).user(id, signal))
  for (const each of users) {
    if (each === undefined) continue
    const account = siteAccount(each.user, session.identity.ownAccountId)
    found.set(account.id, { account, groupIds: each.groupIds })
  }
  return found
}
