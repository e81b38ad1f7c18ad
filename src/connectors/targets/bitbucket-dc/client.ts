import type { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import type { Sweep } from '../../kit/paging.ts'
import { directories, groupPage, licence, permittedGroups, properties, type User, userPage } from './schemas.ts'

/** Asked for; Bitbucket may give less, which is noticed by what it says comes next. */
const pageSize = 1000

/** On every answer to somebody who is signed in (community.developer.atlassian.com, thread 24422); not in the document. */
const callerHeader = 'x-ausername'

interface Paged<Item> {
  readonly values: readonly Item[]
  readonly isLastPage?: boolean | null | undefined
  readonly nextPageStart?: number | null | undefined
}

/** People and groups by Bitbucket Data Center's REST API, acting as the account of the credential. */
export class Client {
  readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  /** Told to anybody. */
  properties(signal: AbortSignal) {
    const request = get('application-properties', '/application-properties')
    return this.server.read(properties, request, 'Asking Bitbucket for its version', signal, 'config-invalid')
  }

  /** Only administrators may ask; undefined = no licence is installed. `heard` gets the name of whoever asks. */
  licence(signal: AbortSignal, heard?: (caller: string) => void) {
    const request = get('admin.license', '/admin/license')
    return this.server.readUnless([404], licence, request, 'Reading the licence', signal, (headers) => {
      const caller = headers.get(callerHeader)
      if (caller !== null && caller !== '') heard?.(caller)
    })
  }

  directories(signal: AbortSignal) {
    const request = get('admin.user-directories', '/admin/user-directories', { includeInactive: true })
    return this.server.read(directories, request, 'Reading the directories', signal)
  }

  users(signal: AbortSignal): Sweep<User> {
    return this.#sweep(
      ({ id }) => String(id),
      userPage,
      'admin.users',
      '/admin/users',
      {},
      'Reading the accounts',
      signal,
    )
  }

  /** People whose user name, full name or address holds this text. */
  usersWith(filter: string, signal: AbortSignal): Sweep<User> {
    const act = 'Looking for an account'
    return this.#sweep(({ id }) => String(id), userPage, 'admin.users', '/admin/users', { filter }, act, signal)
  }

  groups(filter: string | undefined, signal: AbortSignal): Sweep<{ readonly name: string }> {
    const query = filter === undefined ? {} : { filter }
    return this.#sweep(nameOf, groupPage, 'admin.groups', '/admin/groups', query, 'Reading the groups', signal)
  }

  members(context: string, signal: AbortSignal): Sweep<User> {
    const act = 'Reading the members of a group'
    const path = '/admin/groups/more-members'
    return this.#sweep(({ id }) => String(id), userPage, 'admin.groups.members', path, { context }, act, signal)
  }

  groupsOf(context: string, signal: AbortSignal): Sweep<{ readonly name: string }> {
    const act = 'Reading the groups of an account'
    return this.#sweep(nameOf, groupPage, 'admin.users.groups', '/admin/users/more-members', { context }, act, signal)
  }

  /** Groups with the highest global permission of each. */
  permittedGroups(signal: AbortSignal) {
    const path = '/admin/permissions/groups'
    const idOf = ({ group }: { readonly group: { readonly name: string } }) => group.name
    return this.#sweep(
      idOf,
      permittedGroups,
      'admin.permissions.groups',
      path,
      {},
      'Reading the global permissions',
      signal,
    )
  }

  /**
   * Pages go on where Bitbucket says, since it leaves out entries we may not see. An end is only believed when nothing new
   * stands behind it.
   */
  async *#sweep<Item>(
    idOf: (item: Item) => string,
    schema: z.ZodType<Paged<Item>>,
    operation: string,
    path: string,
    query: Readonly<Record<string, string>>,
    act: string,
    signal: AbortSignal,
  ): Sweep<Item> {
    const seen = new Set<string>()
    let start = 0
    for (;;) {
      const request = get(operation, path, { ...query, start, limit: pageSize })
      const { values, isLastPage, nextPageStart } = await this.server.read(schema, request, act, signal)
      const fresh = values.filter((item) => !seen.has(idOf(item)))
      for (const item of fresh) seen.add(idOf(item))
      if (fresh.length > 0) yield fresh
      if (typeof nextPageStart === 'number' && isLastPage !== true) {
        if (nextPageStart <= start) return 'the list names a next page that lies behind'
        start = nextPageStart
      } else if (isLastPage !== true) {
        throw fail.incompleteRead(`${act}: the list names neither a next page nor its end.`)
      } else if (fresh.length === 0) return undefined
      else start += values.length
    }
  }

  /** Without a mail it takes a password, and that in the address: the caller replaces it at once. */
  createUser(
    facts: { readonly name: string; readonly displayName: string; readonly emailAddress: string },
    password: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const secret = password === undefined ? { notify: true } : { password }
    const query = { ...facts, addToDefaultGroup: false, ...secret }
    const request = write('admin.users.create', 'POST', '/admin/users', { query })
    return this.server.write(request, 'Creating the account', signal, password === undefined ? [] : [password])
  }

  setPassword(name: string, password: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, password, passwordConfirm: password }
    const request = write('admin.users.credentials', 'PUT', '/admin/users/credentials', { body })
    return this.server.write(request, 'Setting a password', signal, [password])
  }

  updateUser(body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('admin.users.update', 'PUT', '/admin/users', { body }),
      'Changing the account',
      signal,
    )
  }

  rename(name: string, newName: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('admin.users.rename', 'POST', '/admin/users/rename', { body: { name, newName } })
    return this.server.write(request, 'Renaming the account', signal)
  }

  deleteUser(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('admin.users.delete', 'DELETE', '/admin/users', { query: { name } }),
      'Deleting the account',
      signal,
    )
  }

  createGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('admin.groups.create', 'POST', '/admin/groups', { query: { name } }),
      'Creating the group',
      signal,
    )
  }

  deleteGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('admin.groups.delete', 'DELETE', '/admin/groups', { query: { name } }),
      'Deleting the group',
      signal,
    )
  }

  addMembers(group: string, users: readonly string[], signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('admin.groups.add-users', 'POST', '/admin/groups/add-users', { body: { group, users } })
    return this.server.write(request, 'Adding to the group', signal)
  }

  removeMember(context: string, itemName: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('admin.users.remove-group', 'POST', '/admin/users/remove-group', {
      body: { context, itemName },
    })
    return this.server.write(request, 'Removing from the group', signal)
  }
}

const nameOf = ({ name }: { readonly name: string }) => name

function get(operation: string, path: string, query: NonNullable<HttpRequest['query']> = {}): HttpRequest {
  return { operation: `bitbucket.${operation}`, method: 'GET', path: `/rest/api/latest${path}`, query }
}

function write(
  operation: string,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  rest: Pick<HttpRequest, 'query' | 'body'>,
): HttpRequest {
  return { operation: `bitbucket.${operation}`, method, path: `/rest/api/latest${path}`, ...rest }
}
