import type { z } from 'zod'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import { bareSweep, promisedSweep, type Sweep } from '../../kit/paging.ts'
import { group, groupPage, type Person, permissions, person, personPage, type Task, task, whoAsks } from './schemas.ts'

/** Asked for; Confluence may give less, which is noticed by what comes. */
const pageSize = 200

interface Listed<Item> {
  readonly results: readonly Item[]
  readonly totalCount?: number | null | undefined
}

interface Caller {
  readonly username: string
  readonly userKey: string
  readonly status?: string | null | undefined
}

const keyOf = ({ userKey }: Person) => userKey
const nameOf = ({ name }: { readonly name: string }) => name

/** People and groups by Confluence Data Center's REST API, acting as the account of the credential. */
export class Client {
  readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  /** Who we are; somebody whose sign-in was not accepted may be answered as a guest. */
  async current(signal: AbortSignal): Promise<Caller | undefined> {
    const request = get('user.current', '/user/current', { expand: 'status' })
    const { type, username, userKey, status } = await this.server.read(
      whoAsks,
      request,
      'Signing in to Confluence',
      signal,
      'config-invalid',
    )
    return type === 'anonymous' || !username || !userKey ? undefined : { username, userKey, status }
  }

  /** Everybody, disabled ones too. */
  users(signal: AbortSignal): Sweep<Person> {
    const act = 'Reading the accounts'
    return this.#list(personPage, keyOf, 'user.list', '/user/list', { expand: 'status' }, act, 2, signal)
  }

  groups(signal: AbortSignal): Sweep<{ readonly name: string }> {
    return this.#list(groupPage, nameOf, 'group.list', '/group', {}, 'Reading the groups', 2, signal)
  }

  members(groupName: string, signal: AbortSignal): Sweep<Person> {
    const path = `/group/${encodeURIComponent(groupName)}/member`
    const act = 'Reading the members of a group'
    return this.#list(personPage, keyOf, 'group.member', path, { expand: 'status' }, act, 1, signal)
  }

  /**
   * Confluence names the next page and sometimes how many there are; neither is trusted alone: every page begins with the
   * last entry of the one before, and what is promised has to come.
   */
  #list<Item>(
    schema: z.ZodType<Listed<Item>>,
    idOf: (item: Item) => string,
    operation: string,
    path: string,
    query: Readonly<Record<string, string>>,
    act: string,
    looksAtEnd: 1 | 2,
    signal: AbortSignal,
  ): Sweep<Item> {
    let total: number | undefined
    const fetchPage = async (start: number) => {
      const request = get(operation, path, { ...query, start, limit: pageSize })
      const page = await this.server.read(schema, request, act, signal)
      total = page.totalCount ?? undefined
      return page.results
    }
    return promisedSweep(idOf, bareSweep(idOf, fetchPage, looksAtEnd), () => total)
  }

  user(by: { readonly key: string } | { readonly username: string }, signal: AbortSignal): Promise<Person | undefined> {
    const request = get('user.get', '/user', { ...by, expand: 'status' })
    return this.server.find(person, request, 'Reading an account', signal)
  }

  /** Names of the groups somebody is in; a page that is not full is the last one. */
  async groupsOf(key: string, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = []
    for (;;) {
      const request = get('user.memberof', '/user/memberof', { key, start: names.length, limit: pageSize })
      const { results, limit } = await this.server.read(groupPage, request, 'Reading the groups of an account', signal)
      names.push(...results.map(({ name }) => name))
      if (results.length < Math.min(limit ?? pageSize, pageSize) || results.length === 0) return names
    }
  }

  group(name: string, signal: AbortSignal): Promise<{ readonly name: string } | undefined> {
    const request = get('group.get', `/group/${encodeURIComponent(name)}`)
    return this.server.find(group, request, 'Looking up a group', signal)
  }

  /** Who may do what everywhere; undefined = this version or these credentials do not tell. */
  permissions(signal: AbortSignal) {
    const request = get('permissions', '/permissions')
    return this.server.readUnless([403, 404], permissions, request, 'Reading the global permissions', signal)
  }

  /** Where a deletion stands; undefined = Confluence does not tell (any more). */
  task(id: string, signal: AbortSignal): Promise<Task | undefined> {
    const request = get('longtask', `/longtask/${encodeURIComponent(id)}`)
    return this.server.readUnless([403, 404], task, request, 'Asking for a long task', signal)
  }

  createUser(body: object, password: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const whole = password === undefined ? { ...body, notifyViaEmail: true } : { ...body, password }
    const request = write('user.create', 'POST', '/admin/user', whole)
    return this.server.write(request, 'Creating the account', signal, password === undefined ? [] : [password])
  }

  updateUser(username: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(write('user.update', 'PUT', userPath(username), body), 'Changing the account', signal)
  }

  setEnabled(username: string, isEnabled: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const act = isEnabled ? 'enable' : 'disable'
    return this.server.write(
      write(`user.${act}`, 'PUT', `${userPath(username)}/${act}`),
      'Changing the account',
      signal,
    )
  }

  deleteUser(username: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(write('user.delete', 'DELETE', userPath(username)), 'Deleting the account', signal)
  }

  createGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.create', 'POST', '/admin/group', { name, type: 'group' })
    return this.server.write(request, 'Creating the group', signal)
  }

  deleteGroup(name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.delete', 'DELETE', `/admin/group/${encodeURIComponent(name)}`)
    return this.server.write(request, 'Deleting the group', signal)
  }

  /** Answers 204 whether or not it was so before. */
  setMember(username: string, groupName: string, isIn: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `/user/${encodeURIComponent(username)}/group/${encodeURIComponent(groupName)}`
    const request = write(`group.member.${isIn ? 'add' : 'remove'}`, isIn ? 'PUT' : 'DELETE', path)
    return this.server.write(request, 'Changing a membership', signal)
  }
}

function userPath(username: string): string {
  return `/admin/user/${encodeURIComponent(username)}`
}

function get(operation: string, path: string, query: NonNullable<HttpRequest['query']> = {}): HttpRequest {
  return { operation: `confluence.${operation}`, method: 'GET', path: `/rest/api${path}`, query }
}

function write(operation: string, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): HttpRequest {
  return {
    operation: `confluence.${operation}`,
    method,
    path: `/rest/api${path}`,
    ...(body === undefined ? {} : { body }),
  }
}
