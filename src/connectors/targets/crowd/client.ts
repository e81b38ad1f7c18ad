import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import { bareSweep, type Sweep } from '../../kit/paging.ts'
import { type CrowdGroup, type CrowdUser, group, groupList, user, userList } from './schemas.ts'

/** Crowd gives 1,000 entries where nothing else is asked for. */
const pageSize = 1000

/** People and groups of one application, by Crowd's REST API `usermanagement/1`. */
export class Client {
  readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  /** What Confluence's own "Test" of a Crowd directory asks. */
  probe(signal: AbortSignal): Promise<unknown> {
    const query = { 'entity-type': 'user', 'start-index': 0, 'max-results': 1, expand: 'user' }
    const request = get('search.users', '/search', query)
    return this.server.read(userList, request, 'Signing in to Crowd', signal, 'config-invalid')
  }

  users(signal: AbortSignal): Sweep<CrowdUser> {
    return bareSweep(nameOf, (start) => this.#search({ 'start-index': start, 'max-results': pageSize }, signal))
  }

  /** Letter case and quotes of the address are the caller's business to compare. */
  usersByEmail(email: string, signal: AbortSignal): Promise<readonly CrowdUser[]> {
    const restriction = `email = "${email.replace(/["\\]/g, '\\$&')}"`
    return this.#search({ restriction, 'start-index': 0, 'max-results': pageSize }, signal)
  }

  async #search(query: Readonly<Record<string, string | number>>, signal: AbortSignal): Promise<readonly CrowdUser[]> {
    const request = get('search.users', '/search', { 'entity-type': 'user', expand: 'user', ...query })
    return (await this.server.read(userList, request, 'Reading the accounts', signal)).users ?? []
  }

  groups(signal: AbortSignal): Sweep<CrowdGroup> {
    return bareSweep(nameOf, async (start) => {
      const query = { 'entity-type': 'group', expand: 'group', 'start-index': start, 'max-results': pageSize }
      const request = get('search.groups', '/search', query)
      return (await this.server.read(groupList, request, 'Reading the groups', signal)).groups ?? []
    })
  }

  /** Direct members only; those of groups inside it are not ours to add or take out here. */
  members(groupname: string, signal: AbortSignal): Sweep<CrowdUser> {
    const fetchPage = async (start: number) => {
      const query = { groupname, expand: 'user', 'start-index': start, 'max-results': pageSize }
      const request = get('group.user.direct', '/group/user/direct', query)
      return (await this.server.read(userList, request, 'Reading the members of a group', signal)).users ?? []
    }
    return bareSweep(nameOf, fetchPage, 1)
  }

  /** Names of the groups somebody is in directly; undefined = there is nobody of this name. */
  async groupsOf(username: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const names: string[] = []
    for (;;) {
      const query = { username, 'start-index': names.length, 'max-results': pageSize }
      const request = get('user.group.direct', '/user/group/direct', query)
      const page = await this.server.find(groupList, request, 'Reading the groups of an account', signal)
      if (page === undefined) return undefined
      const groups = page.groups ?? []
      names.push(...groups.map(nameOf))
      if (groups.length < pageSize) return names
    }
  }

  /** With its attributes; undefined when there is none. */
  user(
    by: { readonly key: string } | { readonly username: string },
    signal: AbortSignal,
  ): Promise<CrowdUser | undefined> {
    const request = get('user.get', '/user', { ...by, expand: 'attributes' })
    return this.server.find(user, request, 'Reading an account', signal)
  }

  group(groupname: string, signal: AbortSignal): Promise<CrowdGroup | undefined> {
    return this.server.find(group, get('group.get', '/group', { groupname }), 'Looking up a group', signal)
  }

  createUser(body: object, password: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.create', 'POST', '/user', { body: { ...body, password: { value: password } } })
    return this.server.write(request, 'Creating the account', signal, [password])
  }

  /** The whole user: what is left out is blanked. */
  putUser(username: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.update', 'PUT', '/user', { query: { username }, body }),
      'Changing the account',
      signal,
    )
  }

  rename(username: string, newName: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.rename', 'POST', '/user/rename', { query: { username }, body: { 'new-name': newName } })
    return this.server.write(request, 'Renaming the account', signal)
  }

  deleteUser(username: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.delete', 'DELETE', '/user', { query: { username } }),
      'Deleting the account',
      signal,
    )
  }

  /** Others are kept. */
  putAttributes(username: string, attributes: readonly object[], signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.attribute.set', 'POST', '/user/attribute', {
      query: { username },
      body: { attributes },
    })
    return this.server.write(request, 'Writing the custom attributes', signal)
  }

  deleteAttribute(username: string, attributename: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.attribute.delete', 'DELETE', '/user/attribute', { query: { username, attributename } })
    return this.server.write(request, 'Removing a custom attribute', signal)
  }

  createGroup(name: string, description: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, description, type: 'GROUP', active: true }
    return this.server.write(write('group.create', 'POST', '/group', { body }), 'Creating the group', signal)
  }

  putGroup(name: string, description: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, description, type: 'GROUP', active: true }
    const request = write('group.update', 'PUT', '/group', { query: { groupname: name }, body })
    return this.server.write(request, 'Changing the group', signal)
  }

  addMember(groupname: string, name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.add', 'POST', '/group/user/direct', { query: { groupname }, body: { name } })
    return this.server.write(request, 'Adding to the group', signal)
  }

  removeMember(groupname: string, username: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.remove', 'DELETE', '/group/user/direct', { query: { groupname, username } })
    return this.server.write(request, 'Removing from the group', signal)
  }
}

const nameOf = ({ name }: { readonly name: string }) => name

function get(operation: string, path: string, query: NonNullable<HttpRequest['query']>): HttpRequest {
  return { operation: `crowd.${operation}`, method: 'GET', path: `/rest/usermanagement/1${path}`, query }
}

function write(
  operation: string,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  rest: Pick<HttpRequest, 'query' | 'body'>,
): HttpRequest {
  return { operation: `crowd.${operation}`, method, path: `/rest/usermanagement/1${path}`, ...rest }
}
