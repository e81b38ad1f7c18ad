import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { cloudGroup, type GroupFacts, kindOf, own, present } from '../../kit/atlassian-cloud/translate.ts'
import type { SiteGroup, SiteUser } from './schemas.ts'

/** Records of a Jira site as records of ours. Pure. */

/** Jira says only `active`: what is inactive may be suspended or deactivated, and a token alone can change neither. */
export function siteAccount(user: SiteUser, ownAccountId: string | undefined): TargetAccount {
  return {
    id: user.accountId,
    kind: kindOf(user.accountType),
    state: user.active ? 'active' : 'suspended',
    ...present('email', user.emailAddress),
    ...present('displayName', user.displayName),
    ...own(user.accountId, ownAccountId),
    ...(user.timeZone ? { attributes: { timeZone: user.timeZone } } : {}),
  }
}

export function siteGroup({ groupId, name }: SiteGroup, facts: GroupFacts): TargetGroup {
  return cloudGroup({ id: groupId, name }, facts)
}
