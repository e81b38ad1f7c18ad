import type { Answer, Call } from '../../server/call.ts'
import type { Account } from '../model.ts'
import type { CodePlace, Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { administrate, requirePermissionWriter, type Scopes } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { groupNamed, groupsOf } from './groups.ts'
import { isAdministrator, isMember } from './people.ts'
import { apiUrl, groupView, pageOf, projectView, repositoryView, userView } from './views.ts'
import { accountNamed } from './workspaces.ts'

/** Projects or repositories: where permissions are given. */
export type PlaceKind = 'project' | 'repository'

const levels: Readonly<Record<PlaceKind, ReadonlySet<unknown>>> = {
  project: new Set(['read', 'write', 'create-repo', 'admin']),
  repository: new Set(['read', 'write', 'admin']),
}

/** GET …/permissions-config/groups */
export function listGroupPermissions(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeOf(twin, call, scopes, kind)
    // Groups that are gone leave their permission behind with nobody in it.
    const rows = groupsOf(twin, workspace).filter(({ slug }) => place.groups.has(slug))
    return pageOf(twin, call, rows, (group) =>
      row(twin, workspace, kind, place, 'group', group.slug, groupView(workspace, group), place.groups.get(group.slug)),
    )
  }
}

/** GET …/permissions-config/groups/{group_slug}: `none` where nothing is given. */
export function getGroupPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeOf(twin, call, scopes, kind)
    return groupAnswer(twin, call, workspace, kind, place)
  }
}

/** PUT …/permissions-config/groups/{group_slug} */
export function setGroupPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeToChange(twin, call, scopes, kind)
    const { slug } = groupNamed(twin, workspace, call.param('group_slug'))
    place.groups.set(slug, level(call, kind))
    twin.state.effects.count('rolesChanged')
    return groupAnswer(twin, call, workspace, kind, place)
  }
}

/** DELETE …/permissions-config/groups/{group_slug} */
export function deleteGroupPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeToChange(twin, call, scopes, kind)
    const { slug } = groupNamed(twin, workspace, call.param('group_slug'))
    if (place.groups.delete(slug)) twin.state.effects.count('rolesChanged')
    return { status: 204 }
  }
}

/** GET …/permissions-config/users */
export function listUserPermissions(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeOf(twin, call, scopes, kind)
    const rows = [...place.users].flatMap(([accountId, permission]) => {
      const account = accountNamed(twin, accountId)
      return account === undefined ? [] : [{ account, permission }]
    })
    return pageOf(twin, call, rows, ({ account, permission }) =>
      row(twin, workspace, kind, place, 'user', account.accountId, userView(twin, account), permission),
    )
  }
}

/** GET …/permissions-config/users/{selected_user_id} */
export function getUserPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeOf(twin, call, scopes, kind)
    return userAnswer(twin, workspace, kind, place, userOf(twin, call))
  }
}

/** PUT …/permissions-config/users/{selected_user_id}: of a member, not of an owner. */
export function setUserPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { workspace, place } = placeToChange(twin, call, scopes, kind)
    const account = userOf(twin, call)
    if (!isMember(twin, workspace, account) || isAdministrator(twin, workspace, account)) {
      refuse(400, 'The user is no member of the workspace, or owns it.')
    }
    place.users.set(account.accountId, level(call, kind))
    twin.state.effects.count('rolesChanged')
    return userAnswer(twin, workspace, kind, place, account)
  }
}

/** DELETE …/permissions-config/users/{selected_user_id} */
export function deleteUserPermission(kind: PlaceKind) {
  return (twin: Twin, call: Call, scopes: Scopes): Answer => {
    const { place } = placeToChange(twin, call, scopes, kind)
    if (place.users.delete(userOf(twin, call).accountId)) twin.state.effects.count('rolesChanged')
    return { status: 204 }
  }
}

interface Place {
  readonly workspace: Workspace
  readonly place: CodePlace
}

function placeOf(twin: Twin, call: Call, scopes: Scopes, kind: PlaceKind): Place {
  const { workspace } = administrate(twin, call, scopes)
  return { workspace, place: placeIn(workspace, call, kind) }
}

function placeToChange(twin: Twin, call: Call, scopes: Scopes, kind: PlaceKind): Place {
  const known = administrate(twin, call, scopes)
  requirePermissionWriter(twin, known)
  return { workspace: known.workspace, place: placeIn(known.workspace, call, kind) }
}

function placeIn({ projects, repositories }: Workspace, call: Call, kind: PlaceKind): CodePlace {
  const [places, key] =
    kind === 'project' ? [projects, call.param('project_key')] : [repositories, call.param('repo_slug')]
  return places.find((place) => place.key === key) ?? refuse(404, `No such ${kind}.`)
}

function groupAnswer(twin: Twin, call: Call, workspace: Workspace, kind: PlaceKind, place: CodePlace): Answer {
  const group = groupNamed(twin, workspace, call.param('group_slug'))
  const permission = place.groups.get(group.slug)
  const json = row(twin, workspace, kind, place, 'group', group.slug, groupView(workspace, group), permission)
  return { status: 200, json }
}

function userAnswer(twin: Twin, workspace: Workspace, kind: PlaceKind, place: CodePlace, account: Account): Answer {
  const permission = place.users.get(account.accountId)
  const json = row(twin, workspace, kind, place, 'user', account.accountId, userView(twin, account), permission)
  return { status: 200, json }
}

function row(
  twin: Twin,
  workspace: Workspace,
  kind: PlaceKind,
  place: CodePlace,
  holder: 'group' | 'user',
  id: string,
  view: object,
  permission: string | undefined,
) {
  const { slug } = workspace
  const base = kind === 'project' ? `/workspaces/${slug}/projects/${place.key}` : `/repositories/${slug}/${place.key}`
  return {
    type: `${kind}_${holder}_permission`,
    permission: permission ?? 'none',
    [holder]: view,
    [kind]: kind === 'project' ? projectView(workspace, place) : repositoryView(workspace, place),
    links: { self: { href: `${apiUrl(twin)}${base}/permissions-config/${holder}s/${encodeURIComponent(id)}` } },
  }
}

function userOf(twin: Twin, call: Call): Account {
  return accountNamed(twin, call.param('selected_user_id')) ?? refuse(404, 'No such user.')
}

function level(call: Call, kind: PlaceKind): string {
  const { permission } = bodyObject(call)
  return typeof permission === 'string' && levels[kind].has(permission)
    ? permission
    : refuse(400, 'There is no such permission.')
}
