import { fail } from '../../../domain/errors.ts'
import type { HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import { all, cursorSweep, promisedSweep, type Sweep } from '../../kit/paging.ts'
import { type Membership, membershipPage, type OwnEntry, user, workspacePage } from './schemas.ts'

/** Documented maximum of a page. */
const pageSize = 100

export interface OwnWorkspace {
  /** In braces, as Bitbucket writes it. */
  readonly uuid: string
  readonly slug: string | undefined
  readonly administers: boolean
}

export interface Glance {
  /** People and groups are still administered in Bitbucket itself, not in Atlassian Administration. */
  readonly keepsItsPeople: boolean
  /** Undefined where Bitbucket leaves the number out. */
  readonly members: number | undefined
}

interface Listed<Item> {
  readonly values: readonly Item[]
  readonly next?: string | null | undefined
  readonly size?: number | null | undefined
}

/** Bitbucket Cloud's API 2.0, acting as the account of the API token. It reads only: what would change people does not exist. */
export class WorkspaceClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Who we are. */
  me(signal: AbortSignal) {
    const request = get('user', '/user')
    return this.#api.read(user, request, 'Signing in to Bitbucket', signal, 'config-invalid')
  }

  /** Every workspace our account is in. */
  workspaces(signal: AbortSignal): Promise<readonly OwnWorkspace[]> {
    const sweep = () =>
      this.#sweep<OwnEntry>(
        ({ workspace }) => workspace.uuid,
        '/user/workspaces',
        'user.workspaces',
        (request) => this.#api.read(workspacePage, request, 'Reading our own workspaces', signal),
      )
    return all<OwnEntry>('The list of our own workspaces', ({ workspace }) => workspace.uuid, sweep).then((found) =>
      found.map(({ administrator, workspace: { uuid, slug } }) => ({
        uuid,
        slug: slug ?? undefined,
        administers: administrator === true,
      })),
    )
  }

  /** Everybody who is in the workspace. */
  members(workspace: string, signal: AbortSignal): Promise<readonly Membership[]> {
    return this.#memberships(workspace, 'members', 'The members of the workspace', signal)
  }

  /** The same people with what they may: `owner` administers. */
  permissions(workspace: string, signal: AbortSignal): Promise<readonly Membership[]> {
    return this.#memberships(workspace, 'permissions', 'The permissions in the workspace', signal)
  }

  /** What one call tells; undefined where our account may not ask. */
  async glance(workspace: string, signal: AbortSignal): Promise<Glance | undefined> {
    const request = get('workspaces.permissions', `/workspaces/${encodeURIComponent(workspace)}/permissions`, {
      pagelen: 10,
    })
    const act = 'Looking at the permissions in the workspace'
    const page = await this.#api.readUnless(403, membershipPage, request, act, signal)
    if (page === undefined) return undefined
    const keepsItsPeople = page.values.some(({ added_on, last_accessed }) => Boolean(added_on ?? last_accessed))
    return { keepsItsPeople, members: page.size ?? undefined }
  }

  #memberships(workspace: string, what: 'members' | 'permissions', subject: string, signal: AbortSignal) {
    const path = `/workspaces/${encodeURIComponent(workspace)}/${what}`
    const act = `Reading the ${what} of the workspace`
    const sweep = () =>
      this.#sweep(idOf, path, `workspaces.${what}`, (request) => this.#api.read(membershipPage, request, act, signal))
    return all(subject, idOf, sweep)
  }

  /**
   * Bitbucket names the next page by a whole URL; only its query is used, so that neither the credential nor the read ever
   * leaves the address of the settings. Where it tells how many there are, that many have to come.
   */
  #sweep<Item>(
    idOf: (item: Item) => string,
    path: string,
    operation: string,
    ask: (request: HttpRequest) => Promise<Listed<Item>>,
  ): Sweep<Item> {
    let size: number | undefined
    const pages = cursorSweep(idOf, async (next) => {
      const query = next === undefined ? { pagelen: pageSize } : queryOf(next)
      const page = await ask(get(operation, path, query))
      size ??= page.size ?? undefined
      return { items: page.values, next: page.next ?? undefined }
    })
    return promisedSweep(idOf, pages, () => size)
  }
}

const idOf = ({ user: { uuid } }: Membership) => uuid

function queryOf(next: string): Readonly<Record<string, string>> {
  const parameters = URL.parse(next, 'https://api.bitbucket.org')?.searchParams
  if (parameters === undefined || parameters.size === 0) {
    throw fail.incompleteRead('A list of Bitbucket names a next page without saying which.')
  }
  return Object.fromEntries(parameters)
}

function get(operation: string, path: string, query: NonNullable<HttpRequest['query']> = {}): HttpRequest {
  return { operation: `bitbucket.${operation}`, method: 'GET', path, query }
}
