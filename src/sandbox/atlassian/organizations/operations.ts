import { type Answer, type Call, type Operation, Refusal } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import { lastActiveDates } from './activity.ts'
import { removedEndpoint } from './deprecated.ts'
import { adminDialect } from './dialect.ts'
import { addMember, createGroup, deleteGroup, removeMember } from './group-writes.ts'
import { countGroups, getGroup, listGroups, searchGroups } from './groups.ts'
import { invite } from './invitation.ts'
import { getDomain, getOrg, listDirectories, listDomains, listManaged, listOrgs } from './organization.ts'
import {
  assignGroupRole,
  assignOrgRole,
  assignUserRole,
  listGroupRoles,
  listUserRoles,
  revokeGroupRole,
  revokeOrgRole,
  revokeUserRole,
} from './roles.ts'
import { groupStats, userStats } from './stats.ts'
import { removeUser, restoreUser, suspendUser } from './user-writes.ts'
import { countUsers, getUser, listUsers, searchUsers } from './users.ts'
import { listWorkspaces } from './workspaces.ts'

type Handler = (twin: Twin, call: Call) => Answer
type Line = readonly [name: string, method: Operation['method'], path: string, handler: Handler]

const v1 = '/v1/orgs/{orgId}'
const v2 = '/v2/orgs/{orgId}'
const users = `${v2}/directories/{directoryId}/users`
const groups = `${v2}/directories/{directoryId}/groups`

const lines: readonly Line[] = [
  ['org.list', 'GET', '/v1/orgs', listOrgs],
  ['org.get', 'GET', v1, getOrg],
  ['org.domains', 'GET', `${v1}/domains`, listDomains],
  ['org.domain', 'GET', `${v1}/domains/{domainId}`, getDomain],
  ['org.user.lastActive', 'GET', `${v1}/directory/users/{accountId}/last-active-dates`, lastActiveDates],
  ['org.managedAccounts', 'GET', `${v1}/users`, listManaged],
  ['org.directories', 'GET', `${v2}/directories`, listDirectories],
  ['org.users.search', 'POST', `${users}/search`, searchUsers],
  ['org.users.list', 'GET', users, listUsers],
  ['org.users.stats', 'GET', `${users}/stats`, userStats],
  ['org.users.count', 'GET', `${users}/count`, countUsers],
  ['org.invite', 'POST', `${v2}/users/invite`, invite],
  ['org.groups.search', 'POST', `${groups}/search`, searchGroups],
  ['org.groups.list', 'GET', groups, listGroups],
  ['org.groups.stats', 'GET', `${groups}/stats`, groupStats],
  ['org.groups.count', 'GET', `${groups}/count`, countGroups],
  ['org.group.get', 'GET', `${groups}/{groupId}`, getGroup],
  ['org.group.roles', 'GET', `${groups}/{groupId}/role-assignments`, listGroupRoles],
  ['org.user.roles', 'GET', `${users}/{accountId}/role-assignments`, listUserRoles],
  ['org.user.assignRole', 'POST', `${v1}/users/{userId}/roles/assign`, assignUserRole],
  ['org.user.revokeRole', 'POST', `${v1}/users/{userId}/roles/revoke`, revokeUserRole],
  ['org.user.assignOrgRole', 'POST', `${v1}/users/{userId}/role-assignments/assign`, assignOrgRole],
  ['org.user.revokeOrgRole', 'POST', `${v1}/users/{userId}/role-assignments/revoke`, revokeOrgRole],
]

/** Writes of v2 whose error answers have no documented body. */
const bodiless: readonly Line[] = [
  ['org.user.suspend', 'POST', `${users}/{accountId}/suspend`, suspendUser],
  ['org.user.restore', 'POST', `${users}/{accountId}/restore`, restoreUser],
  ['org.user.remove', 'DELETE', `${users}/{accountId}`, removeUser],
  ['org.group.create', 'POST', groups, createGroup],
  ['org.group.delete', 'DELETE', `${groups}/{groupId}`, deleteGroup],
  ['org.group.addMember', 'POST', `${groups}/{groupId}/memberships`, addMember],
  ['org.group.removeMember', 'DELETE', `${groups}/{groupId}/memberships/{accountId}`, removeMember],
  ['org.group.assignRole', 'POST', `${groups}/{groupId}/role-assignments/assign`, assignGroupRole],
  ['org.group.revokeRole', 'POST', `${groups}/{groupId}/role-assignments/revoke`, revokeGroupRole],
]

/** The one operation that documents a lone application error where the others have a list of them. */
const lone: readonly Line[] = [['org.workspaces', 'POST', `${v2}/workspaces`, listWorkspaces]]

/** Announced to end on 2026-06-30, and in no document since: what tools of yesterday still call. */
const removed: readonly (readonly [method: Operation['method'], path: string])[] = [
  ['POST', `${v1}/users/search`],
  ['POST', `${v1}/users/invite`],
  ['POST', `${v1}/groups/search`],
  ['POST', `${v1}/directory/groups`],
  ['DELETE', `${v1}/directory/groups/{groupId}`],
  ['POST', `${v1}/directory/groups/{groupId}/memberships`],
  ['DELETE', `${v1}/directory/groups/{groupId}/memberships/{accountId}`],
  ['DELETE', `${v1}/directory/users/{accountId}`],
  ['POST', `${v1}/directory/users/{accountId}/suspend-access`],
  ['POST', `${v1}/directory/users/{accountId}/restore-access`],
]

/** Organizations REST, v1 and v2, below `/admin` of the API base. */
export function organizationOperations(twin: Twin): Operation[] {
  const dialect = adminDialect(twin.variants)
  const operation = ([name, method, documented]: Line, handler: Handler): Operation => ({
    name,
    method,
    documented,
    paths: [`/admin${documented.replace(/\{(\w+)\}/g, ':$1')}`],
    dialect,
    handle: serve(twin, handler),
  })
  // The document names this one parameter {userId} in the path and accountId in its list.
  const details: Line = ['org.user.get', 'GET', `${users}/{userId}`, getUser]
  const detailsOperation: Operation = {
    ...operation(details, getUser),
    paths: [`/admin${`${users}/{accountId}`.replace(/\{(\w+)\}/g, ':$1')}`],
  }
  return [
    ...lines.map((line) => operation(line, line[3])),
    ...bodiless.map((line) => operation(line, withoutBody(line[3]))),
    ...lone.map((line) => operation(line, withLoneError(line[3]))),
    detailsOperation,
    ...removed.map(([method, path]) => operation(['org.removed', method, path, removedEndpoint], removedEndpoint)),
  ]
}

function withoutBody(handler: Handler): Handler {
  return (twin, call) => {
    try {
      return handler(twin, call)
    } catch (error) {
      const hides =
        error instanceof Refusal && error.answer.status !== 401 && twin.variants.is('orgWriteErrorBody', 'none')
      if (hides) return { status: error.answer.status }
      throw error
    }
  }
}

function withLoneError(handler: Handler): Handler {
  return (twin, call) => {
    try {
      return handler(twin, call)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { errors } = (error.answer.json ?? {}) as { errors?: unknown[] }
      return errors === undefined || error.answer.status === 401 ? error.answer : { ...error.answer, json: errors[0] }
    }
  }
}
