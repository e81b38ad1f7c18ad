import type { AccessRole } from '../../../domain/access.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { forEachOf } from '../../kit/waiting.ts'
import { accountAccess } from './account-access.ts'
import { customValues } from './custom-record.ts'
import { concurrency } from './limits.ts'
import { type Session, theSite, viewerOf } from './session.ts'
import { isInDirectory, orgAccount, siteAccount } from './translate.ts'

/** Single accounts by id, as they are right now. */
export async function accountsAsTheyAre(
  session: Session,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, AccountNow>> {
  const found = new Map<string, AccountNow>()
  if (session.org === undefined) {
    const users = await forEachOf(ids, concurrency, (id) => theSite(session).user(id, signal))
    for (const each of users) {
      if (each === undefined) continue
      const account = siteAccount(each.user, session.identity.ownAccountId)
      found.set(account.id, { account, groupIds: each.groupIds })
    }
    return found
  }
  for (const user of await session.org.usersById(ids, signal)) {
    if (!isInDirectory(user)) continue
    const account = orgAccount(user, viewerOf(session))
    const { memberOf } = account
    found.set(user.accountId, { account, ...(memberOf === undefined ? {} : { groupIds: new Set(memberOf) }) })
  }
  return found
}

/** Adds the roles of each account, which are told one account at a time. */
export async function lookAtRoles(
  found: Map<string, AccountNow>,
  { roles }: Session,
  byGroup: ReadonlyMap<string, readonly AccessRole[]> | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (roles === undefined) return
  await forEachOf([...found], concurrency, async ([id, now]) => {
    const throughGroups = [...(now.groupIds ?? [])].flatMap((groupId) => byGroup?.get(groupId) ?? [])
    const { own: access, byGroup: groupAccess } = accountAccess(await roles.ofAccount(id, signal), throughGroups)
    found.set(id, { ...now, account: { ...now.account, access }, groupAccess })
  })
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
