import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { all, cursorSweep, type Sweep } from '../../kit/paging.ts'
import { forEachOf, pieces } from '../../kit/waiting.ts'
import type { Api } from './api.ts'
import {
  count,
  directories,
  domains,
  type OrgGroup,
  type OrgUser,
  orgGroupPage,
  orgs,
  orgUserPage,
  workspaces,
} from './schemas.ts'

const pageSize = 100
/** Documented maxima of one search. */
const accountIdsPerCall = 10
const emailsPerCall = 100
const groupNamesPerCall = 100
const groupIdsPerCall = 10
/** Roles whose holders administer something; `GET` and search know them by these ids. */
const adminRoles = ['atlassian/org-admin', 'atlassian/site-admin', 'atlassian/admin', 'atlassian/user-access-admin']

export interface Named {
  readonly id: string
  readonly name: string
}

/** What can be asked with the key alone, before an organization and a directory are chosen. */
export class OrgFinder {
  readonly api: Api

  constructor(api: Api) {
    this.api = api
  }

  async organizations(signal: AbortSignal): Promise<readonly Named[]> {
    const sweep = () =>
      cursorSweep(idOf, async (cursor) => {
        const request: HttpRequest = { operation: 'org.orgs', method: 'GET', path: '/v1/orgs', query: { cursor } }
        const act = 'Reading the organizations of the key'
        const page = await this.api.read(orgs, request, act, signal, 'unreachable')
        const items = page.data.map(({ id, attributes }) => ({ id, name: attributes?.name ?? id }))
        return { items, next: cursorIn(page.links?.next) }
      })
    return all('The list of organizations', idOf, sweep)
  }

  async directories(orgId: string, signal: AbortSignal): Promise<readonly Named[]> {
    const sweep = () =>
      cursorSweep(idOf, async (cursor) => {
        const request: HttpRequest = {
          operation: 'org.directories',
          method: 'GET',
          path: `/v2/orgs/${encodeURIComponent(orgId)}/directories`,
          query: cursor === undefined ? { limit: pageSize } : { cursor },
        }
        const act = 'Reading the directories of the organization'
        const page = await this.api.read(directories, request, act, signal, 'unreachable')
        const items = page.data.map(({ directoryId, name }) => ({ id: directoryId, name: name ?? directoryId }))
        return { items, next: page.links?.next ?? undefined }
      })
    return all('The list of directories', idOf, sweep)
  }

  /** Names of domains whose ownership the organization has proven. */
  async verifiedDomains(orgId: string, signal: AbortSignal): Promise<readonly string[]> {
    const sweep = () =>
      cursorSweep(idOf, async (cursor) => {
        const path = `/v1/orgs/${encodeURIComponent(orgId)}/domains`
        const request: HttpRequest = { operation: 'org.domains', method: 'GET', path, query: { cursor } }
        const page = await this.api.read(domains, request, 'Reading the verified domains', signal)
        const verified = page.data.filter(({ attributes }) => attributes?.claim?.status === 'verified')
        const items = verified.map(({ attributes }) => ({ id: attributes?.name ?? '', name: attributes?.name ?? '' }))
        return { items, next: cursorIn(page.links?.next) }
      })
    return (await all('The list of domains', idOf, sweep)).map(({ name }) => name)
  }

  /** Ids (ARIs) and addresses of the products of the organization. */
  async products(orgId: string, signal: AbortSignal): Promise<readonly { id: string; hostUrl: string | undefined }[]> {
    const page = await this.api.read(
      workspaces,
      {
        operation: 'org.workspaces',
        method: 'POST',
        path: `/v2/orgs/${encodeURIComponent(orgId)}/workspaces`,
        body: { limit: 50 },
      },
      'Reading the products of the organization',
      signal,
    )
    return page.data.map(({ id, attributes }) => ({ id, hostUrl: attributes?.hostUrl ?? undefined }))
  }
}

/** One directory of one organization, through the organization API key. */
export class OrgClient {
  readonly api: Api
  readonly #org: string
  readonly #directory: string
  readonly #directoryId: string

  constructor(api: Api, orgId: string, directoryId: string) {
    this.api = api
    this.#directoryId = directoryId
    this.#org = `/v2/orgs/${encodeURIComponent(orgId)}`
    this.#directory = `${this.#org}/directories/${encodeURIComponent(directoryId)}`
  }

  /** Every account of the directory with its groups, proven by the organization's own count. */
  users(signal: AbortSignal): Sweep<OrgUser> {
    return cursorSweep(
      idOfUser,
      (cursor) => this.#usersPage({ expand: ['groups'] }, cursor, signal),
      () => this.#count('users', signal),
    )
  }

  async usersById(ids: readonly string[], signal: AbortSignal): Promise<readonly OrgUser[]> {
    const lists = await forEachOf(pieces(ids, accountIdsPerCall), 3, (accountIds) =>
      this.#allUsers({ accountIds, expand: ['groups'] }, signal),
    )
    return lists.flat()
  }

  async usersByEmail(emails: readonly string[], signal: AbortSignal): Promise<readonly OrgUser[]> {
    const lists = await forEachOf(pieces(emails, emailsPerCall), 3, (some) => this.#allUsers({ emails: some }, signal))
    return lists.flat()
  }

  async #allUsers(filter: object, signal: AbortSignal): Promise<readonly OrgUser[]> {
    const sweep = () => cursorSweep(idOfUser, (cursor: string | undefined) => this.#usersPage(filter, cursor, signal))
    return all('A search for accounts', idOfUser, sweep)
  }

  async #usersPage(filter: object, cursor: string | undefined, signal: AbortSignal) {
    // With a managed domain the search would otherwise also list managed accounts that are in no directory.
    const body = { ...filter, directoryIds: [this.#directoryId], limit: pageSize, ...(cursor ? { cursor } : {}) }
    const request: HttpRequest = {
      operation: 'org.users.search',
      method: 'POST',
      path: `${this.#directory}/users/search`,
      body,
    }
    const page = await this.api.read(orgUserPage, request, 'Reading the accounts of the organization', signal)
    return { items: page.data, next: page.links?.next ?? undefined }
  }

  groups(signal: AbortSignal): Sweep<OrgGroup> {
    return this.#groups({}, signal, () => this.#count('groups', signal))
  }

  /** The smallest question that needs the right to manage the directory. Throws what refuses it. */
  async probe(signal: AbortSignal): Promise<void> {
    const request: HttpRequest = {
      operation: 'org.groups.search',
      method: 'POST',
      path: `${this.#directory}/groups/search`,
      body: { limit: 1 },
    }
    await this.api.read(orgGroupPage, request, 'Reading the groups of the organization', signal)
  }

  /** Groups that give an administrator's role on anything. */
  async adminGroups(signal: AbortSignal): Promise<readonly OrgGroup[]> {
    return this.#allGroups({ roleIds: adminRoles }, signal)
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<readonly OrgGroup[]> {
    const lists = await forEachOf(pieces(names, groupNamesPerCall), 3, (groupNames) =>
      this.#allGroups({ groupNames }, signal),
    )
    return lists.flat()
  }

  async groupsById(ids: readonly string[], signal: AbortSignal): Promise<readonly OrgGroup[]> {
    const lists = await forEachOf(pieces(ids, groupIdsPerCall), 3, (groupIds) => this.#allGroups({ groupIds }, signal))
    return lists.flat()
  }

  async #allGroups(filter: object, signal: AbortSignal): Promise<readonly OrgGroup[]> {
    return all('A search for groups', idOfGroup, () => this.#groups(filter, signal))
  }

  #groups(filter: object, signal: AbortSignal, promised?: () => Promise<number | undefined>): Sweep<OrgGroup> {
    return cursorSweep(
      idOfGroup,
      async (cursor) => {
        const body = { ...filter, limit: pageSize, ...(cursor ? { cursor } : {}) }
        const request: HttpRequest = {
          operation: 'org.groups.search',
          method: 'POST',
          path: `${this.#directory}/groups/search`,
          body,
        }
        const page = await this.api.read(orgGroupPage, request, 'Reading the groups of the organization', signal)
        return { items: page.data, next: page.links?.next ?? undefined }
      },
      promised,
    )
  }

  /** How many the organization counts; undefined when the key may not ask (then the end mark alone must do). */
  async #count(what: 'users' | 'groups', signal: AbortSignal): Promise<number | undefined> {
    const request: HttpRequest = {
      operation: `org.${what}.count`,
      method: 'GET',
      path: `${this.#directory}/${what}/count`,
      query: { directoryIds: [this.#directoryId] },
    }
    const answer = await this.api.readUnless(403, count, request, `Counting the ${what}`, signal)
    return answer?.count ?? undefined
  }

  usersCount(signal: AbortSignal): Promise<number | undefined> {
    return this.#count('users', signal)
  }

  groupsCount(signal: AbortSignal): Promise<number | undefined> {
    return this.#count('groups', signal)
  }

  /** Sends once and never again: an invitation must not arrive twice. */
  invite(emails: readonly string[], sendNotification: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { emails, permissionRules: [], sendNotification }
    return this.#post('org.users.invite', `${this.#org}/users/invite`, body, 'Creating accounts', signal, 'once')
  }

  suspend(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${this.#directory}/users/${encodeURIComponent(accountId)}/suspend`
    // Without a body the answer is 415.
    return this.#post('org.users.suspend', path, {}, 'Deactivating the account', signal)
  }

  restore(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${this.#directory}/users/${encodeURIComponent(accountId)}/restore`
    return this.#post('org.users.restore', path, {}, 'Reactivating the account', signal)
  }

  createGroup(name: string, description: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, ...(description === undefined ? {} : { description }) }
    return this.#post('org.groups.create', `${this.#directory}/groups`, body, 'Creating the group', signal)
  }

  addMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${this.#directory}/groups/${encodeURIComponent(groupId)}/memberships`
    return this.#post('org.memberships.add', path, { accountId }, 'Adding to the group', signal)
  }

  removeMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const member = `${encodeURIComponent(groupId)}/memberships/${encodeURIComponent(accountId)}`
    const path = `${this.#directory}/groups/${member}`
    const request: HttpRequest = { operation: 'org.memberships.remove', method: 'DELETE', path }
    return this.api.write(request, 'Removing from the group', signal)
  }

  #post(
    operation: string,
    path: string,
    body: unknown,
    act: string,
    signal: AbortSignal,
    effect: 'once' | 'repeatable' = 'repeatable',
  ): Promise<HttpAnswer> {
    return this.api.write({ operation, method: 'POST', path, body, effect }, act, signal)
  }
}

/** v1 names the next page by a URL; only its cursor is used, so that a gateway of ours is never left. */
function cursorIn(next: string | null | undefined): string | undefined {
  if (!next) return undefined
  const cursor = URL.parse(next, 'https://api.atlassian.com')?.searchParams.get('cursor')
  if (!cursor) throw fail.incompleteRead('A list of the organization names a next page without a cursor.')
  return cursor
}

const idOf = ({ id }: Named) => id
const idOfUser = ({ accountId }: OrgUser) => accountId
const idOfGroup = ({ id }: OrgGroup) => id
