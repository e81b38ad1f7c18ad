import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import type { Scopes } from './access.ts'
import { bitbucketDialect } from './dialect.ts'
import {
  addMember,
  createGroup,
  deleteGroup,
  listGroupMembers,
  listGroups,
  listPrivileges,
  removeMember,
  updateGroup,
} from './groups.ts'
import { getInvitation, invite, listInvitations, withdraw } from './invitations.ts'
import {
  deleteGroupPermission,
  deleteUserPermission,
  getGroupPermission,
  getUserPermission,
  listGroupPermissions,
  listUserPermissions,
  type PlaceKind,
  setGroupPermission,
  setUserPermission,
} from './permissions.ts'
import {
  currentUser,
  getMember,
  getUser,
  getWorkspace,
  listMembers,
  listPermissions,
  listProjects,
  listWorkspaces,
  ownPermission,
} from './workspaces.ts'

type Handler = (twin: Twin, call: Call, scopes: Scopes) => Answer
type Row = readonly [name: string, method: Operation['method'], documented: string, scopes: Scopes, handler: Handler]

const scope = (token: string, oauth: string): Scopes => ({ token: token.split(' '), oauth: [oauth] })
const ofUser = scope('read:user:bitbucket', 'account')
const ofWorkspace = scope('read:workspace:bitbucket', 'account')
/** What the documents name no scopes for; these are our reading. */
const read1 = scope('read:workspace:bitbucket', 'account')
const write1 = scope('admin:workspace:bitbucket', 'account:write')

const version2: readonly Row[] = [
  ['user', 'GET', '/user', ofUser, currentUser],
  ['user.get', 'GET', '/users/{selected_user}', ofUser, getUser],
  ['user.workspaces', 'GET', '/user/workspaces', ofWorkspace, listWorkspaces],
  ['user.permission', 'GET', '/user/workspaces/{workspace}/permission', ofWorkspace, ownPermission],
  ['workspace.get', 'GET', '/workspaces/{workspace}', ofWorkspace, getWorkspace],
  ['workspace.members', 'GET', '/workspaces/{workspace}/members', ofWorkspace, listMembers],
  ['workspace.member', 'GET', '/workspaces/{workspace}/members/{member}', ofWorkspace, getMember],
  ['workspace.permissions', 'GET', '/workspaces/{workspace}/permissions', ofWorkspace, listPermissions],
  [
    'workspace.projects',
    'GET',
    '/workspaces/{workspace}/projects',
    scope('read:project:bitbucket', 'project'),
    listProjects,
  ],
  ...permissionsOf('project', '/workspaces/{workspace}/projects/{project_key}'),
  ...permissionsOf('repository', '/repositories/{workspace}/{repo_slug}'),
]

/** The calls of 1.0 that were left; no machine-readable document has them. */
const version1: readonly Row[] = [
  ['groups', 'GET', '/groups/{workspace}', read1, listGroups],
  ['group.create', 'POST', '/groups/{workspace}', write1, createGroup],
  ['group.update', 'PUT', '/groups/{workspace}/{slug}', write1, updateGroup],
  ['group.delete', 'DELETE', '/groups/{workspace}/{slug}', write1, deleteGroup],
  ['group.members', 'GET', '/groups/{workspace}/{slug}/members', read1, listGroupMembers],
  ['group.addMember', 'PUT', '/groups/{workspace}/{slug}/members/{member}', write1, addMember],
  ['group.removeMember', 'DELETE', '/groups/{workspace}/{slug}/members/{member}', write1, removeMember],
  ['groupPrivileges', 'GET', '/group-privileges/{workspace}', read1, listPrivileges],
  ['invitations', 'GET', '/users/{workspace}/invitations', read1, listInvitations],
  ['invitation.get', 'GET', '/users/{workspace}/invitations/{email}', read1, getInvitation],
  ['invitation.create', 'PUT', '/users/{workspace}/invitations/{email}/{owner}/{slug}', write1, invite],
  ['invitation.delete', 'DELETE', '/users/{workspace}/invitations/{email}', write1, withdraw],
]

/** Bitbucket Cloud at its own host: 2.0 and what is left of 1.0. */
export function bitbucketOperations(twin: Twin): Operation[] {
  const dialect = bitbucketDialect(twin)
  const operation =
    (prefix: string, base: string) =>
    ([name, method, documented, scopes, handler]: Row): Operation => {
      const path = base + documented.replace(/\{(\w+)\}/g, ':$1')
      return {
        name: `${prefix}.${name}`,
        method,
        documented,
        paths: [path, `${path}/`],
        dialect,
        handle: serve(twin, (served, call) => handler(served, call, scopes)),
      }
    }
  return [...version2.map(operation('bitbucket', '/2.0')), ...version1.map(operation('bitbucket1', '/1.0'))]
}

function permissionsOf(kind: PlaceKind, base: string): Row[] {
  const reads = scope(`read:${kind}:bitbucket`, `${kind}:admin`)
  const writes = scope(`admin:${kind}:bitbucket write:permission:bitbucket`, `${kind}:admin`)
  const deletes = scope(`admin:${kind}:bitbucket delete:permission:bitbucket`, `${kind}:admin`)
  const groups = `${base}/permissions-config/groups`
  const users = `${base}/permissions-config/users`
  return [
    [`${kind}.groups`, 'GET', groups, reads, listGroupPermissions(kind)],
    [`${kind}.group`, 'GET', `${groups}/{group_slug}`, reads, getGroupPermission(kind)],
    [`${kind}.setGroup`, 'PUT', `${groups}/{group_slug}`, writes, setGroupPermission(kind)],
    [`${kind}.deleteGroup`, 'DELETE', `${groups}/{group_slug}`, deletes, deleteGroupPermission(kind)],
    [`${kind}.users`, 'GET', users, reads, listUserPermissions(kind)],
    [`${kind}.user`, 'GET', `${users}/{selected_user_id}`, reads, getUserPermission(kind)],
    [`${kind}.setUser`, 'PUT', `${users}/{selected_user_id}`, writes, setUserPermission(kind)],
    [`${kind}.deleteUser`, 'DELETE', `${users}/{selected_user_id}`, deletes, deleteUserPermission(kind)],
  ]
}
