import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import type { HttpRequest } from '../../../platform/http-client.ts'
import type { Server } from '../data-center/server.ts'
import { bareSweep, type Sweep } from '../paging.ts'
import { type CrowdGroup, type CrowdUser, group, groupList, user, userList } from './schemas.ts'

/** Crowd gives 1,000 entries where nothing else is asked for. */
const pageSize = 1000

/** What can be asked of Crowd about the people and groups of one application, by its REST API `usermanagement/1`. */
export class CrowdReader {
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

  /** People who are members directly, not by a group inside it. */
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

  /** Groups directly inside a group. */
  childGroups(groupname: string, signal: AbortSignal): Sweep<CrowdGroup> {
    const fetchPage = async (start: number) => {
      const query = { groupname, expand: 'group', 'start-index': start, 'max-results': pageSize }
      const request = get('group.group.direct', '/group/child-group/direct', query)
      return (await this.server.read(groupList, request, 'Reading the groups inside a group', signal)).groups ?? []
    }
    return bareSweep(nameOf, fetchPage, 1)
  }
}

const nameOf = ({ name }: { readonly name: string }) => name

function get(operation: string, path: string, query: NonNullable<HttpRequest['query']>): HttpRequest {
  return { operation: `crowd.${operation}`, method: 'GET', path: `/rest/usermanagement/1${path}`, query }
}

/** The key stays when somebody is renamed. Very old versions tell none: there the name has to do. */
export function idOf({ key, name }: CrowdUser): string {
  return key || foldCase(name)
}

/** Nobody at all is what an application sees that was given no directory. */
export function nothingTold(what: string): ProvisioningError {
  return fail.incompleteRead(`Crowd tells this application of no ${what} at all.`, {
    hint: `Check which directories and groups the application sees. In a new Crowd make one ${what} by hand.`,
  })
}
