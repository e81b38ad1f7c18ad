import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { siteUrl, type Twin } from '../twin.ts'
import { hasPermission, requireJiraAdmin, type Scopes, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { applicationRoles, fullUserView } from './views.ts'

const readUser: Scopes = {
  classic: 'read:jira-user',
  granular: ['read:application-role:jira', 'read:group:jira', 'read:user:jira', 'read:avatar:jira'],
}

const permissions: Readonly<Record<string, { id: string; name: string; type: 'GLOBAL' | 'PROJECT' }>> = {
  ADMINISTER: { id: '0', name: 'Administer Jira', type: 'GLOBAL' },
  SYSTEM_ADMIN: { id: '44', name: 'Jira System Administrators', type: 'GLOBAL' },
  USER_PICKER: { id: '27', name: 'Browse users and groups', type: 'GLOBAL' },
  BULK_CHANGE: { id: '33', name: 'Bulk Change', type: 'GLOBAL' },
  CREATE_SHARED_OBJECTS: { id: '22', name: 'Share dashboards and filters', type: 'GLOBAL' },
  MANAGE_GROUP_FILTER_SUBSCRIPTIONS: { id: '24', name: 'Manage group filter subscriptions', type: 'GLOBAL' },
  BROWSE_PROJECTS: { id: '10', name: 'Browse Projects', type: 'PROJECT' },
  ADMINISTER_PROJECTS: { id: '23', name: 'Administer Projects', type: 'PROJECT' },
}

/** GET /myself */
export function getMyself(twin: Twin, call: Call): Answer {
  const { site, account, base } = visit(twin, call, readUser)
  if (account === undefined) refuse(401, 'Client must be authenticated to access this resource.')
  return { status: 200, json: fullUserView(twin, site, base, account, call.query.get('expand') ?? '') }
}

/** GET /mypermissions: open to everybody, who then has no permission at all. */
export function getMyPermissions(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'read:jira-work', granular: ['read:permission:jira'] }
  const visitor = visit(twin, call, scopes, 'yes')
  const asked = (call.query.get('permissions') ?? '').split(',').filter((key) => key !== '')
  if (asked.length === 0) refuse(400, "The 'permissions' query parameter is required.")
  const unknown = asked.filter((key) => !Object.hasOwn(permissions, key))
  if (unknown.length > 0) refuse(400, `Unrecognized permission: ${unknown.join(', ')}`)
  const held = asked.map((key) => [
    key,
    {
      ...permissions[key],
      key,
      description: permissions[key]?.name,
      havePermission: hasPermission(twin, visitor, key),
    },
  ])
  return { status: 200, json: { permissions: Object.fromEntries(held) } }
}

/** GET /serverInfo: open to everybody. */
export function getServerInfo(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call, { classic: '', granular: [] }, 'yes')
  const url = siteUrl(twin, site)
  return {
    status: 200,
    json: {
      baseUrl: url,
      displayUrl: url,
      version: '1001.0.0-SNAPSHOT',
      versionNumbers: [1001, 0, 0],
      deploymentType: 'Cloud',
      buildNumber: 100_287,
      buildDate: '2026-07-20T10:00:00.000+0000',
      serverTime: isoTime(call.at).replace('Z', '+0000'),
      scmInfo: '4f1c1bd0c2ba4d6bb7b4d2f3a0d8c7d3d1e2f4a5',
      serverTitle: 'Jira',
    },
  }
}

/** GET /_edge/tenant_info: no credential is looked at. */
export function getTenantInfo(twin: Twin, call: Call): Answer {
  const site = twin.state.sites.find((each) => each.name === call.params.site)
  if (site === undefined) return { status: 404, text: 'Not Found' }
  return { status: 200, json: { cloudId: site.cloudId } }
}

/** GET /applicationrole */
export function getApplicationRoles(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'manage:jira-configuration', granular: ['read:application-role:jira'] }
  const visitor = visit(twin, call, scopes)
  requireJiraAdmin(twin, visitor)
  return { status: 200, json: applicationRoles(twin, visitor.site, visitor.base) }
}
