import type { LedThing } from '../../../domain/lead.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { Server } from '../../kit/data-center/server.ts'
import { get, write } from './client.ts'
import { component, components, type Project, project, projects } from './schemas.ts'

/** Something led, with the key of the account that leads it now. */
export interface Led {
  readonly thing: LedThing
  readonly lead: string | null
}

/** Projects and components with their leads. No filter by lead exists: they are all looked through. */
export class Projects {
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  /** All projects we may see, in one answer; those in the archive need no lead. */
  async projects(signal: AbortSignal): Promise<readonly Led[]> {
    const request = get('project.list', '/project', { expand: 'lead' })
    const list = await this.#server.read(projects, request, 'Reading the projects', signal)
    return list.filter(({ archived }) => archived !== true).map(ledProject)
  }

  /** Undefined = there is no such project. */
  async projectLead(id: string, signal: AbortSignal): Promise<string | null | undefined> {
    const request = get('project.get', `/project/${encodeURIComponent(id)}`, { expand: 'lead' })
    const found = await this.#server.find(project, request, 'Reading a project', signal)
    return found && (found.lead?.key ?? null)
  }

  async components(projectKey: string, signal: AbortSignal): Promise<readonly Led[]> {
    const request = get('project.components', `/project/${encodeURIComponent(projectKey)}/components`)
    const list = await this.#server.readUnless(
      [404],
      components,
      request,
      'Reading the components of a project',
      signal,
    )
    return (list ?? []).map(({ id, name, lead }) => ({
      thing: { kind: 'component', id, name: name ?? id, project: projectKey },
      lead: lead?.key ?? null,
    }))
  }

  /** Undefined = there is no such component. */
  async componentLead(id: string, signal: AbortSignal): Promise<string | null | undefined> {
    const request = get('component.get', `/component/${encodeURIComponent(id)}`)
    const found = await this.#server.find(component, request, 'Reading a component', signal)
    return found && (found.lead?.key ?? null)
  }

  /** Unlike Cloud, leads are named by user name here. */
  setLead({ kind, id }: LedThing, userName: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = kind === 'project' ? { lead: userName } : { leadUserName: userName }
    const request = write(`${kind}.lead`, 'PUT', `/${kind}/${encodeURIComponent(id)}`, { body })
    return this.#server.write(request, 'Handing over the lead', signal)
  }
}

function ledProject({ id, key, name, lead }: Project): Led {
  return {
    thing: { kind: 'project', id, name: name ? `${name} (${key})` : key, project: key },
    lead: lead?.key ?? null,
  }
}
