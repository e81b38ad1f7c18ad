import type { LedThing } from '../../../domain/lead.ts'
import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import { concurrency } from '../../kit/atlassian-cloud/limits.ts'
import { all, offsetSweep } from '../../kit/paging.ts'
import { forEachOf, pieces } from '../../kit/waiting.ts'
import { component, components, type Project, projectPage } from './schemas.ts'

/** Documented maxima of one page and of one filter. */
const pageSize = 100
const idsPerCall = 50

/** Something led, with the one who leads it now. */
export interface Led {
  readonly thing: LedThing
  readonly lead: string | null
}

/** Projects and components with their leads. No filter by lead exists: they are all looked through. */
export class SiteProjects {
  readonly api: Api

  constructor(api: Api) {
    this.api = api
  }

  /** Live projects; those in the archive or the bin need no lead. */
  async projects(signal: AbortSignal): Promise<readonly Led[]> {
    return (await this.#projects({}, signal)).map(ledProject)
  }

  async projectsById(ids: readonly string[], signal: AbortSignal): Promise<readonly Led[]> {
    const lists = await forEachOf(pieces(ids, idsPerCall), concurrency, (id) => this.#projects({ id }, signal))
    return lists.flat().map(ledProject)
  }

  /** Components that Jira keeps itself; those of Compass cannot be changed here. */
  async components(projectKey: string, signal: AbortSignal): Promise<readonly Led[]> {
    const path = `/rest/api/3/project/${encodeURIComponent(projectKey)}/components`
    const request: HttpRequest = {
      operation: 'site.project.components',
      method: 'GET',
      path,
      query: { componentSource: 'jira' },
    }
    const list = await this.api.readUnless(404, components, request, 'Reading the components of a project', signal)
    return (list ?? []).map(({ id, name, lead }) => ({
      thing: { kind: 'component', id, name: name ?? id, project: projectKey },
      lead: lead?.accountId ?? null,
    }))
  }

  /** Undefined = there is no such component. */
  async componentLead(id: string, signal: AbortSignal): Promise<string | null | undefined> {
    const path = `/rest/api/3/component/${encodeURIComponent(id)}`
    const request: HttpRequest = { operation: 'site.component.get', method: 'GET', path }
    const found = await this.api.readUnless(404, component, request, 'Reading a component', signal)
    return found === undefined ? undefined : (found.lead?.accountId ?? null)
  }

  setLead({ kind, id }: LedThing, leadAccountId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `/rest/api/3/${kind}/${encodeURIComponent(id)}`
    const request: HttpRequest = { operation: `site.${kind}.lead`, method: 'PUT', path, body: { leadAccountId } }
    return this.api.write(request, 'Handing over the lead', signal)
  }

  #projects(filter: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<readonly Project[]> {
    return all(
      'The list of projects',
      ({ id }) => id,
      () =>
        offsetSweep(
          ({ id }) => id,
          (startAt) => {
            const query = { ...filter, expand: 'lead', status: 'live', startAt, maxResults: pageSize }
            const request: HttpRequest = {
              operation: 'site.projects.search',
              method: 'GET',
              path: '/rest/api/3/project/search',
              query,
            }
            return this.api.read(projectPage, request, 'Reading the projects', signal)
          },
        ),
    )
  }
}

function ledProject({ id, key, name, lead }: Project): Led {
  return {
    thing: { kind: 'project', id, name: name ? `${name} (${key})` : key, project: key },
    lead: lead?.accountId ?? null,
  }
}

/** Who leads what, by account. */
export function byLead(leds: readonly Led[], accountIds: readonly string[]): ReadonlyMap<string, readonly LedThing[]> {
  const wanted = new Set(accountIds)
  const found = new Map<string, LedThing[]>()
  for (const { thing, lead } of leds) {
    if (lead === null || !wanted.has(lead)) continue
    const list = found.get(lead)
    if (list === undefined) found.set(lead, [thing])
    else list.push(thing)
  }
  return found
}
