import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { clientsOf, type Reply, SandboxClient, type SendOptions } from '../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../start.ts'
import { type VariantChoice, type VariantName, Variants, variantTable } from './variants.ts'

const users = '/v2/orgs/:org/directories/:dir/users'
const groups = '/v2/orgs/:org/directories/:dir/groups'
const invite = '/v2/orgs/:org/users/invite'

/** A sandbox with its clients and short ways to ids. */
class Scene {
  readonly sandbox: Sandbox
  readonly jira: SandboxClient
  readonly org: SandboxClient
  readonly guard: SandboxClient

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
    ;({ jira: this.jira, org: this.org, guard: this.guard } = clientsOf(sandbox))
  }

  person(email: string): string {
    return this.sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
  }

  group(name: string): string {
    return this.sandbox.control.twin.state.groupByName(name)?.groupId ?? 'none'
  }

  groupsOf(email: string): string[] {
    return [...(this.sandbox.control.twin.state.accountByEmail(email)?.groups ?? [])].map((group) => group.name).sort()
  }

  async found(body: object): Promise<Reply['body'][]> {
    return (await this.org.admin('POST', `${users}/search`, { body })).body.data
  }

  invite(body: object): Promise<Reply> {
    return this.org.admin('POST', invite, { body })
  }

  /** Statuses of the same call of User management, made twice. */
  async twice(email: string, path: string): Promise<number[]> {
    const call = async () => (await this.org.account('POST', this.person(email), path, { body: {} })).status
    return [await call(), await call()]
  }

  /** Puts somebody into the directory of Guard; their id there. */
  async provisioned(name: string): Promise<string> {
    const email = `${name}@acme.example`
    const body = { userName: email, emails: [{ value: email, primary: true }] }
    return (await this.guard.scim('POST', '/Users', { body })).body.id
  }

  /** A group of that directory with these members; its id. */
  async team(members: readonly string[]): Promise<string> {
    const body = { displayName: 'Team', members: members.map((value) => ({ value })) }
    return (await this.guard.scim('POST', '/Groups', { body })).body.id
  }

  patch(path: string, ...operations: object[]): Promise<Reply> {
    return this.guard.scim('PATCH', path, { body: { Operations: operations } })
  }

  /** A path of version 1 of Confluence. */
  wiki(method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    return this.jira.send(method, `${this.sandbox.site}/wiki/rest/api${path}`, options)
  }

  suspend(email: string): Promise<Reply> {
    return this.org.admin('POST', `${users}/${this.person(email)}/suspend`, { body: {} })
  }
}

/** Those of Bitbucket need a workspace: they are tried in bitbucket/bitbucket.test.ts. */
type Outcomes = {
  [Name in Exclude<VariantName, `bitbucket${string}`>]: { [Value in VariantChoice[Name]]: unknown } & {
    of(scene: Scene): Promise<unknown>
  }
}

const ruby = 'ruby.hughes@acme.example'
const auditor = 'auditor@audit-partner.example'

/** What one and the same doing gives under each value; the compiler sees to it that no value is left out. */
const outcomes: Outcomes = {
  removeNonMember: {
    of: async (s) => {
      const query = { groupId: s.group('developers'), accountId: s.person(ruby) }
      return (await s.jira.site('DELETE', '/group/user', { query })).status
    },
    '404': 404,
    '400': 400,
    '200': 200,
  },
  orgRemoveNonMember: {
    of: async (s) =>
      (await s.org.admin('DELETE', `${groups}/${s.group('developers')}/memberships/${s.person(ruby)}`)).status,
    '404': 404,
    '204': 204,
  },
  compassComponentUpdate: {
    of: async (s) => {
      s.sandbox.control.edit({
        action: 'add-component',
        project: 'WEB',
        component: { name: 'API', isFromCompass: true },
      })
      const query = { componentSource: 'compass' }
      const [{ id }] = (await s.jira.site('GET', '/project/WEB/components', { query })).body
      const body = { leadAccountId: s.person('tomas.dvorak@acme.example') }
      return (await s.jira.site('PUT', `/component/${id}`, { body })).status
    },
    '400': 400,
    '403': 403,
    '404': 404,
    '200': 200,
  },
  componentLeadInactive: {
    of: async (s) => {
      const [{ id }] = (await s.jira.site('GET', '/project/WEB/components')).body
      await s.suspend(ruby)
      return (await s.jira.site('PUT', `/component/${id}`, { body: { leadAccountId: s.person(ruby) } })).status
    },
    '400': 400,
    '200': 200,
  },
  archivedProjectUpdate: {
    of: async (s) => (await s.jira.site('PUT', '/project/OLD', { body: { leadAccountId: s.person(ruby) } })).status,
    '400': 400,
    '200': 200,
  },
  propertyTooLarge: {
    of: async (s) => {
      const query = { accountId: s.person(ruby) }
      return (await s.jira.site('PUT', '/user/properties/k', { query, body: JSON.stringify('x'.repeat(32_767)) }))
        .status
    },
    '400': 400,
    '413': 413,
  },
  propertiesOfInactive: {
    of: async (s) => {
      await s.suspend(ruby)
      const query = { accountId: s.person(ruby) }
      return (await s.jira.site('GET', '/user/properties', { query })).status
    },
    '200': 200,
    '404': 404,
  },
  emailsForTokens: {
    of: async (s) => (await s.jira.site('GET', '/user/email', { query: { accountId: s.person(ruby) } })).status,
    '400': 400,
    '401': 401,
  },
  removeLead: {
    of: async (s) => {
      const query = { accountId: s.person('aoife.obrien@acme.example') }
      return (await s.jira.site('DELETE', '/user', { query })).status
    },
    '204': 204,
    '400': 400,
  },
  usersSearchTooSlow: {
    of: async (s) => {
      const ask = async (maxResults: number) =>
        (await s.jira.site('GET', '/users/search', { query: { maxResults } })).status
      return [await ask(1000), await ask(500)]
    },
    never: [200, 200],
    'above-500': [409, 200],
  },
  foreignOrganization: {
    of: async (s) => {
      const other = SandboxClient.bearer(s.sandbox, s.sandbox.credentials.otherOrgKey)
      return (await other.admin('POST', `${users}/search`, { body: {} })).status
    },
    '404': 404,
    '403': 403,
  },
  deprecatedLists: {
    of: async (s) => (await s.org.admin('GET', users)).status,
    'until-june-2027': 200,
    gone: 404,
  },
  removedEndpoint: {
    of: async (s) => {
      const path = `/admin/v1/orgs/${s.sandbox.orgId}/users/invite`
      return (await s.org.send('POST', s.sandbox.apiBase + path, { body: {} })).status
    },
    '404': 404,
    '410': 410,
  },
  grantHeldRole: {
    of: async (s) => {
      const resource = `ari:cloud:confluence::site/${s.sandbox.cloudId}`
      const user = async () => {
        const path = `/v1/orgs/:org/users/${s.person(ruby)}/roles/assign`
        return (await s.org.admin('POST', path, { body: { role: 'atlassian/user', resource } })).status
      }
      const group = async () => {
        const path = `${groups}/${s.group('developers')}/role-assignments/assign`
        return (await s.org.admin('POST', path, { body: { roleId: 'atlassian/user', resourceId: resource } })).status
      }
      return [await user(), await user(), await group(), await group()]
    },
    ok: [204, 204, 200, 200],
    '409': [204, 409, 200, 409],
  },
  revokeMissingRole: {
    of: async (s) => {
      const resource = `ari:cloud:confluence::site/${s.sandbox.cloudId}`
      const user = `/v1/orgs/:org/users/${s.person(ruby)}/roles/revoke`
      const group = `${groups}/${s.group('developers')}/role-assignments/revoke`
      return [
        (await s.org.admin('POST', user, { body: { role: 'atlassian/user', resource } })).status,
        (await s.org.admin('POST', group, { body: { roleId: 'atlassian/user', resourceId: resource } })).status,
      ]
    },
    '204': [204, 204],
    '404': [404, 404],
  },
  deleteFilledGroup: {
    of: async (s) => (await s.org.admin('DELETE', `${groups}/${s.group('old-project-x')}`)).status,
    '204': 204,
    '409': 409,
  },
  addInactiveMember: {
    of: async (s) => {
      const add = async (email: string) => {
        const path = `${groups}/${s.group('old-project-x')}/memberships`
        return (await s.org.admin('POST', path, { body: { accountId: s.person(email) } })).status
      }
      return [await add('chloe.darcy@acme.example'), await add('yousef.haddad@acme.example'), await add(ruby)]
    },
    '204': [204, 204, 204],
    '400': [400, 400, 204],
  },
  teamGroupModifiable: {
    of: async (s) => {
      s.sandbox.control.edit({ action: 'manage-group', group: 'developers', managedBy: 'team-members' })
      const { body } = await s.org.admin('POST', `${groups}/search`, { body: { groupNames: ['developers'] } })
      const path = `${groups}/${s.group('developers')}/memberships`
      const added = await s.org.admin('POST', path, { body: { accountId: s.person(ruby) } })
      return [body.data[0].managedBy, body.data[0].managementAccess.modifiable, added.status]
    },
    no: ['team-members', false, 403],
    yes: ['team-members', true, 204],
  },
  suspendSynced: {
    of: async (s) => (await s.suspend('henry.palmer@acme.example')).status,
    '204': 204,
    '403': 403,
  },
  orgRoleDelay: {
    of: async (s) => {
      const path = `/v1/orgs/:org/users/${s.person(ruby)}/role-assignments/assign`
      await s.org.admin('POST', path, { body: { role: 'atlassian/org-admin' } })
      return (await s.found({ emails: [ruby], expand: ['platformRoles'] }))[0].platformRoles
    },
    'at-once': ['atlassian/org-admin'],
    '30-seconds': [],
  },
  tokenLimits: {
    of: async (s) => {
      const policy = (await s.jira.site('GET', '/myself')).headers.get('beta-ratelimit-policy')
      if (policy !== null) {
        s.sandbox.control.setQuota({ operations: 'jira.*', points: 1, windowSeconds: 3600 })
        await s.jira.site('GET', '/myself')
      }
      const last = await s.jira.site('GET', '/myself')
      return [policy, last.status, last.headers.get('ratelimit-reason')]
    },
    'burst-only': [null, 200, null],
    'points-too': ['"tenant-app-quota";q=65000;w=3600', 429, 'jira-quota-tenant-based'],
  },
  suspendSuspended: {
    of: async (s) => [(await s.suspend(ruby)).status, (await s.suspend(ruby)).status],
    '204': [204, 204],
    '409': [204, 409],
  },
  restoreActive: {
    of: async (s) => (await s.org.admin('POST', `${users}/${s.person(ruby)}/restore`, { body: {} })).status,
    '204': 204,
    '409': 409,
  },
  directoryDashOnWrite: {
    of: async (s) => {
      const dash = '/v2/orgs/:org/directories/-'
      const body = { accountId: s.person(ruby) }
      return [
        (await s.org.admin('POST', `${dash}/groups/${s.group('developers')}/memberships`, { body })).status,
        (await s.org.admin('POST', `${dash}/users/${s.person(ruby)}/suspend`, { body: {} })).status,
        (await s.org.admin('POST', `${dash}/groups`, { body: { name: 'dashed' } })).status,
        (await s.org.admin('POST', `${dash}/users/search`, { body: {} })).status,
      ]
    },
    '400': [400, 400, 400, 200],
    ok: [204, 204, 201, 200],
  },
  hiddenEmailInOrgSearch: {
    of: async (s) => (await s.found({ emails: [auditor] })).map((each) => each.email),
    hidden: [undefined],
    shown: [auditor],
  },
  usersSearchShortPages: {
    of: async (s) => {
      const page = await s.jira.site('GET', '/users/search', { query: { maxResults: 10 } })
      const all = new Set<string>()
      for (let startAt = 0; ; ) {
        const next = (await s.jira.site('GET', '/users/search', { query: { startAt, maxResults: 10 } })).body
        if (next.length === 0) break
        for (const { accountId } of next) all.add(accountId)
        startAt += next.length
      }
      return [page.body.length < 10, all.size]
    },
    no: [false, 24],
    yes: [true, 24],
  },
  wrongCredentialOnAnonymousEndpoint: {
    of: async (s) => {
      const wrong = SandboxClient.basic(s.sandbox, s.sandbox.credentials.email, 'wrong')
      const [search, all, me] = [
        await wrong.site('GET', '/user/search', { query: { query: 'a' } }),
        await wrong.site('GET', '/users/search'),
        await wrong.site('GET', '/myself'),
      ]
      return [search.status, all.status, Array.isArray(all.body) ? all.body.length : undefined, me.status]
    },
    '401': [401, 401, undefined, 401],
    '200-empty': [200, 200, 0, 401],
  },
  groupBulkMaxPage: {
    of: async (s) => {
      for (let at = 0; at < 120; at++) s.sandbox.control.edit({ action: 'add-group', group: `many ${at}` })
      return (await s.jira.site('GET', '/group/bulk', { query: { maxResults: 5000 } })).body.values.length
    },
    '50': 50,
    '100': 100,
    '1000': 130,
  },
  groupNameMatch: {
    of: async (s) => (await s.jira.site('GET', '/group/bulk', { query: { groupName: 'support' } })).body.total,
    'case-insensitive': 1,
    'case-sensitive': 0,
  },
  serviceAccountAuth: {
    of: async (s) => {
      const { email, apiToken } = s.sandbox.credentials.serviceAccount
      const basic = SandboxClient.basic(s.sandbox, email, apiToken)
      const bearer = SandboxClient.bearer(s.sandbox, apiToken)
      return [
        (await basic.gateway('GET', '/myself')).status,
        (await bearer.gateway('GET', '/myself')).status,
        (await bearer.site('GET', '/myself')).status,
      ]
    },
    either: [200, 200, 401],
    basic: [200, 401, 401],
    bearer: [401, 200, 401],
  },
  createWithoutProducts: {
    of: async (s) => {
      const body = { emailAddress: 'bare@acme.example', products: [] }
      const reply = await s.jira.site('POST', '/user', { body })
      return [reply.status, s.person('bare@acme.example') !== 'nobody']
    },
    '400-but-invited': [400, true],
    '201': [201, true],
  },
  createByNonOrgAdmin: {
    of: async (s) => {
      const { email, apiToken } = s.sandbox.credentials.siteAdmin
      const admin = SandboxClient.basic(s.sandbox, email, apiToken)
      const body = { emailAddress: 'by.site.admin@acme.example', products: ['jira-software'] }
      const reply = await admin.site('POST', '/user', { body })
      return [reply.status, reply.body.active]
    },
    '403': [403, undefined],
    suspended: [201, false],
  },
  defaultProductsOnCreate: {
    of: async (s) => {
      await s.invite({ emails: ['def@acme.example'] })
      return s.groupsOf('def@acme.example').length
    },
    stated: 0,
    all: 3,
  },
  roleGrant: {
    of: async (s) => {
      const resource = `ari:cloud:jira-software::site/${s.sandbox.cloudId}`
      await s.invite({ emails: ['role@acme.example'], permissionRules: [{ resource, role: 'atlassian/user' }] })
      return s.groupsOf('role@acme.example')
    },
    direct: [],
    'default-group': ['jira-software-users-acme'],
  },
  inviteDeactivated: {
    of: async (s) => (await s.invite({ emails: ['yousef.haddad@acme.example', 'next@acme.example'] })).status,
    '206': 206,
    '400': 400,
  },
  inviteSuspended: {
    of: async (s) => {
      const email = 'chloe.darcy@acme.example'
      await s.invite({ emails: [email] })
      return (await s.found({ emails: [email] }))[0].status
    },
    kept: 'suspended',
    restored: 'active',
  },
  inviteOverSeats: {
    of: async (s) => {
      s.sandbox.control.edit({ action: 'set-seats', product: 'confluence', seats: 1 })
      const permissionRules = [{ resource: `ari:cloud:confluence::site/${s.sandbox.cloudId}`, role: 'atlassian/user' }]
      const reply = await s.invite({ emails: ['s1@acme.example', 's2@acme.example'], permissionRules })
      return [reply.status, s.person('s1@acme.example') !== 'nobody', s.person('s2@acme.example') !== 'nobody']
    },
    '409-all': [409, false, false],
    '206-rest': [206, true, false],
  },
  orgAdminsGroup: {
    of: async (s) => {
      const body = { accountId: s.person(ruby) }
      return (await s.org.admin('POST', `${groups}/${s.group('org-admins')}/memberships`, { body })).status
    },
    works: 204,
    refused: 400,
  },
  orgWriteErrorBody: {
    of: async (s) => {
      const reply = await s.org.admin('POST', groups, { body: { name: 'developers' } })
      return [reply.status, reply.body?.errors?.[0].code]
    },
    application: [409, 'ADMIN-409-28'],
    none: [409, undefined],
  },
  orgEdgeBody: {
    of: async (s) => {
      const wrong = SandboxClient.bearer(s.sandbox, 'wrong')
      const path = `/admin/v2/orgs/${s.sandbox.orgId}/directories`
      const [v1, v2] = [await wrong.admin('GET', '/v1/orgs'), await wrong.send('GET', s.sandbox.apiBase + path)]
      return [Object.keys(v1.body), Object.keys(v2.body)]
    },
    'as-documented': [['code', 'message'], ['errors']],
    gateway: [
      ['code', 'message'],
      ['code', 'message'],
    ],
  },
  jiraUnauthorizedBody: {
    of: async (s) => {
      const wrong = SandboxClient.basic(s.sandbox, s.sandbox.credentials.email, 'wrong')
      return typeof (await wrong.site('GET', '/myself')).body
    },
    text: 'string',
    json: 'object',
  },
  orgRetryAfter: {
    of: async (s) => {
      s.sandbox.control.setLimit({ operations: 'org.*', perSecond: 0.001, burst: 1 })
      await s.org.admin('GET', '/v1/orgs')
      const refused = await s.org.admin('GET', '/v1/orgs')
      return [refused.status, refused.headers.has('retry-after'), refused.headers.has('x-ratelimit-reset')]
    },
    present: [429, true, true],
    absent: [429, false, true],
  },
  unscopedTokenOnGateway: {
    of: async (s) => (await s.jira.gateway('GET', '/myself')).status,
    '200': 200,
    '401': 401,
  },
  missingScope: {
    of: async (s) => {
      const { email, readOnlyApiToken } = s.sandbox.credentials
      return (await SandboxClient.basic(s.sandbox, email, readOnlyApiToken).gateway('GET', '/applicationrole')).status
    },
    '401': 401,
    '403': 403,
  },
  suspendedGroupsInOrgSearch: {
    of: async (s) => {
      await s.suspend(ruby)
      return (await s.found({ emails: [ruby], expand: ['groups'] }))[0].groups.length
    },
    shown: 2,
    hidden: 0,
  },
  searchCursor: {
    of: async (s) => {
      const reply = await s.org.admin('POST', `${users}/search`, { body: { searchTerm: 'acme.example', limit: 3 } })
      const cursor = reply.body.links.next
      return (await s.found({ cursor })).length
    },
    'carries-query': 3,
    'position-only': 16,
  },
  removedUserRead: {
    of: async (s) => {
      const accountId = s.person(ruby)
      await s.jira.site('DELETE', '/user', { query: { accountId } })
      const reply = await s.jira.site('GET', '/user', { query: { accountId } })
      return [reply.status, reply.body.active]
    },
    '200-inactive': [200, false],
    '404': [404, undefined],
  },
  unmanagedTarget: {
    of: async (s) => (await s.org.account('GET', s.person(auditor), '')).body,
    forbidden: { key: 'forbidden' },
    'forbidden.targetUnverified': { key: 'forbidden.targetUnverified' },
  },
  unverifiedManagedTarget: {
    of: async (s) => {
      await s.invite({ emails: ['never.signed.in@acme.example'] })
      return (await s.org.account('GET', s.person('never.signed.in@acme.example'), '')).status
    },
    managed: 200,
    'forbidden.targetUnverified': 403,
  },
  scopedKeyOnUserManagement: {
    of: async (s) => {
      const { url, credentials } = s.sandbox
      const scoped = SandboxClient.bearer(s.sandbox, credentials.scopedOrgKey)
      const reply = await scoped.send('GET', `${url}/users/${s.person(ruby)}/manage`)
      return [reply.status, Object.keys(reply.body)]
    },
    message: [403, ['code', 'message']],
    key: [403, ['key']],
  },
  syncedProfile: {
    of: async (s) => {
      const accountId = s.person('henry.palmer@acme.example')
      const name = await s.org.account('PATCH', accountId, '/profile', { body: { name: 'H' } })
      return [name.status, (await s.org.account('PATCH', accountId, '/profile', { body: { nickname: 'H' } })).status]
    },
    'all-refused': [403, 403],
    'copied-fields-refused': [403, 200],
  },
  emptyProfileField: {
    of: async (s) => {
      const body = { extended_profile: { job_title: '' } }
      const reply = await s.org.account('PATCH', s.person(ruby), '/profile', { body })
      return [reply.status, s.sandbox.control.twin.state.accountByEmail(ruby)?.jobTitle]
    },
    cleared: [200, undefined],
    '400': [400, 'Support Agent'],
  },
  emailTaken: {
    of: async (s) =>
      (await s.org.account('PUT', s.person(ruby), '/email', { body: { email: 'viewer@acme.example' } })).status,
    '400': 400,
    '409': 409,
  },
  disableWithoutBody: {
    of: async (s) => (await s.org.account('POST', s.person(ruby), '/lifecycle/disable')).status,
    '415': 415,
    '400': 400,
  },
  disableDisabled: {
    of: (s) => s.twice(ruby, '/lifecycle/disable'),
    '204': [204, 204],
    '409': [204, 409],
  },
  enableEnabled: {
    of: async (s) => (await s.org.account('POST', s.person(ruby), '/lifecycle/enable', { body: {} })).status,
    '204': 204,
    '409': 409,
  },
  deleteScheduled: {
    of: (s) => s.twice(ruby, '/lifecycle/delete'),
    '409': [200, 409],
    '200': [200, 200],
  },
  cancelUnscheduled: {
    of: async (s) => (await s.org.account('POST', s.person(ruby), '/lifecycle/cancel-delete', { body: {} })).status,
    '404': 404,
    '200': 200,
  },
  scimUnauthorized: {
    of: async (s) => (await SandboxClient.bearer(s.sandbox, 'wrong').scim('GET', '/Users')).status,
    '401': 401,
    '403': 403,
  },
  scimMaxCount: {
    of: async (s) => {
      for (let at = 1; at <= 101; at += 1) await s.provisioned(`p${at}`)
      const { body } = await s.guard.scim('GET', '/Users', { query: { startIndex: 1, count: 1000 } })
      return [body.Resources.length, body.itemsPerPage, body.totalResults]
    },
    '100': [100, 100, 101],
    '50': [50, 50, 101],
    '10': [10, 10, 101],
  },
  scimMembersInLists: {
    of: async (s) => {
      await s.team([await s.provisioned('p1')])
      return (await s.guard.scim('GET', '/Groups')).body.Resources[0].members?.length
    },
    shown: 1,
    absent: undefined,
  },
  scimEmptyMembers: {
    of: async (s) => (await s.guard.scim('GET', `/Groups/${await s.team([])}`)).body.members,
    absent: undefined,
    empty: [],
  },
  scimGroupsOnUsers: {
    of: async (s) => {
      const id = await s.provisioned('p1')
      await s.team([id])
      return (await s.guard.scim('GET', `/Users/${id}`)).body.groups?.length
    },
    shown: 1,
    absent: undefined,
    empty: 0,
  },
  scimRemoveByFilter: {
    of: async (s) => {
      const id = await s.provisioned('p1')
      const team = await s.team([id])
      const { status } = await s.patch(`/Groups/${team}`, { op: 'remove', path: `members[value eq "${id}"]` })
      return [status, (await s.guard.scim('GET', `/Groups/${team}`)).body.members?.length]
    },
    works: [200, undefined],
    '400': [400, 1],
    ignored: [200, 1],
  },
  scimAddMemberAgain: {
    of: async (s) => {
      const id = await s.provisioned('p1')
      const team = await s.team([id])
      return (await s.patch(`/Groups/${team}`, { op: 'add', path: 'members', value: [{ value: id }] })).status
    },
    '200': 200,
    '409': 409,
  },
  scimReactivation: {
    of: async (s) => {
      const id = await s.provisioned('p1')
      await s.guard.scim('DELETE', `/Users/${id}`)
      const { status } = await s.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
      return [status, await s.provisioned('p1')]
    },
    post: [404, expect.any(String)],
    patch: [200, undefined],
  },
  scimFilterCase: {
    of: async (s) => {
      await s.provisioned('p1')
      const query = { filter: 'userName eq "P1@acme.example"' }
      return (await s.guard.scim('GET', '/Users', { query })).body.totalResults
    },
    insensitive: 1,
    sensitive: 0,
  },
  scimForeignUserName: {
    of: async (s) => {
      await s.provisioned('p1')
      const body = { userName: 'another', emails: [{ value: 'p1@acme.example', primary: true }] }
      return (await s.guard.scim('POST', '/Users', { body })).status
    },
    '409': 409,
    '400': 400,
  },
  confluenceAddAgain: {
    of: async (s) => {
      const query = { groupId: s.group('developers') }
      const body = { accountId: s.person('aoife.obrien@acme.example') }
      return (await s.wiki('POST', '/group/userByGroupId', { query, body })).status
    },
    '201': 201,
    '400': 400,
    '409': 409,
  },
  confluenceGroupExists: {
    of: async (s) => (await s.wiki('POST', '/group', { body: { name: 'Developers' } })).status,
    '400': 400,
    '409': 409,
  },
  confluenceAnonymous: {
    of: async (s) => (await fetch(`${s.sandbox.site}/wiki/rest/api/user/current`)).status,
    '200': 200,
    '403': 403,
  },
  confluenceSuspendedMembers: {
    of: async (s) => {
      const read = async () => (await s.wiki('GET', `/group/${s.group('developers')}/membersByGroupId`)).body.size
      const before = await read()
      await s.suspend('aoife.obrien@acme.example')
      return before - (await read())
    },
    hidden: 1,
    shown: 0,
  },
  confluenceInvite: {
    of: async (s) => {
      const emails = ['new@acme.example']
      const send = (path: string) =>
        s.jira.send('POST', `${s.sandbox.site}/wiki/api/v2/user/access/${path}`, { body: { emails } })
      await send('invite-by-email')
      return (await send('check-access-by-email')).body.emailsWithoutAccess.length
    },
    'at-once': 0,
    later: 1,
  },
  confluenceErrorBody: {
    of: async (s) => typeof (await s.wiki('GET', '/user', { query: { accountId: 'nobody' } })).body,
    'as-told': 'object',
    none: 'undefined',
  },
  jiraWorkspaceAri: {
    of: async (s) =>
      (await s.org.admin('POST', '/v2/orgs/:org/workspaces', { body: {} })).body.data[0].id.split('/')[0],
    jira: 'ari:cloud:jira::site',
    'jira-software': 'ari:cloud:jira-software::site',
  },
}

describe('variants', () => {
  for (const [name, facts] of Object.entries(variantTable)) {
    if (name.startsWith('bitbucket')) continue
    for (const value of facts.values) {
      it(`behaves as told when ${name} is ${value}`, async () => {
        const sandbox = await sandboxForTest({ variants: { [name]: value } })
        const outcome: Record<string, unknown> & { of(scene: Scene): Promise<unknown> } =
          outcomes[name as keyof Outcomes]
        expect(await outcome.of(new Scene(sandbox))).toEqual(outcome[value])
      })
    }
  }

  it('stand in the README with all their values', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    for (const [name, { values }] of Object.entries(variantTable)) {
      const line = readme.split('\n').find((each) => each.startsWith(`| \`${name}\` `)) ?? ''
      expect(
        [...(line.split('|')[2]?.matchAll(/`([^`]+)`/g) ?? [])].map((match) => match[1]),
        name,
      ).toEqual([...values])
    }
  })

  it('changes while running and refuses what it does not know', () => {
    const variants = new Variants({ removeNonMember: '400' })
    variants.set({ removeNonMember: '200', restoreActive: '409' })
    expect(variants.is('removeNonMember', '200')).toBe(true)
    expect(() => variants.set({ invented: '1' })).toThrow('no variant invented')
    expect(() => variants.set({ restoreActive: '204', removeNonMember: '500' })).toThrow('one of 404, 400, 200')
    expect(variants.get('restoreActive')).toBe('409')
  })
})
