import type { z } from 'zod'
import { fail, ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { all, cursorSweep, type Sweep } from '../paging.ts'
import { forEachOf, pieces } from '../waiting.ts'
import type { Api } from './api.ts'
import { count, type OrgGroup, type OrgUser, orgGroupPage, orgUserPage } from './schemas.ts'

const pageSize = 100
/** Documented maxima of one search. */
const accountIdsPerCall = 10
const emailsPerCall = 100
const groupNamesPerCall = 100
const groupIdsPerCall = 10
/** Roles whose holders administer something; `GET` and search know them by these ids. */
const adminRoles = ['atlassian/org-admin', 'atlassian/site-admin', 'atlassian/admin', 'atlassian/user-access-admin']

/** What an invitation gives beside the account: groups and roles, the same for everybody in one call. */
export interface Luggage {
  readonly groupIds: readonly string[]
  readonly rules: readonly { readonly resource: string; readonly role: string }[]
}

/** One directory of one organization, through the organization API key. */
export class OrgClient {
  readonly api: Api
  /** The organization has more directories than this one. */
  readonly hasOthers: boolean
  readonly #org: string
  readonly #directory: string
  readonly #directoryId: string

  constructor(api: Api, orgId: string, directoryId: string, hasOthers: boolean) {
    this.api = api
    this.hasOthers = hasOthers
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

  /** By address in every directory of the organization, and managed accounts that are in none. */
  async usersAnywhere(emails: readonly string[], signal: AbortSignal): Promise<readonly OrgUser[]> {
    const path = `${this.#org}/directories/-/users/search`
    const lists = await forEachOf(pieces(emails, emailsPerCall), 3, (some) =>
      all('A search for accounts', idOfUser, () =>
        cursorSweep(idOfUser, (cursor) => this.#usersPage({ emails: some }, cursor, signal, path)),
      ),
    )
    return lists.flat()
  }

  /** Somebody of the directory who is not this account; undefined = there is nobody else. */
  async somebodyBut(accountId: string, signal: AbortSignal): Promise<string | undefined> {
    const { items } = await this.#usersPage({ limit: 2 }, undefined, signal)
    return items.find((each) => each.accountId !== accountId)?.accountId
  }

  async #allUsers(filter: object, signal: AbortSignal): Promise<readonly OrgUser[]> {
    const sweep = () => cursorSweep(idOfUser, (cursor: string | undefined) => this.#usersPage(filter, cursor, signal))
    return all('A search for accounts', idOfUser, sweep)
  }

  async #usersPage(filter: object, cursor: string | undefined, signal: AbortSignal, everywhere?: string) {
    // With a managed domain the search would otherwise also list managed accounts that are in no directory.
    const here = everywhere === undefined ? { directoryIds: [this.#directoryId] } : {}
    const request: HttpRequest = {
      operation: 'org.users.search',
      method: 'POST',
      path: everywhere ?? `${this.#directory}/users/search`,
      body: { limit: pageSize, ...filter, ...here, ...(cursor ? { cursor } : {}) },
    }
    const page = await this.#read(orgUserPage, request, 'Reading the accounts of the organization', signal)
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
    await this.#read(orgGroupPage, request, 'Reading the groups of the organization', signal)
  }

  /** Groups that give an administrator's role on anything. */
  async adminGroups(signal: AbortSignal): Promise<readonly OrgGroup[]> {
    return this.#allGroups({ roleIds: adminRoles }, signal)
  }

  /** Groups whose members have this role on this product. */
  async groupsWithRole(roleId: string, resourceId: string, signal: AbortSignal): Promise<readonly OrgGroup[]> {
    return this.#allGroups({ roleIds: [roleId], resourceIds: [resourceId] }, signal)
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
        const page = await this.#read(orgGroupPage, request, 'Reading the groups of the organization', signal)
        return { items: page.data, next: page.links?.next ?? undefined }
      },
      promised,
    )
  }

  /** Of a list that is always there: a 404 is about organization or directory, and nothing it names is gone. */
  async #read<Schema extends z.ZodType>(schema: Schema, request: HttpRequest, act: string, signal: AbortSignal) {
    try {
      return await this.api.read(schema, request, act, signal)
    } catch (thrown) {
      throw outOfReach(thrown, act)
    }
  }

  /** How many the organization counts; undefined when the key may not ask (then the end mark alone must do). */
  async #count(what: 'users' | 'groups', signal: AbortSignal): Promise<number | undefined> {
    const request: HttpRequest = {
      operation: `org.${what}.count`,
      method: 'GET',
      path: `${this.#directory}/${what}/count`,
      query: { directoryIds: [this.#directoryId] },
    }
    const act = `Counting the ${what}`
    try {
      return (await this.api.readUnless(403, count, request, act, signal))?.count ?? undefined
    } catch (thrown) {
      throw outOfReach(thrown, act)
    }
  }

  usersCount(signal: AbortSignal): Promise<number | undefined> {
    return this.#count('users', signal)
  }

  groupsCount(signal: AbortSignal): Promise<number | undefined> {
    return this.#count('groups', signal)
  }

  /** Sends once and never again: an invitation must not arrive twice. */
  invite(
    emails: readonly string[],
    { rules, groupIds }: Luggage,
    sendNotification: boolean,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const groups = groupIds.length === 0 ? {} : { additionalGroups: groupIds }
    const body = { emails, permissionRules: rules, ...groups, sendNotification }
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

  /** Out of this directory, with all groups and roles; the person has to be invited again. */
  removeUser(accountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${this.#directory}/users/${encodeURIComponent(accountId)}`
    return this.api.write({ operation: 'org.users.remove', method: 'DELETE', path }, 'Removing the account', signal)
  }

  createGroup(name: string, description: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, ...(description === undefined ? {} : { description }) }
    return this.#post('org.groups.create', `${this.#directory}/groups`, body, 'Creating the group', signal)
  }

  deleteGroup(groupId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${this.#directory}/groups/${encodeURIComponent(groupId)}`
    return this.api.write({ operation: 'org.groups.delete', method: 'DELETE', path }, 'Removing a mark', signal)
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

const idOfUser = ({ accountId }: OrgUser) => accountId
const idOfGroup = ({ id }: OrgGroup) => id

function outOfReach(thrown: unknown, act: string): unknown {
  if (!(thrown instanceof ProvisioningError) || thrown.code !== 'gone') return thrown
  const message = `${act} is not possible: this organization API key does not reach the organization or the directory.`
  return fail.forbidden(message, {
    cause: thrown.cause,
    hint: 'Check that the key belongs to the organization and the directory of this target.',
  })
}
