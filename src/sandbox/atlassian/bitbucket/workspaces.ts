import type { Answer, Call } from '../../server/call.ts'
import { type Account, fold } from '../model.ts'
import { userUuid, type Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { caller, type Scopes, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { hasMoved, isAdministrator, isMember, membersOf } from './people.ts'
import { membershipView, pageOf, projectView, userView, workspaceBaseView, workspaceView } from './views.ts'

const mostEmails = 90

/** GET /user: who calls; a workspace's token is nobody. */
export function currentUser(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { account } = caller(twin, call, scopes)
  return { status: 200, json: userView(twin, account ?? refuse(401, 'This token acts as no user.')) }
}

/** GET /users/{selected_user}: by uuid or account id. */
export function getUser(twin: Twin, call: Call, scopes: Scopes): Answer {
  caller(twin, call, scopes)
  const account = accountNamed(twin, call.param('selected_user'))
  if (account === undefined || account.accountType !== 'atlassian') return refuse(404, 'No such user.')
  return { status: 200, json: userView(twin, account) }
}

/** GET /user/workspaces, narrowed by `administrator`. */
export function listWorkspaces(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { account } = caller(twin, call, scopes)
  const asked = call.query.get('administrator')
  if (asked !== null && asked !== 'true' && asked !== 'false') refuse(400, 'Invalid administrator')
  const mine = twin.state.workspaces.all
    .filter((workspace) => account !== undefined && isMember(twin, workspace, account))
    .map((workspace) => ({
      workspace,
      administrator: account !== undefined && isAdministrator(twin, workspace, account),
    }))
    .filter(({ administrator }) => asked === null || String(administrator) === asked)
  return pageOf(twin, call, mine, ({ workspace, administrator }) => ({
    type: 'workspace_access',
    administrator,
    workspace: workspaceBaseView(twin, workspace),
  }))
}

/** GET /user/workspaces/{workspace}/permission: the highest one the caller has. */
export function ownPermission(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { account } = caller(twin, call, scopes)
  const workspace = twin.state.workspaces.get(call.param('workspace'))
  if (workspace === undefined || account === undefined || !isMember(twin, workspace, account)) {
    return refuse(403, 'You may not have access to this workspace.')
  }
  const permission = permissionOf(twin, workspace, account)
  return { status: 200, json: membershipView(twin, workspace, account, { permission }) }
}

/** GET /workspaces/{workspace} */
export function getWorkspace(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = visit(twin, call, scopes)
  return { status: 200, json: workspaceView(twin, workspace) }
}

/** GET /workspaces/{workspace}/members, for administrators by `q=user.email IN ("a@x","b@x")`, 90 at most. */
export function listMembers(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace, account } = visit(twin, call, scopes)
  const members = membersOf(twin, workspace)
  const emails = emailsOf(call)
  if (emails === undefined) return pageOf(twin, call, members, (each) => membershipView(twin, workspace, each))
  if (account !== undefined && !isAdministrator(twin, workspace, account)) {
    if (twin.variants.is('bitbucketMembersEmailByOthers', '400')) refuse(400, 'Only administrators filter by address.')
    return pageOf(twin, call, members, (each) => membershipView(twin, workspace, each))
  }
  if (emails.length > mostEmails) refuse(400, `At most ${mostEmails} addresses at a time.`)
  const wanted = new Set(emails.map(fold))
  const found = members.filter(({ email }) => wanted.has(fold(email)))
  const withEmail = /(^|[+,\s])values\.user\.email($|,)/.test(call.query.get('fields') ?? '')
  return pageOf(twin, call, found, (each) => membershipView(twin, workspace, each, {}, withEmail))
}

/** GET /workspaces/{workspace}/members/{member}: by uuid or account id. */
export function getMember(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = visit(twin, call, scopes)
  const wanted = accountNamed(twin, call.param('member'))
  const member = membersOf(twin, workspace).find((each) => each === wanted)
  return { status: 200, json: membershipView(twin, workspace, member ?? refuse(404, 'No such member.')) }
}

/** GET /workspaces/{workspace}/permissions, narrowed by `q=permission="owner"`. */
export function listPermissions(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = visit(twin, call, scopes)
  const q = call.query.get('q')
  const wanted =
    q === null ? undefined : (/^\s*permission\s*=\s*"([\w-]+)"\s*$/.exec(q)?.[1] ?? refuse(400, 'Bad query'))
  const rows = membersOf(twin, workspace)
    .map((account) => ({ account, permission: permissionOf(twin, workspace, account) }))
    .filter(({ permission }) => wanted === undefined || permission === wanted)
  // The two dates are gone once the administration has moved.
  const dates = hasMoved(twin)
    ? {}
    : { added_on: new Date(0).toISOString(), last_accessed: new Date(twin.state.clock.now()).toISOString() }
  return pageOf(twin, call, rows, ({ account, permission }) =>
    membershipView(twin, workspace, account, { permission, ...dates }),
  )
}

/** GET /workspaces/{workspace}/projects */
export function listProjects(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = visit(twin, call, scopes)
  return pageOf(twin, call, workspace.projects, (project) => projectView(workspace, project))
}

/** By Bitbucket's uuid or by account id. */
export function accountNamed({ state }: Twin, name: string): Account | undefined {
  const account = name.startsWith('{')
    ? state.accounts.items.find((each) => userUuid(each) === name)
    : state.account(name)
  return account !== undefined && state.visibility.seen(account) ? account : undefined
}

function permissionOf(twin: Twin, workspace: Workspace, account: Account): 'owner' | 'member' {
  return isAdministrator(twin, workspace, account) ? 'owner' : 'member'
}

function emailsOf(call: Call): string[] | undefined {
  const q = call.query.get('q')
  if (q === null) return undefined
  const list = /^\s*user\.email\s+IN\s*\(([^)]*)\)\s*$/i.exec(q)?.[1]
  if (list === undefined) return refuse(400, 'Bad query')
  return [...list.matchAll(/"([^"]*)"/g)].map(([, email]) => email ?? '')
}
