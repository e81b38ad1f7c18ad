import type { AccountNow } from '../../../ports/target.ts'
import { concurrency } from '../../kit/atlassian-cloud/limits.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { customValues } from './custom-record.ts'
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

/** Adds our custom attributes, which are told one account at a time. */
export async function lookAtCustom(
  found: Map<string, AccountNow>,
  { properties }: Session,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  if (properties === undefined) return
  await forEachOf([...found], concurrency, async ([id, now]) => {
    const custom = (await customValues(properties, id, instanceId, signal)) ?? {}
    found.set(id, { ...now, account: { ...now.account, custom } })
  })
}
