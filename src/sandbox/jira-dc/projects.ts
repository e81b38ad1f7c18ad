import type { User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller, guest } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { expandOf } from './lookup.ts'
import type { Project, ProjectAssignee } from './projects-state.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'
import { userView } from './views.ts'

/** GET /project: a bare array of everything the caller may see; a lead only where asked for. */
export function listProjects(twin: JiraDcTwin, call: Call): Answer {
  const visitor = guest(twin, call)
  const withArchived = call.query.get('includeArchived') === 'true'
  const expand = expandOf(call)
  const shown = twin.projects.all.filter(
    (project) => isVisible(project, visitor) && (withArchived || !project.archived),
  )
  return {
    status: 200,
    json: shown.slice(0, call.shortPage?.keep).map((project) => projectView(twin, project, expand.has('lead'))),
  }
}

/** GET /project/{projectIdOrKey}: always with the lead. */
export function getProject(twin: JiraDcTwin, call: Call): Answer {
  return { status: 200, json: projectView(twin, visibleProject(twin, call, guest(twin, call)), true) }
}

/** PUT /project/{projectIdOrKey}: the lead by username. */
export function updateProject(twin: JiraDcTwin, call: Call): Answer {
  const visitor = caller(twin, call)
  const project = visibleProject(twin, call, visitor)
  if (!isAdministrator(visitor) && project.lead !== visitor) {
    refuse(twin, 403, 'You cannot edit the configuration of this project.')
  }
  const body = bodyObject(twin, call)
  if (body.leadAccountId !== undefined) refuse(twin, 400, 'Unrecognized field "leadAccountId"')
  const lead = body.lead === undefined ? undefined : leadNamed(twin, body.lead, 'projectLead')
  if (body.assigneeType !== undefined) project.assigneeType = assigneeType(twin, body.assigneeType)
  if (lead !== undefined) twin.projects.setLead(project, lead)
  return { status: 200, json: projectView(twin, project, true) }
}

/** The project of the path, or a 404 where the caller may not see it. */
export function visibleProject(twin: JiraDcTwin, call: Call, visitor: User | undefined): Project {
  const idOrKey = call.param('projectIdOrKey')
  const project = twin.projects.find(idOrKey)
  if (project === undefined || !isVisible(project, visitor)) {
    return refuse(twin, 404, `No project could be found with key '${idOrKey}'.`)
  }
  return project
}

export function isVisible(project: Project, visitor: User | undefined): boolean {
  return project.isPublic || visitor !== undefined
}

/** Somebody who may lead, by username. */
export function leadNamed(twin: JiraDcTwin, name: unknown, field: string): User {
  const user = typeof name === 'string' ? twin.store.user(name) : undefined
  if (user === undefined) return refuse(twin, 400, '', { [field]: `The user '${String(name)}' does not exist.` })
  if (!user.active && twin.variants.is('leadInactive', '400')) {
    refuse(twin, 400, '', { [field]: `The user '${user.name}' is not active.` })
  }
  return user
}

function assigneeType(twin: JiraDcTwin, value: unknown): ProjectAssignee {
  if (value === 'PROJECT_LEAD' || value === 'UNASSIGNED') return value
  return refuse(twin, 400, '', { assigneeType: 'The assignee type is not valid.' })
}

function projectView(twin: JiraDcTwin, project: Project, withLead: boolean) {
  const { id, key, name, archived, lead, assigneeType: assignee } = project
  return {
    self: `${twin.url}/rest/api/2/project/${id}`,
    id,
    key,
    name,
    archived,
    projectTypeKey: 'software',
    ...(withLead ? { lead: userView(twin, lead), assigneeType: assignee } : {}),
  }
}
