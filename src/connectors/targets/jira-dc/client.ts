import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import { bareSweep, cursorSweep, offsetSweep, type Sweep } from '../../kit/paging.ts'
import {
  type ApplicationRole,
  applicationRoles,
  groupSuggestions,
  memberPage,
  permissions,
  type ServerInfo,
  serverInfo,
  type User,
  user,
  userStream,
  users,
} from './schemas.ts'

/** Documented maxima of one page; what the server lowers is noticed by what comes. */
const listPage = 2000
const searchPage = 1000
const memberPageSize = 50
const groupsAtMost = 1000
/** Jira 10 gives 100 people of a search in all (JRASERVER-78660). */
const hitsAtMost = 100

export interface GroupHits {
  readonly names: readonly string[]
  /** How many groups match, of which not all may have come. */
  readonly total: number
}

/** People and groups by Jira Data Center REST v2, acting as the account of the credential. */
export class Client {
  readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  serverInfo(signal: AbortSignal): Promise<ServerInfo> {
    return this.server.read(
      serverInfo,
      get('serverInfo', '/serverInfo'),
      'Asking Jira for its version',
      signal,
      'config-invalid',
    )
  }

  /** Who we are; the one call that an anonymous caller cannot pass. */
  myself(signal: AbortSignal): Promise<User> {
    return this.server.read(user, get('myself', '/myself'), 'Signing in to Jira', signal, 'config-invalid')
  }

  /** Global permissions of ours. */
  async may(keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const answer = await this.server.read(
      permissions,
      get('mypermissions', '/mypermissions'),
      'Asking for our own rights',
      signal,
    )
    return new Set(keys.filter((key) => answer.permissions[key]?.havePermission === true))
  }

  /** Has this version the list of everybody? It came with 10.x in place of listing by search (JRASERVER-78660). */
  async hasList(signal: AbortSignal): Promise<boolean> {
    const request = get('user.list', '/user/list', { maxResults: 1 })
    return (await this.server.readUnless([404, 405], userStream, request, 'Reading the accounts', signal)) !== undefined
  }

  /** Everybody, in pages that name the next one. */
  listedUsers(signal: AbortSignal): Sweep<User> {
    return cursorSweep(keyOf, async (cursor) => {
      const request = get('user.list', '/user/list', {
        maxResults: listPage,
        ...(cursor === undefined ? {} : { cursor }),
      })
      const { values, nextCursor, isLast } = await this.server.read(userStream, request, 'Reading the accounts', signal)
      if (isLast === true) return { items: values }
      if (nextCursor) return { items: values, next: nextCursor }
      throw fail.incompleteRead('The list of accounts names neither a next page nor its end.')
    })
  }

  /** Everybody by a search that every name and address matches; until Jira 9 only. */
  searchedUsers(signal: AbortSignal): Sweep<User> {
    return bareSweep(keyOf, (startAt) => this.#search('.', { startAt, maxResults: searchPage }, signal))
  }

  /** People whose name, user name or address holds this text, inactive ones too; the caller decides what is a match. */
  search(text: string, signal: AbortSignal): Promise<readonly User[]> {
    return this.#search(text, { startAt: 0, maxResults: hitsAtMost }, signal)
  }

  #search(username: string, page: Readonly<Record<string, number>>, signal: AbortSignal): Promise<readonly User[]> {
    const request = get('user.search', '/user/search', { username, includeInactive: true, ...page })
    return this.server.read(users, request, 'Searching accounts', signal)
  }

  /** The account with its groups; undefined when there is none. */
  user(by: { readonly key: string } | { readonly username: string }, signal: AbortSignal): Promise<User | undefined> {
    const request = get('user.get', '/user', { ...by, expand: 'groups' })
    return this.server.find(user, request, 'Reading an account', signal)
  }

  /** Groups whose name holds this text, as many as Jira gives in one answer. */
  async groupsWith(query: string, signal: AbortSignal): Promise<GroupHits> {
    const request = get('groups.picker', '/groups/picker', { query, maxResults: groupsAtMost })
    const { groups, total } = await this.server.read(groupSuggestions, request, 'Reading the groups', signal)
    return { names: groups.map(({ name }) => name), total: Math.max(total ?? groups.length, groups.length) }
  }

  /** Members of a group and of the groups inside it, inactive ones too. */
  members(groupname: string, signal: AbortSignal): Sweep<User> {
    return offsetSweep(keyOf, (startAt) =>
      this.server.read(
        memberPage,
        memberRequest(groupname, startAt, memberPageSize),
        'Reading the members of a group',
        signal,
      ),
    )
  }

  async hasGroup(groupname: string, signal: AbortSignal): Promise<boolean> {
    const request = memberRequest(groupname, 0, 1)
    return (await this.server.find(memberPage, request, 'Looking up a group', signal)) !== undefined
  }

  /** Undefined = these credentials may not ask. */
  applicationRoles(signal: AbortSignal): Promise<readonly ApplicationRole[] | undefined> {
    const request = get('applicationrole', '/applicationrole')
    return this.server.readUnless([403], applicationRoles, request, 'Reading the applications', signal)
  }

  createUser(body: object, password: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.create', 'POST', '/user', { body: { ...body, password } })
    return this.server.write(request, 'Creating the account', signal, [password])
  }

  updateUser(key: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.update', 'PUT', '/user', { query: { key }, body }),
      'Changing the account',
      signal,
    )
  }

  deleteUser(key: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.delete', 'DELETE', '/user', { query: { key } }),
      'Deleting the account',
      signal,
    )
  }

  endSessions(username: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `/user/session/${encodeURIComponent(username)}`
    return this.server.write(write('user.session.delete', 'DELETE', path, {}), 'Ending the sessions', signal)
  }

  createGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(write('group.create', 'POST', '/group', { body: { name } }), 'Creating the group', signal)
  }

  deleteGroup(groupname: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('group.delete', 'DELETE', '/group', { query: { groupname } }),
      'Deleting the group',
      signal,
    )
  }

  addMember(groupname: string, name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.add', 'POST', '/group/user', { query: { groupname }, body: { name } })
    return this.server.write(request, 'Adding to the group', signal)
  }

  removeMember(groupname: string, username: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.remove', 'DELETE', '/group/user', { query: { groupname, username } })
    return this.server.write(request, 'Removing from the group', signal)
  }
}

const keyOf = ({ key }: User) => key

function memberRequest(groupname: string, startAt: number, maxResults: number): HttpRequest {
  return get('group.member', '/group/member', { groupname, includeInactiveUsers: true, startAt, maxResults })
}

export function get(operation: string, path: string, query: HttpRequest['query'] = {}): HttpRequest {
  return { operation: `jira.${operation}`, method: 'GET', path: `/rest/api/2${path}`, query }
}

export function write(
  operation: string,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  rest: Pick<HttpRequest, 'query' | 'body'>,
): HttpRequest {
  return { operation: `jira.${operation}`, method, path: `/rest/api/2${path}`, ...rest }
}
