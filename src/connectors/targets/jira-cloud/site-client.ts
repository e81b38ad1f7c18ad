import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import { bareSweep, offsetSweep, type Sweep } from '../../kit/paging.ts'
import { pieces } from '../../kit/waiting.ts'
import {
  type ApplicationRoles,
  applicationRoles,
  permissions,
  type SiteGroup,
  type SiteUser,
  siteGroupPage,
  siteGroups,
  siteUser,
  siteUserPage,
  siteUsers,
} from './schemas.ts'

/** `GET /group/member` documents 1 to 50; for `GET /group/bulk` no maximum is documented, 50 is its default. */
const pageSize = 50
const usersPageSize = 1000
const smallestUsersPage = 50
/** Names go into the URL: keep it short. */
const namesPerCall = 20

/** Jira Cloud platform REST v3, acting as the account of the API token. */
export class SiteClient {
  readonly api: Api

  constructor(api: Api) {
    this.api = api
  }

  /** Who we are; the one call that an anonymous caller cannot pass. */
  myself(signal: AbortSignal): Promise<SiteUser> {
    return this.api.read(siteUser, get('site.myself', '/myself'), 'Signing in to the site', signal, 'config-invalid')
  }

  async may(keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const request = get('site.mypermissions', '/mypermissions', { permissions: keys.join(',') })
    const answer = await this.api.read(permissions, request, 'Asking for our own rights', signal)
    return new Set(keys.filter((key) => answer.permissions[key]?.havePermission === true))
  }

  /** All accounts ever known to the site: active and not, apps and customers too. */
  users(signal: AbortSignal): Sweep<SiteUser> {
    let maxResults = usersPageSize
    return bareSweep(
      ({ accountId }) => accountId,
      async (startAt) => {
        for (;;) {
          const request = get('site.users.search', '/users/search', { startAt, maxResults })
          const act = 'Reading the accounts'
          if (maxResults <= smallestUsersPage) return this.api.read(siteUsers, request, act, signal)
          // 409 = the answer would have taken longer than 10 seconds: ask for less.
          const page = await this.api.readUnless(409, siteUsers, request, act, signal)
          if (page !== undefined) return page
          maxResults = Math.max(smallestUsersPage, Math.floor(maxResults / 2))
        }
      },
    )
  }

  groups(filter: Readonly<Record<string, string>>, signal: AbortSignal): Sweep<SiteGroup> {
    return offsetSweep(
      ({ groupId }) => groupId,
      (startAt) =>
        this.api.read(
          siteGroupPage,
          get('site.group.bulk', '/group/bulk', { ...filter, startAt, maxResults: pageSize }),
          'Reading the groups',
          signal,
        ),
    )
  }

  /** Members of a group, suspended ones included. */
  members(groupId: string, signal: AbortSignal): Sweep<SiteUser> {
    return offsetSweep(
      ({ accountId }) => accountId,
      (startAt) =>
        this.api.read(
          siteUserPage,
          get('site.group.member', '/group/member', {
            groupId,
            startAt,
            maxResults: pageSize,
            includeInactiveUsers: true,
          }),
          'Reading the members of a group',
          signal,
        ),
    )
  }

  /** The account with all its groups, or undefined when there is none. */
  async user(
    accountId: string,
    signal: AbortSignal,
  ): Promise<{ readonly user: SiteUser; readonly groupIds: ReadonlySet<string> } | undefined> {
    const request = get('site.user', '/user', { accountId, expand: 'groups' })
    const user = await this.api.readUnless(404, siteUser, request, 'Reading an account', signal)
    if (user === undefined) return undefined
    const items = user.groups?.items
    const ids = items?.flatMap(({ groupId }) => (groupId ? [groupId] : []))
    // The expanded list may be cut or carry names only; then the groups are asked for by themselves.
    const complete = items && ids && ids.length === items.length && items.length >= (user.groups?.size ?? 0)
    return { user, groupIds: new Set(complete ? ids : await this.#groupsOf(accountId, signal)) }
  }

  async #groupsOf(accountId: string, signal: AbortSignal): Promise<readonly string[]> {
    const request = get('site.user.groups', '/user/groups', { accountId })
    const groups = await this.api.read(siteGroups, request, 'Reading the groups of an account', signal)
    return groups.map(({ groupId }) => groupId)
  }

  /** Prefix search over display names and addresses, active accounts only; the caller decides what is a match. */
  search(query: string, signal: AbortSignal): Promise<readonly SiteUser[]> {
    const request = get('site.user.search', '/user/search', { query, maxResults: 50 })
    return this.api.read(siteUsers, request, 'Searching an account by e-mail', signal)
  }

  /** Groups by exact name or by id, those that exist. */
  async groupsBy(
    by: 'groupName' | 'groupId',
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SiteGroup[]> {
    const found: SiteGroup[] = []
    for (const some of pieces(values, namesPerCall)) {
      const request = get('site.group.bulk', '/group/bulk', { [by]: some, startAt: 0, maxResults: pageSize })
      found.push(...(await this.api.read(siteGroupPage, request, 'Looking up groups', signal)).values)
    }
    return found
  }

  applicationRoles(signal: AbortSignal): Promise<ApplicationRoles> {
    const request = get('site.applicationrole', '/applicationrole')
    return this.api.read(applicationRoles, request, 'Reading product access', signal)
  }

  /** Creates the account without product access; Atlassian mails an invitation, which nothing can switch off. */
  createUser(emailAddress: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = post('site.user.create', '/user', { emailAddress, products: [] })
    return this.api.write(request, 'Creating the account', signal)
  }

  createGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = post('site.group.create', '/group', { name })
    return this.api.write({ ...request, effect: 'repeatable' }, 'Creating the group', signal)
  }

  addMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = post('site.group.user.add', '/group/user', { accountId })
    return this.api.write({ ...request, query: { groupId }, effect: 'repeatable' }, 'Adding to the group', signal)
  }

  removeMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.api.write(
      {
        operation: 'site.group.user.remove',
        method: 'DELETE',
        path: '/rest/api/3/group/user',
        query: { groupId, accountId },
      },
      'Removing from the group',
      signal,
    )
  }
}

function get(operation: string, path: string, query: HttpRequest['query'] = {}): HttpRequest {
  return { operation, method: 'GET', path: `/rest/api/3${path}`, query }
}

function post(operation: string, path: string, body: unknown): HttpRequest {
  return { operation, method: 'POST', path: `/rest/api/3${path}`, body }
}
