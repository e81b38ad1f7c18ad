import { type Call, Refusal } from '../../server/call.ts'
import type { Credential } from '../credentials.ts'
import type { Account } from '../model.ts'
import type { Twin } from '../twin.ts'
import { refuse, userManagementDialect } from './dialect.ts'

/** A key that may manage somebody. */
export interface Management {
  readonly account: Account
  readonly key: Credential
}

/**
 * The account of the path, if the key may manage it: a person whose mail domain an organization of the key has
 * verified. A key with scopes reaches nobody here, whatever its scopes are.
 */
export function requireManaged(twin: Twin, call: Call): Management {
  const presented = twin.credentials.presentedBy(call)
  const isKey = presented.kind === 'known' && presented.credential.kind === 'org-key' && presented.scheme === 'bearer'
  if (!isKey) throw new Refusal(userManagementDialect(twin.variants).unauthorized(call))
  const { credential } = presented
  if (credential.scopes !== undefined) refuseScoped(twin)
  const account = twin.state.account(call.param('account_id'))
  if (account === undefined || account.accountStatus === 'closed' || !twin.state.visibility.seen(account)) {
    refuse(404, 'accountNotFound')
  }
  const manager = twin.state.organizations.managerOf(account)
  if (manager === undefined || !credential.organizations?.includes(manager)) {
    refuse(403, twin.variants.get('unmanagedTarget'))
  }
  if (!account.emailVerified && twin.variants.is('unverifiedManagedTarget', 'forbidden.targetUnverified')) {
    refuse(403, 'forbidden.targetUnverified')
  }
  return { account, key: credential }
}

function refuseScoped(twin: Twin): never {
  if (twin.variants.is('scopedKeyOnUserManagement', 'key')) refuse(403, 'forbidden')
  throw new Refusal({ status: 403, json: { code: 403, message: 'Forbidden: the scope manage:org is required' } })
}

/** The JSON object in the body; undefined when there is none. */
export function bodyObject(call: Call): Record<string, unknown> | undefined {
  if (call.rawBody === '') return undefined
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    refuse(400, 'bodyParseFailure')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) refuse(400, 'bodyParseFailure')
  return body as Record<string, unknown>
}
