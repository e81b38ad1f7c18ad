import type { Answer, Call } from '../../server/call.ts'
import { fold } from '../model.ts'
import type { Project } from '../project.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, refuseForgery, type Scopes, type Visit, visit } from './access.ts'
import { componentView } from './component-views.ts'
import { refuse } from './dialect.ts'
import { bodyObject } from './lookup.ts'
import { pageBean } from './paging.ts'
import { leadParam, mayAdminister, mayBrowse, visibleProject } from './project-access.ts'
import { userView } from './views.ts'

const readProjects: Scopes = {
  classic: 'read:jira-work',
  granular: [
    'read:issue-type:jira',
    'read:project:jira',
    'read:project.property:jira',
    'read:user:jira',
    'read:application-role:jira',
    'read:avatar:jira',
    'read:group:jira',
    'read:issue-type-hierarchy:jira',
    'read:project-category:jira',
    'read:project-version:jira',
    'read:project.component:jira',
  ],
}

const orders: Readonly<Record<string, (project: Project) => string>> = {
  key: ({ key }) => key,
  name: ({ name }) => fold(name),
  owner: ({ lead }) => fold(lead.name),
}

/** GET /project/search: without `expand=lead` nobody is named. Anonymous callers see what is public. */
export function searchProjects(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readProjects, 'yes')
  const { query } = call
  const statuses = query.getAll('status').flatMap((each) => each.split(','))
  const wanted = statuses.length === 0 ? ['live'] : statuses
  const unknown = wanted.find((each) => each !== 'live' && each !== 'archived' && each !== 'deleted')
  if (unknown !== undefined) refuse(400, `The project status '${unknown}' is not valid.`)
  const ids = listOf(query.getAll('id'), 'id')
  const keys = listOf(query.getAll('keys'), 'keys')
  const types = query.get('typeKey')?.split(',')
  const text = fold(query.get('query') ?? '')
  const found = twin.state.projects
    .of(visitor.site)
    .filter((project) => wanted.includes(project.status))
    .filter((project) => isFitFor(twin, visitor, project, query.get('action') ?? 'view'))
    .filter(({ id, key, name, typeKey }) => {
      const isNamed = (ids === undefined || ids.includes(id)) && (keys === undefined || keys.includes(key))
      const isTyped = types === undefined || types.includes(typeKey)
      return isNamed && isTyped && (fold(key).includes(text) || fold(name).includes(text))
    })
  const shown = ordered(found, query.get('orderBy') ?? 'key')
  const expand = (query.get('expand') ?? '').split(',')
  return pageBean(call, visitor.base, shown, { usual: 50, largest: 100 }, (project) =>
    projectView(twin, visitor, project, expand),
  )
}

/** GET /project/{projectIdOrKey} */
export function getProject(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readProjects, 'yes')
  const project = visibleProject(twin, visitor, call.param('projectIdOrKey'))
  return { status: 200, json: wholeView(twin, visitor, project) }
}

const changeable = new Set(['name', 'description', 'leadAccountId', 'assigneeType', 'url'])
const documented = new Set([
  ...changeable,
  'avatarId',
  'categoryId',
  'issueSecurityScheme',
  'key',
  'lead',
  'notificationScheme',
  'permissionScheme',
  'releasedProjectKeys',
])

/** PUT /project/{projectIdOrKey}: what the body names is changed, all of it or nothing. */
export function updateProject(twin: Twin, call: Call): Answer {
  const granular = [...readProjects.granular, 'write:project:jira', 'write:project.avatar:jira']
  const visitor = visit(twin, call, { classic: 'manage:jira-project', granular })
  refuseForgery(call)
  const project = visibleProject(twin, visitor, call.param('projectIdOrKey'))
  if (!mayAdminister(twin, visitor, project)) refuse(403, 'You do not have permission to edit this project.')
  if (project.status === 'archived' && twin.variants.is('archivedProjectUpdate', '400')) {
    refuse(400, 'The project is archived and cannot be edited.')
  }
  const body = bodyObject(call)
  const unknown = Object.keys(body).find((name) => !documented.has(name))
  if (unknown !== undefined) refuse(400, `Unrecognized field "${unknown}".`)
  if (body.lead !== undefined) refuse(400, "The parameter 'lead' is not supported in GDPR strict mode.")
  const kept = Object.keys(body).find((name) => !changeable.has(name))
  if (kept !== undefined) refuse(400, `The sandbox leaves ${kept} as it is.`)
  const { name, description, assigneeType, leadAccountId } = body
  for (const [field, value] of Object.entries({ name, description })) {
    if (value !== undefined && typeof value !== 'string') refuse(400, '', { [field]: 'A text is expected.' })
  }
  if (assigneeType !== undefined && assigneeType !== 'PROJECT_LEAD' && assigneeType !== 'UNASSIGNED') {
    refuse(400, '', { assigneeType: 'Invalid default assignee.' })
  }
  const lead = leadAccountId === undefined ? undefined : leadParam(twin, project, leadAccountId)
  if (typeof name === 'string') project.name = name
  if (typeof description === 'string') project.description = description
  if (assigneeType !== undefined) project.assigneeType = assigneeType
  if (lead !== undefined) twin.state.projects.setLead(project, lead)
  return { status: 200, json: wholeView(twin, visitor, project) }
}

/** DELETE /project/{projectIdOrKey}: into the recycle bin, or away for good. */
export function deleteProject(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'manage:jira-configuration', granular: ['delete:project:jira'] })
  refuseForgery(call)
  const project = visibleProject(twin, visitor, call.param('projectIdOrKey'))
  if (!hasPermission(twin, visitor, 'ADMINISTER')) refuse(404, 'You do not have permission to delete this project.')
  if (project.status === 'archived') refuse(404, 'An archived project has to be restored before it is deleted.')
  if (call.query.get('enableUndo') === 'false') twin.state.projects.remove(project)
  else project.status = 'deleted'
  return { status: 204 }
}

function isFitFor(twin: Twin, visitor: Visit, project: Project, action: string): boolean {
  switch (action) {
    case 'view':
    case 'browse':
      return mayBrowse(twin, visitor, project)
    case 'edit':
      return hasPermission(twin, visitor, 'ADMINISTER') || mayAdminister(twin, visitor, project)
    case 'create':
      return visitor.account !== undefined && mayBrowse(twin, visitor, project)
    default:
      refuse(400, `The action '${action}' is not valid.`)
  }
}

function ordered(projects: readonly Project[], orderBy: string): readonly Project[] {
  const keyOf = orders[orderBy.replace(/^[+-]/, '')]
  if (keyOf === undefined) return projects
  const sign = orderBy.startsWith('-') ? -1 : 1
  return [...projects].sort((a, b) => (keyOf(a) < keyOf(b) ? -sign : keyOf(a) > keyOf(b) ? sign : 0))
}

function listOf(values: readonly string[], name: string): readonly string[] | undefined {
  if (values.length > 50) refuse(400, `At most 50 values of '${name}' can be given.`)
  return values.length === 0 ? undefined : values
}

function projectView(
  twin: Twin,
  { site, base }: Visit,
  truth: Project,
  expand: readonly string[],
): Record<string, unknown> {
  const project = twin.state.visibility.shown(truth)
  const view: Record<string, unknown> = {
    expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
    self: `${base}/rest/api/3/project/${project.id}`,
    id: project.id,
    key: project.key,
    name: project.name,
    avatarUrls: {},
    projectTypeKey: project.typeKey,
    simplified: false,
    style: 'classic',
    isPrivate: false,
    properties: {},
  }
  if (project.status === 'archived') view.archived = true
  if (project.status === 'deleted') view.deleted = true
  if (expand.includes('description')) view.description = project.description
  if (expand.includes('lead')) view.lead = userView(twin, site, base, project.lead)
  return view
}

function wholeView(twin: Twin, visitor: Visit, project: Project): object {
  const { assigneeType, components } = twin.state.visibility.shown(project)
  return {
    ...projectView(twin, visitor, project, ['description', 'lead']),
    assigneeType,
    components: components
      .filter(({ ari }) => ari === undefined)
      .map((component) => componentView(twin, visitor, component)),
    issueTypes: [],
    versions: [],
    roles: {},
  }
}
