import { fail } from '../../../domain/errors.ts'
import type { HttpRequest } from '../../../platform/http-client.ts'
import { all, cursorSweep } from '../paging.ts'
import type { Api } from './api.ts'
import { directories, domains, orgs, workspaces } from './schemas.ts'

const pageSize = 100

export interface Named {
  readonly id: string
  readonly name: string
}

/** One product on one site; the id is an Atlassian resource identifier: `ari:cloud:jira-software::site/<cloudId>`. */
export interface Workspace extends Named {
  readonly hostUrl: string | undefined
  /** `bitbucket`, `confluence`, …; the id alone does not tell it in every case. */
  readonly typeKey: string | undefined
  /** Seats, where the organization tells them. */
  readonly capacity: number | undefined
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

  /** The products of the organization, of all its sites. */
  async workspaces(orgId: string, signal: AbortSignal): Promise<readonly Workspace[]> {
    const path = `/v2/orgs/${encodeURIComponent(orgId)}/workspaces`
    const sweep = () =>
      cursorSweep(idOf, async (cursor) => {
        // A cursor must stand alone in the body.
        const body = cursor === undefined ? { limit: pageSize } : { cursor }
        const request: HttpRequest = { operation: 'org.workspaces', method: 'POST', path, body }
        const page = await this.api.read(workspaces, request, 'Reading the products of the organization', signal)
        const items = page.data.map(({ id, attributes }) => ({
          id,
          name: attributes?.name ?? id,
          hostUrl: attributes?.hostUrl ?? undefined,
          typeKey: attributes?.typeKey ?? undefined,
          capacity: attributes?.capacity ?? undefined,
        }))
        return { items, next: cursorIn(page.links?.next) }
      })
    return all('The list of products', idOf, sweep)
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
