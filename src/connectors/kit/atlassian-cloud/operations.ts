import type { WriteKind } from '../../../domain/change.ts'
import type { Operation } from '../../../ports/target.ts'
import { eachAlone } from '../verdicts.ts'
import { grantAccess, revokeAccess } from './access-writes.ts'
import { restore, suspend } from './account-state.ts'
import { createGroup } from './group-creation.ts'
import { createByInvitation } from './invitation.ts'
import { deleteAccount, disable, enable } from './lifecycle.ts'
import { concurrency } from './limits.ts'
import { addMember, removeMember } from './memberships.ts'
import type { OrgClient } from './org-client.ts'
import { updateAccount } from './profile.ts'
import type { CloudSession } from './session.ts'
import type { Write, Writing } from './writing.ts'

/** Every write of people, groups, memberships and roles; a target offers those that its credentials reach. */
export function directoryOperations(writing: Writing): Readonly<Partial<Record<WriteKind, Operation>>> {
  return {
    'account.update': single(updateAccount, writing),
    'account.deactivate': single(suspend, writing),
    'account.activate': single(restore, writing),
    'account.disable': single(disable, writing),
    'account.enable': single(enable, writing),
    'account.delete': single(deleteAccount, writing),
    'group.create': single(createGroup, writing),
    'membership.add': single(addMember, writing),
    'membership.remove': single(removeMember, writing),
    'access.grant': single(grantAccess, writing),
    'access.revoke': single(revokeAccess, writing),
  }
}

/** Accounts are made by inviting, 25 addresses a call, quietly unless people are to be mailed. */
export function invitation(org: OrgClient, writing: Writing): Operation {
  return {
    batchSize: 25,
    carries: { groups: 50, access: 20 },
    ...(writing.session.accounts === undefined ? {} : { finishes: true }),
    mails: 'asked',
    apply: (orders, context) => createByInvitation(orders, context, org, writing),
  }
}

/** One order a call. */
export function single<Of extends CloudSession>(write: Write<Of>, writing: Writing<Of>): Operation {
  return {
    batchSize: 1,
    apply: (orders, context) => eachAlone(orders, concurrency, (order) => write(order, context, writing)),
  }
}
