import type { Answer, Call } from '../../server/call.ts'
import { type Account, membershipIn, type Organization } from '../model.ts'
import { isLastOrgAdmin, type Twin } from '../twin.ts'
import { bodyObject, directoryToWrite, pathAccount, requireOrganization } from './access.ts'
import { refuse } from './dialect.ts'

/** POST …/users/{accountId}/suspend */
export function suspendUser(twin: Twin, call: Call): Answer {
  const { organization, account, directoryId } = subject(twin, call)
  bodyObject(call)
  if (isLastOrgAdmin(twin, account, organization))
    refuse('ADMIN-403-3', 'The last organization admin cannot be suspended')
  refuseSynced(twin, account)
  if (!twin.state.people.setSuspended(account, directoryId, true) && twin.variants.is('suspendSuspended', '409')) {
    refuse('ADMIN-409-28', 'The user is suspended already')
  }
  return { status: 204 }
}

/** POST …/users/{accountId}/restore */
export function restoreUser(twin: Twin, call: Call): Answer {
  const { account, directoryId } = subject(twin, call)
  bodyObject(call)
  refuseSynced(twin, account)
  if (!twin.state.people.setSuspended(account, directoryId, false) && twin.variants.is('restoreActive', '409')) {
    refuse('ADMIN-409-28', 'The user is active already')
  }
  return { status: 204 }
}

/** DELETE …/users/{accountId}: out of the directory, with groups and roles; the account itself stays. */
export function removeUser(twin: Twin, call: Call): Answer {
  const { organization, account, directoryId } = subject(twin, call)
  if (isLastOrgAdmin(twin, account, organization))
    refuse('ADMIN-403-3', 'The last organization admin cannot be removed')
  refuseSynced(twin, account)
  twin.state.people.remove(account, directoryId)
  return { status: 204 }
}

/** Whether an administrator may suspend whom an identity provider keeps is open. */
function refuseSynced(twin: Twin, account: Account): void {
  if (account.externalDirectory !== undefined && twin.variants.is('suspendSynced', '403')) {
    refuse('ADMIN-403-3', 'The user is synced from an identity provider')
  }
}

interface Subject {
  readonly organization: Organization
  readonly account: Account
  readonly directoryId: string
}

function subject(twin: Twin, call: Call): Subject {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const account = twin.state.account(call.param('accountId'))
  const directoryId = directoryToWrite(twin, call, organization, account)
  const seen = pathAccount(twin, call)
  if (membershipIn(seen, directoryId) === undefined) refuse('ADMIN-404-8')
  return { organization, account: seen, directoryId }
}
