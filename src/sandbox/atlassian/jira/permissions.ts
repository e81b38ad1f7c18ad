import type { Answer, Call } from '../../server/call.ts'
import type { Project } from '../project.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, requireJiraAdmin, type Visit, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { bodyObject } from './lookup.ts'
import { mayAdminister, mayBrowse, visibleProject } from './project-access.ts'

const readPermissions = { classic: 'read:jira-work', granular: ['read:permission:jira'] }

interface Permission {
  readonly id: string
  readonly name: string
  readonly type: 'GLOBAL' | 'PROJECT'
}

const permissions: Readonly<Record<string, Permission>> = {
  ADMINISTER: { id: '0', name: 'Administer Jira', type: 'GLOBAL' },
  SYSTEM_ADMIN: { id: '44', name: 'Jira System Administrators', type: 'GLOBAL' },
  USER_PICKER: { id: '27', name: 'Browse users and groups', type: 'GLOBAL' },
  BULK_CHANGE: { id: '33', name: 'Bulk Change', type: 'GLOBAL' },
  CREATE_SHARED_OBJECTS: { id: '22', name: 'Share dashboards and filters', type: 'GLOBAL' },
  MANAGE_GROUP_FILTER_SUBSCRIPTIONS: { id: '24', name: 'Manage group filter subscriptions', type: 'GLOBAL' },
  BROWSE_PROJECTS: { id: '10', name: 'Browse Projects', type: 'PROJECT' },
  ADMINISTER_PROJECTS: { id: '23', name: 'Administer Projects', type: 'PROJECT' },
}

/** GET /mypermissions: open to everybody, who then has no permission at all - but may browse what is public. */
export function getMyPermissions(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readPermissions, 'yes')
  const asked = (call.query.get('permissions') ?? '').split(',').filter((key) => key !== '')
  if (asked.length === 0) refuse(400, "The 'permissions' query parameter is required.")
  const unknown = asked.filter((key) => !Object.hasOwn(permissions, key))
  if (unknown.length > 0) refuse(400, `Unrecognized permission: ${unknown.join(', ')}`)
  const idOrKey = call.query.get('projectKey') ?? call.query.get('projectId')
  const project = idOrKey === null ? undefined : visibleProject(twin, visitor, idOrKey)
  const held = asked.map((key) => [key, { ...view(key), havePermission: holds(twin, visitor, key, project) }])
  return { status: 200, json: { permissions: Object.fromEntries(held) } }
}

/** GET /permissions */
export function listPermissions(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readPermissions)
  requireJiraAdmin(twin, visitor)
  const all = Object.keys(permissions).map((key) => [key, view(key)])
  return { status: 200, json: { permissions: Object.fromEntries(all) } }
}

/** POST /permissions/check: of oneself, or of anybody for an administrator. */
export function checkPermissions(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readPermissions, 'yes')
  const body = bodyObject(call)
  const other = typeof body.accountId === 'string' ? twin.state.account(body.accountId) : visitor.account
  if (typeof body.accountId === 'string' && other === undefined) refuse(400, 'The account ID is not valid.')
  if (other !== visitor.account) requireJiraAdmin(twin, visitor)
  const subject: Visit = { ...visitor, account: other }
  const wanted = texts(body.globalPermissions)
  const unknown = wanted.find((key) => permissions[key]?.type !== 'GLOBAL')
  if (unknown !== undefined) refuse(400, `Unrecognized permission: ${unknown}`)
  const inProjects = Array.isArray(body.projectPermissions) ? body.projectPermissions : []
  return {
    status: 200,
    json: {
      globalPermissions: wanted.filter((key) => hasPermission(twin, subject, key)),
      projectPermissions: inProjects.flatMap((each) => projectGrants(twin, subject, each as Record<string, unknown>)),
    },
  }
}

function projectGrants(twin: Twin, subject: Visit, asked: Readonly<Record<string, unknown>>): object[] {
  const keys = texts(asked.permissions)
  if (keys.length === 0) refuse(400, 'At least one project permission must be given.')
  const unknown = keys.find((key) => permissions[key]?.type !== 'PROJECT')
  if (unknown !== undefined) refuse(400, `Unrecognized permission: ${unknown}`)
  const ids = Array.isArray(asked.projects) ? asked.projects.map(String) : []
  const projects = ids.map((id) => twin.state.projects.get(subject.site, id)).filter((each) => each !== undefined)
  return keys.map((permission) => ({
    permission,
    issues: [],
    projects: projects.filter((project) => holds(twin, subject, permission, project)).map(({ id }) => Number(id)),
  }))
}

/** Without a project a project permission is held when it is held in some project. */
function holds(twin: Twin, visitor: Visit, key: string, project: Project | undefined): boolean {
  if (permissions[key]?.type === 'GLOBAL') return hasPermission(twin, visitor, key)
  const may = key === 'ADMINISTER_PROJECTS' ? mayAdminister : mayBrowse
  if (project !== undefined) return may(twin, visitor, project)
  const projects = twin.state.projects.of(visitor.site)
  return projects.length === 0 ? hasPermission(twin, visitor, key) : projects.some((each) => may(twin, visitor, each))
}

function view(key: string): object {
  return { ...permissions[key], key, description: permissions[key]?.name }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string' && each !== '').map(String) : []
}
