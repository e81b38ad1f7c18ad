import type { Answer, Call } from '../../server/call.ts'
import { isLastOrgAdmin, type Twin } from '../twin.ts'
import { bodyObject, type Management, requireManaged } from './access.ts'
import { refuse, refuseFields, refuseLifecycle } from './dialect.ts'
import { requirePrivilege } from './privileges.ts'

/** POST /users/{account_id}/manage/lifecycle/disable: the whole account, in every organization. */
export function disable(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'lifecycle.enablement')
  requireBody(twin, call)
  const { account } = management
  refuseLastAdmin(twin, management)
  if (account.deletionAt !== undefined) {
    refuseLifecycle(account.accountId, 'scheduledForDeletion', 'The account is scheduled for deletion.')
  }
  if (!twin.state.lifecycle.disable(account) && twin.variants.is('disableDisabled', '409')) {
    refuseLifecycle(account.accountId, 'alreadyDisabled', 'The account is deactivated already.')
  }
  return { status: 204 }
}

/** POST /users/{account_id}/manage/lifecycle/enable: a scheduled deletion has to be cancelled first. */
export function enable(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'lifecycle.enablement')
  const { account } = management
  if (account.deletionAt !== undefined) {
    refuseLifecycle(account.accountId, 'scheduledForDeletion', 'Cancel the deletion of the account first.')
  }
  if (!twin.state.lifecycle.enable(account) && twin.variants.is('enableEnabled', '409')) {
    refuseLifecycle(account.accountId, 'alreadyEnabled', 'The account is active already.')
  }
  return { status: 204 }
}

/** POST /users/{account_id}/manage/lifecycle/delete: gone after 14 days, deactivated until then. */
export function scheduleDeletion(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'lifecycle.delete')
  const { account } = management
  refuseLastAdmin(twin, management)
  if (account.deletionAt === undefined) twin.state.lifecycle.scheduleDeletion(account)
  else if (twin.variants.is('deleteScheduled', '409')) {
    refuseLifecycle(account.accountId, 'scheduledForDeletion', 'The account is scheduled for deletion already.')
  }
  return { status: 200, json: { message: 'Success' } }
}

/** POST /users/{account_id}/manage/lifecycle/cancel-delete: restores and activates. */
export function cancelDeletion(twin: Twin, call: Call): Answer {
  const management = requireManaged(twin, call)
  requirePrivilege(management, 'lifecycle.delete')
  const isCancelled = twin.state.lifecycle.cancelDeletion(management.account)
  if (!isCancelled && twin.variants.is('cancelUnscheduled', '404')) refuse(404, 'notFound')
  return { status: 200, json: { message: 'Success' } }
}

/** The body of `disable` is required, even if empty; what a call without one is told stands nowhere. */
function requireBody(twin: Twin, call: Call): void {
  const body = bodyObject(call)
  const status = twin.variants.get('disableWithoutBody')
  if (body === undefined && status === '415') refuse(415, 'unsupportedMediaType')
  if (body === undefined && status === '400') refuse(400, 'bodyParseFailure')
  if (body?.message !== undefined && typeof body.message !== 'string') refuseFields({ message: 'type' })
}

/** Somebody has to remain who administers the organization. */
function refuseLastAdmin(twin: Twin, { account }: Management): void {
  const organization = twin.state.organizations.managerOf(account)
  if (organization !== undefined && isLastOrgAdmin(twin, account, organization)) {
    refuseLifecycle(account.accountId, 'lastOrganizationAdmin', 'The account is the last organization admin.')
  }
}
