import { fold, type User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller, guest } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { pageBean } from './lookup.ts'
import { isVisible, leadNamed, visibleProject } from './projects.ts'
import type { Component, ComponentAssignee, ComponentFacts, Project } from './projects-state.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'
import { byName, userView } from './views.ts'

const assigneeTypes: ReadonlySet<unknown> = new Set(['PROJECT_DEFAULT', 'COMPONENT_LEAD', 'PROJECT_LEAD', 'UNASSIGNED'])

/** GET /project/{projectIdOrKey}/components: a bare array. */
export function listComponents(twin: JiraDcTwin, call: Call): Answer {
  const { components } = visibleProject(twin, call, guest(twin, call))
  const shown = [...components].sort(byName).slice(0, call.shortPage?.keep)
  return { status: 200, json: shown.map((component) => componentView(twin, component)) }
}

/** GET /component/page: those of several projects. */
export function pageComponents(twin: JiraDcTwin, call: Call): Answer {
  const visitor = guest(twin, call)
  const ids = new Set((call.query.get('projectIds') ?? '').split(',').filter((id) => id !== ''))
  const text = fold(call.query.get('query') ?? '')
  const all = twin.projects.all
    .filter((project) => isVisible(project, visitor) && (ids.size === 0 || ids.has(project.id)))
    .flatMap(({ components }) => components)
    .filter(({ name }) => fold(name).includes(text))
  return pageBean(twin, call, all.sort(byName), { usual: 100, largest: 100 }, (each) => componentView(twin, each))
}

/** GET /component/{id} */
export function getComponent(twin: JiraDcTwin, call: Call): Answer {
  return { status: 200, json: componentView(twin, named(twin, call, guest(twin, call))) }
}

/** POST /component */
export function createComponent(twin: JiraDcTwin, call: Call): Answer {
  const visitor = caller(twin, call)
  const body = bodyObject(twin, call)
  const project = twin.projects.find(String(body.project ?? ''))
  if (project === undefined) return refuse(twin, 404, 'The project does not exist.')
  requireAdministration(twin, visitor, project)
  const { name = '', description = '', lead, assigneeType = 'PROJECT_DEFAULT' } = changeOf(twin, body)
  if (name === '')
    refuse(twin, 400, '', { name: 'The component name specified is invalid - cannot be an empty string.' })
  const component = twin.projects.addComponent(project, { name, description, lead, assigneeType })
  return { status: 201, json: componentView(twin, component) }
}

/** PUT /component/{id}: what the body names is overwritten; an empty `leadUserName` takes the lead away. */
export function updateComponent(twin: JiraDcTwin, call: Call): Answer {
  const visitor = caller(twin, call)
  const component = named(twin, call, visitor)
  requireAdministration(twin, visitor, component.project)
  twin.projects.changeComponent(component, changeOf(twin, bodyObject(twin, call)))
  return { status: 200, json: componentView(twin, component) }
}

/** DELETE /component/{id} */
export function deleteComponent(twin: JiraDcTwin, call: Call): Answer {
  const visitor = caller(twin, call)
  const component = named(twin, call, visitor)
  requireAdministration(twin, visitor, component.project)
  twin.projects.removeComponent(component)
  return { status: 204 }
}

function changeOf(twin: JiraDcTwin, body: Readonly<Record<string, unknown>>): Partial<ComponentFacts> {
  const { name, description, leadUserName, assigneeType } = body
  if (body.leadAccountId !== undefined) refuse(twin, 400, 'Unrecognized field "leadAccountId"')
  if (assigneeType !== undefined && !assigneeTypes.has(assigneeType)) {
    refuse(twin, 400, '', { assigneeType: 'The assignee type is not valid.' })
  }
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(assigneeType === undefined ? {} : { assigneeType: assigneeType as ComponentAssignee }),
    ...(leadUserName === undefined
      ? {}
      : { lead: leadUserName === '' ? undefined : leadNamed(twin, leadUserName, 'leadUserName') }),
  }
}

function named(twin: JiraDcTwin, call: Call, visitor: User | undefined): Component {
  const id = call.param('id')
  const component = twin.projects.component(id)
  if (component === undefined || !isVisible(component.project, visitor)) {
    return refuse(twin, 404, `The component with id ${id} does not exist.`)
  }
  return component
}

function requireAdministration(twin: JiraDcTwin, visitor: User, project: Project): void {
  if (!isAdministrator(visitor) && project.lead !== visitor) {
    refuse(twin, 403, 'You do not have permission to edit the components of this project.')
  }
}

function componentView(twin: JiraDcTwin, component: Component) {
  const { id, name, description, lead, assigneeType, project } = component
  return {
    self: `${twin.url}/rest/api/2/component/${id}`,
    id,
    name,
    description,
    ...(lead === undefined ? {} : { lead: userView(twin, lead), leadUserName: lead.name }),
    assigneeType,
    project: project.key,
    archived: false,
    deleted: false,
  }
}
