import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import { deleteToken, listTokens } from './api-tokens.ts'
import { userManagementDialect } from './dialect.ts'
import { cancelDeletion, disable, enable, scheduleDeletion } from './lifecycle.ts'
import { getPrivileges } from './privileges.ts'
import { getProfile, setEmail, updateProfile } from './profile.ts'

type Handler = (twin: Twin, call: Call) => Answer

const base = '/users/{account_id}/manage'

const lines: readonly (readonly [name: string, method: Operation['method'], path: string, handler: Handler])[] = [
  ['account.privileges', 'GET', base, getPrivileges],
  ['account.profile', 'GET', `${base}/profile`, getProfile],
  ['account.updateProfile', 'PATCH', `${base}/profile`, updateProfile],
  ['account.setEmail', 'PUT', `${base}/email`, setEmail],
  ['account.disable', 'POST', `${base}/lifecycle/disable`, disable],
  ['account.enable', 'POST', `${base}/lifecycle/enable`, enable],
  ['account.delete', 'POST', `${base}/lifecycle/delete`, scheduleDeletion],
  ['account.cancelDelete', 'POST', `${base}/lifecycle/cancel-delete`, cancelDeletion],
  ['account.apiTokens', 'GET', `${base}/api-tokens`, listTokens],
  ['account.deleteApiToken', 'DELETE', `${base}/api-tokens/{tokenId}`, deleteToken],
]

/** User management: one account at a time, managed ones only, below the API base without `/admin`. */
export function userManagementOperations(twin: Twin): Operation[] {
  const dialect = userManagementDialect(twin.variants)
  return lines.map(([name, method, documented, handler]) => ({
    name,
    method,
    documented,
    paths: [documented.replace(/\{(\w+)\}/g, ':$1')],
    dialect,
    handle: serve(twin, handler),
  }))
}
