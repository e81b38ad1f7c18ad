import { type Call, Refusal } from '../../server/call.ts'
import type { Credential } from '../credentials.ts'
import { type Account, fold } from '../model.ts'
import type { Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { bitbucketDialect, refuse } from './dialect.ts'
import { isAdministrator, isMember } from './people.ts'

/** What a call needs: the scope of an API token, and that of app passwords, OAuth and workspace tokens. */
export interface Scopes {
  readonly token: readonly string[]
  readonly oauth: readonly string[]
}

export interface Caller {
  readonly credential: Credential
  /** Absent: a token of a workspace acts as nobody. */
  readonly account: Account | undefined
}

/** The last day of app passwords has passed. */
const appPasswordsEnd = Date.UTC(2026, 5, 9)

/** Who calls with which credential; whoever is nobody, or lacks the scope, is refused. */
export function caller(twin: Twin, call: Call, scopes: Scopes): Caller {
  const presented = twin.credentials.presentedBy(call)
  if (presented.kind !== 'known' || !isTaken(twin, call, presented.credential, presented.scheme)) {
    throw new Refusal(bitbucketDialect(twin).unauthorized(call))
  }
  const { credential } = presented
  const needed = credential.kind === 'api-token' ? scopes.token : scopes.oauth
  if (credential.scopes !== undefined && !needed.every((each) => covers(credential.scopes ?? new Set(), each))) {
    refuse(
      Number(twin.variants.get('bitbucketMissingScope')),
      'Your credentials lack one or more required privilege scopes.',
      `required: ${needed.join(', ')}`,
    )
  }
  return { credential, account: credential.account }
}

/** The caller and the workspace of the path, which the caller belongs to. */
export function visit(twin: Twin, call: Call, scopes: Scopes): Caller & { readonly workspace: Workspace } {
  const known = caller(twin, call, scopes)
  const workspace = twin.state.workspaces.get(call.param('workspace'))
  if (workspace === undefined) return refuse(404, `No workspace with identifier '${call.param('workspace')}'.`)
  const { account, credential } = known
  const belongs = account === undefined ? credential.kind === 'workspace-token' : isMember(twin, workspace, account)
  if (!belongs) {
    refuse(Number(twin.variants.get('bitbucketForeignWorkspace')), 'You may not have access to this workspace.')
  }
  return { ...known, workspace }
}

/** The same of somebody who administers the workspace. */
export function administrate(twin: Twin, call: Call, scopes: Scopes): Caller & { readonly workspace: Workspace } {
  const visited = visit(twin, call, scopes)
  const { account, workspace } = visited
  if (account !== undefined && !isAdministrator(twin, workspace, account)) {
    refuse(403, 'You do not have admin access to this workspace.')
  }
  return visited
}

/** Refuses a change of permissions by an app, or by a token where the vendor takes app passwords alone. */
export function requirePermissionWriter(twin: Twin, { credential }: Caller): void {
  const isPerson = credential.kind === 'app-password' || credential.kind === 'api-token'
  const isEnough = credential.kind === 'app-password' || twin.variants.is('bitbucketPermissionWrites', 'api-token')
  if (!isPerson || !isEnough) refuse(403, 'This authentication method may not change permissions.')
}

function isTaken(twin: Twin, call: Call, { kind, scopes }: Credential, scheme: 'basic' | 'bearer'): boolean {
  switch (kind) {
    case 'api-token':
      if (scheme !== 'basic') return false
      return scopes !== undefined || twin.variants.is('bitbucketUnscopedToken', '200')
    case 'app-password':
      if (scheme !== 'basic') return false
      return call.at < appPasswordsEnd || twin.variants.is('bitbucketAppPasswords', 'still-work')
    case 'oauth-token':
    case 'workspace-token':
      return scheme === 'bearer'
    default:
      return false
  }
}

/** `account:write` has `account`, and `project:admin` has `project`, as the vendor's list says. */
function covers(scopes: ReadonlySet<string>, needed: string): boolean {
  if (scopes.has(needed)) return true
  if (needed.endsWith(':bitbucket')) return false
  return ['write', 'admin'].some((more) => scopes.has(`${fold(needed)}:${more}`))
}
