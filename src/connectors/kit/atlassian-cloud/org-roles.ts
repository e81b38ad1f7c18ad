import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { all, cursorSweep } from '../paging.ts'
import type { Api } from './api.ts'
import { type RoleAssignment, roleAssignments } from './schemas.ts'

/** Roles of the API are called `atlassian/user`. */
export const rolePrefix = 'atlassian/'

/** Roles on products, of accounts and of groups. A role on a product is what lets somebody in. */
export class OrgRoles {
  readonly api: Api
  readonly #org: string
  readonly #directory: string

  constructor(api: Api, orgId: string, directoryId: string) {
    this.api = api
    this.#org = encodeURIComponent(orgId)
    this.#directory = `/v2/orgs/${this.#org}/directories/${encodeURIComponent(directoryId)}`
  }

  /** Every role the account has, and by which way it came; none where there is no such account. */
  ofAccount(accountId: string, signal: AbortSignal): Promise<readonly RoleAssignment[]> {
    const path = `${this.#directory}/users/${encodeURIComponent(accountId)}/role-assignments`
    return this.#list('org.users.roles', path, signal)
  }

  /** Every role members of the group have by it. */
  ofGroup(groupId: string, signal: AbortSignal): Promise<readonly RoleAssignment[]> {
    const path = `${this.#directory}/groups/${encodeURIComponent(groupId)}/role-assignments`
    return this.#list('org.groups.roles', path, signal)
  }

  #list(operation: string, path: string, signal: AbortSignal): Promise<readonly RoleAssignment[]> {
    return all('A list of roles', resourceOf, () =>
      cursorSweep(resourceOf, async (cursor) => {
        const query = cursor === undefined ? { limit: 100 } : { cursor }
        const request: HttpRequest = { operation, method: 'GET', path, query }
        const page = await this.api.readUnless(404, roleAssignments, request, 'Reading roles', signal)
        return { items: page?.data ?? [], next: page?.links?.next ?? undefined }
      }),
    )
  }

  /** The role of one account; `undo` takes it away. */
  forAccount(
    accountId: string,
    role: string,
    resource: string,
    undo: boolean,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const path = `/v1/orgs/${this.#org}/users/${encodeURIComponent(accountId)}/roles/${undo ? 'revoke' : 'assign'}`
    return this.#post(`org.users.role.${undo ? 'revoke' : 'assign'}`, path, { role, resource }, signal)
  }

  /** The role of everybody in a group. */
  forGroup(groupId: string, role: string, resource: string, undo: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const group = `${this.#directory}/groups/${encodeURIComponent(groupId)}`
    const path = `${group}/role-assignments/${undo ? 'revoke' : 'assign'}`
    return this.#post(
      `org.groups.role.${undo ? 'revoke' : 'assign'}`,
      path,
      { roleId: role, resourceId: resource },
      signal,
    )
  }

  #post(operation: string, path: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.api.write({ operation, method: 'POST', path, body, effect: 'repeatable' }, 'Writing a role', signal)
  }
}

const resourceOf = ({ resourceId }: RoleAssignment) => resourceId
