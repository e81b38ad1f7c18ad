import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { siteUrl, type Twin } from '../twin.ts'
import { requireJiraAdmin, type Scopes, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { applicationRoles, fullUserView } from './views.ts'

const readUser: Scopes = {
  classic: 'read:jira-user',
  granular: ['read:application-role:jira', 'read:group:jira', 'read:user:jira', 'read:avatar:jira'],
}

/** GET /myself */
export function getMyself(twin: Twin, call: Call): Answer {
  const { site, account, base } = visit(twin, call, readUser)
  if (account === undefined) refuse(401, 'Client must be authenticated to access this resource.')
  return { status: 200, json: fullUserView(twin, site, base, account, call.query.get('expand') ?? '') }
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

/** GET /applicationrole/{key} */
export function getApplicationRole(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'manage:jira-configuration', granular: ['read:application-role:jira'] }
  const visitor = visit(twin, call, scopes)
  requireJiraAdmin(twin, visitor)
  const role = applicationRoles(twin, visitor.site, visitor.base).find(({ key }) => key === call.param('key'))
  if (role === undefined) refuse(404, `The application role with key ${call.param('key')} does not exist.`)
  return { status: 200, json: role }
}
