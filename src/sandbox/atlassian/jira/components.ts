import type { Answer, Call } from '../../server/call.ts'
import { type Account, fold } from '../model.ts'
import type { Component, ComponentAssignee, Project } from '../project.ts'
import type { Twin } from '../twin.ts'
import { refuseForgery, type Scopes, type Visit, visit } from './access.ts'
import { componentView, countedComponentView, plainComponentView } from './component-views.ts'
import { refuse } from './dialect.ts'
import { bodyObject } from './lookup.ts'
import { pageBean } from './paging.ts'
import { isAssignable, mayAdminister, visibleProject } from './project-access.ts'

const readGranular = [
  'read:project:jira',
  'read:project.component:jira',
  'read:user:jira',
  'read:application-role:jira',
  'read:avatar:jira',
  'read:group:jira',
]
const readComponents: Scopes = { classic: 'read:jira-work', granular: readGranular }
const writeComponents: Scopes = {
  classic: 'manage:jira-project',
  granular: [...readGranular, 'write:project.component:jira'],
}
const assigneeTypes: ReadonlySet<unknown> = new Set(['PROJECT_DEFAULT', 'COMPONENT_LEAD', 'PROJECT_LEAD', 'UNASSIGNED'])

/** GET /project/{projectIdOrKey}/components: all at once. */
export function listComponents(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readComponents, 'yes')
  const project = visibleProject(twin, visitor, call.param('projectIdOrKey'))
  let shown = ofSource(call, project)
  if (call.shortPage !== undefined) shown = shown.slice(0, call.shortPage.keep)
  return { status: 200, json: shown.map((component) => componentView(twin, visitor, component)) }
}

/** GET /project/{projectIdOrKey}/component: in pages. */
export function pageComponents(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readComponents, 'yes')
  const project = visibleProject(twin, visitor, call.param('projectIdOrKey'))
  const shown = ordered(matching(ofSource(call, project), call), call.query.get('orderBy'))
  return pageBean(call, visitor.base, shown, { usual: 50, largest: 50 }, (component) =>
    countedComponentView(twin, visitor, component),
  )
}

/** GET /component: those of several projects, without leads. */
export function findComponents(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readComponents, 'yes')
  const named = call.query.getAll('projectIdsOrKeys').flatMap((each) => each.split(','))
  if (named.length === 0) refuse(400, "The query parameter 'projectIdsOrKeys' is required.")
  const all = named.flatMap((idOrKey) => visibleProject(twin, visitor, idOrKey).components)
  const shown = ordered(matching(all, call), call.query.get('orderBy'))
  return pageBean(call, visitor.base, shown, { usual: 50, largest: 50 }, (component) =>
    plainComponentView(visitor, component),
  )
}

/** GET /component/{id} */
export function getComponent(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readComponents, 'yes')
  return { status: 200, json: componentView(twin, visitor, pathComponent(twin, visitor, call)) }
}

/** POST /component */
export function createComponent(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeComponents)
  refuseForgery(call)
  const body = bodyObject(call)
  if (typeof body.project !== 'string') refuse(400, '', { project: 'A project key is required.' })
  const project = visibleProject(twin, visitor, body.project)
  requireAdministration(twin, visitor, project)
  const parts = readParts(twin, project, body)
  if (parts.name === undefined || parts.name === '') refuse(400, '', { name: 'The component name is required.' })
  if (project.components.some(({ name }) => fold(name) === fold(parts.name ?? ''))) {
    refuse(400, '', { name: 'A component with this name exists in the project.' })
  }
  const { name, lead, ...rest } = parts
  const component = twin.state.projects.addComponent(project, { name, ...rest, lead: lead ?? undefined })
  return { status: 201, json: componentView(twin, visitor, component) }
}

/** PUT /component/{id}: what the body names is overwritten; an empty `leadAccountId` takes the lead away. */
export function updateComponent(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeComponents)
  refuseForgery(call)
  const component = pathComponent(twin, visitor, call)
  requireAdministration(twin, visitor, component.project)
  if (component.ari !== undefined) {
    const status = twin.variants.get('compassComponentUpdate')
    if (status !== '200') refuse(Number(status), 'The component is managed in Compass.')
  }
  twin.state.projects.changeComponent(component, readParts(twin, component.project, bodyObject(call)))
  return { status: 200, json: componentView(twin, visitor, component) }
}

/** DELETE /component/{id} */
export function deleteComponent(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'manage:jira-project', granular: ['delete:project.component:jira'] })
  refuseForgery(call)
  const component = pathComponent(twin, visitor, call)
  requireAdministration(twin, visitor, component.project)
  const heir = call.query.get('moveIssuesTo')
  if (heir !== null && twin.state.projects.component(visitor.site, heir) === undefined) {
    refuse(404, `The component with id ${heir} does not exist.`)
  }
  twin.state.projects.removeComponent(component)
  return { status: 204 }
}

interface Parts {
  name?: string
  description?: string
  lead?: Account | null
  assigneeType?: ComponentAssignee
}

function readParts(twin: Twin, project: Project, body: Readonly<Record<string, unknown>>): Parts {
  const { name, description, leadAccountId, assigneeType, leadUserName } = body
  if (leadUserName !== undefined) refuse(400, "The parameter 'leadUserName' is not supported in GDPR strict mode.")
  const parts: Parts = {}
  if (name !== undefined) {
    if (typeof name !== 'string' || name.length > 255) refuse(400, '', { name: 'The name has at most 255 characters.' })
    parts.name = name
  }
  if (description !== undefined) parts.description = String(description)
  if (assigneeType !== undefined) {
    if (!assigneeTypes.has(assigneeType)) refuse(400, '', { assigneeType: 'The assignee type is not valid.' })
    parts.assigneeType = assigneeType as ComponentAssignee
  }
  if (leadAccountId === '') parts.lead = null
  else if (leadAccountId !== undefined) parts.lead = componentLead(twin, project, String(leadAccountId))
  return parts
}

/** Unlike that of a project, the lead of a component only has to exist; whether as an active user is open. */
function componentLead(twin: Twin, project: Project, accountId: string): Account {
  const account = twin.state.account(accountId)
  if (account === undefined || !twin.state.visibility.seen(account)) {
    refuse(400, '', { leadAccountId: `The user with account ID ${accountId} does not exist.` })
  }
  if (!isAssignable(twin, account, project) && twin.variants.is('componentLeadInactive', '400')) {
    refuse(400, '', { leadAccountId: 'The user is not active.' })
  }
  return account
}

function requireAdministration(twin: Twin, visitor: Visit, project: Project): void {
  if (!mayAdminister(twin, visitor, project)) {
    refuse(403, 'You do not have permission to manage the components of this project.')
  }
}

function pathComponent(twin: Twin, visitor: Visit, call: Call): Component {
  const component = twin.state.projects.component(visitor.site, call.param('id'))
  if (component === undefined) refuse(404, `The component with id ${call.param('id')} does not exist.`)
  visibleProject(twin, visitor, component.project.id)
  return component
}

/** Jira's own components unless those of Compass are asked for; `auto` = Compass where the project uses it. */
function ofSource(call: Call, { components }: Project): readonly Component[] {
  const source = call.query.get('componentSource') ?? 'jira'
  const compass = components.filter(({ ari }) => ari !== undefined)
  if (source === 'compass') return compass
  if (source === 'auto' && compass.length > 0) return compass
  if (source !== 'jira' && source !== 'auto') refuse(400, `The component source '${source}' is not valid.`)
  return components.filter(({ ari }) => ari === undefined)
}

function matching(components: readonly Component[], call: Call): readonly Component[] {
  const text = fold(call.query.get('query') ?? '')
  return components.filter(({ name, description }) => fold(`${name}\n${description}`).includes(text))
}

function ordered(components: readonly Component[], orderBy: string | null): readonly Component[] {
  const field = orderBy?.replace(/^[+-]/, '') ?? 'name'
  const keyOf = (component: Component): string => {
    if (field === 'lead') return fold(component.lead?.name ?? '')
    return fold(field === 'description' ? component.description : component.name)
  }
  const sign = orderBy?.startsWith('-') ? -1 : 1
  return [...components].sort((a, b) => (keyOf(a) < keyOf(b) ? -sign : keyOf(a) > keyOf(b) ? sign : 0))
}
