import { createCloudClient } from 'jira.js/cloud'
import { describe, expect, it } from 'vitest'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox, SandboxFacts } from '../../start.ts'

function clientOf(facts: SandboxFacts, host: string, apiToken: string) {
  return createCloudClient({
    host,
    auth: { type: 'basic', email: facts.credentials.email, apiToken },
    // Every answer must fit the schemas of that client, or the call fails.
    onSchemaMismatch: 'throw',
  })
}

/** Calls of the twin that this client has driven so far. */
const driven = new Set<string>()

function drivenIn({ control }: Sandbox): readonly string[] {
  const operations = Object.keys(control.counters().operations)
  for (const operation of operations) driven.add(operation)
  return operations
}

describe('jira.js as a client of the twin', () => {
  it('drives a person and a group through their lives', async () => {
    const sandbox = await sandboxForTest()
    const jira = clientOf(sandbox, sandbox.site, sandbox.credentials.apiToken)
    expect((await jira.serverInfo.getServerInfo()).deploymentType).toBe('Cloud')
    const me = await jira.myself.getCurrentUser({ expand: 'groups,applicationRoles' })
    expect(me.emailAddress).toBe(sandbox.credentials.email)
    const held = await jira.permissions.getMyPermissions({ permissions: 'ADMINISTER,USER_PICKER' })
    expect(held.permissions?.ADMINISTER?.havePermission).toBe(true)
    const roles = await jira.applicationRoles.getAllApplicationRoles()
    expect(roles.map((role) => role.key)).toEqual(['jira-software', 'jira-servicedesk'])
    const person = await jira.users.createUser({ emailAddress: 'js@acme.example', products: ['jira-software'] })
    const accountId = person.accountId ?? ''
    expect((await jira.users.getUser({ accountId, expand: 'groups' })).active).toBe(true)
    expect((await jira.users.getAllUsers({ maxResults: 1000 })).length).toBeGreaterThan(20)
    expect((await jira.users.getAllUsersDefault({})).length).toBeGreaterThan(20)
    expect(await jira.userSearch.findUsers({ query: 'js@acme.example' })).toHaveLength(1)
    const group = await jira.groups.createGroup({ name: 'js group' })
    const groupId = group.groupId ?? ''
    expect((await jira.groups.addUserToGroup({ groupId, accountId })).name).toBe('js group')
    await expect(jira.groups.addUserToGroup({ groupId, accountId })).rejects.toThrow('already a member')
    const members = await jira.groups.getUsersFromGroup({ groupId, includeInactiveUsers: true })
    expect(members.values?.map((each) => each.accountId)).toEqual([accountId])
    const names = (await jira.users.getUserGroups({ accountId })).map((each) => each.name)
    expect(names).toEqual(['jira-software-users-acme', 'js group'])
    expect((await jira.groups.findGroups({ query: 'js' })).total).toBe(1)
    await jira.groups.removeUserFromGroup({ groupId, accountId })
    expect((await jira.groups.getUsersFromGroup({ groupId })).total).toBe(0)
    await jira.groups.removeGroup({ groupId })
    await expect(jira.groups.getUsersFromGroup({ groupId })).rejects.toMatchObject({ status: 404 })
    await jira.users.removeUser({ accountId })
    await expect(jira.users.removeUser({ accountId })).rejects.toMatchObject({ status: 404 })
    expect(drivenIn(sandbox)).toHaveLength(17)
  })

  it('reads and writes properties, leads, components, permissions and searches', async () => {
    const sandbox = await sandboxForTest()
    const jira = clientOf(sandbox, sandbox.site, sandbox.credentials.apiToken)
    const [ruby] = await jira.userSearch.findUsers({ query: 'ruby.hughes@acme.example' })
    const accountId = ruby?.accountId ?? ''
    const propertyKey = 'idp'
    await jira.userProperties.setUserProperty({ accountId, propertyKey, body: { externalId: 'u-000014' } })
    expect((await jira.userProperties.getUserPropertyKeys({ accountId })).keys?.map(({ key }) => key)).toEqual(['idp'])
    expect((await jira.userProperties.getUserProperty({ accountId, propertyKey })).value).toEqual({
      externalId: 'u-000014',
    })
    expect(await jira.userSearch.findUsers({ property: 'idp.externalId=u-000014' })).toHaveLength(1)
    const found = await jira.userSearch.findUsersByQuery({ query: '[idp].externalId is "u-000014"' })
    expect(found.values?.map((each) => each.accountId)).toEqual([accountId])
    await jira.userProperties.deleteUserProperty({ accountId, propertyKey })
    const projects = await jira.projects.searchProjects({ expand: 'lead', status: ['live'], maxResults: 100 })
    expect(projects.values?.map(({ key, lead }) => [key, lead?.displayName])).toEqual([
      ['NEWS', 'Margit Lindqvist'],
      ['WEB', 'Tomáš Dvořák'],
    ])
    const assignable = await jira.userSearch.findAssignableUsers({ project: 'WEB', accountId })
    expect(assignable).toHaveLength(1)
    const project = await jira.projects.updateProject({ projectIdOrKey: 'WEB', leadAccountId: accountId })
    expect(project.lead?.accountId).toBe(accountId)
    expect((await jira.projects.getProject({ projectIdOrKey: 'WEB' })).assigneeType).toBe('PROJECT_LEAD')
    const [backend] = await jira.projectComponents.getProjectComponents({ projectIdOrKey: 'WEB' })
    const id = backend?.id ?? ''
    expect(
      (await jira.projectComponents.updateComponent({ id, body: { leadAccountId: accountId } })).lead?.accountId,
    ).toBe(accountId)
    expect((await jira.projectComponents.getComponent({ id })).name).toBe('Backend')
    const page = await jira.projectComponents.getProjectComponentsPaginated({ projectIdOrKey: 'WEB', maxResults: 2 })
    expect([page.total, page.isLast]).toEqual([3, false])
    const all = await jira.projectComponents.findComponentsForProjects({ projectIdsOrKeys: ['WEB'] })
    expect(all.values).toHaveLength(3)
    const made = await jira.projectComponents.createComponent({ project: 'WEB', name: 'New' })
    await jira.projectComponents.deleteComponent({ id: made.id ?? '' })
    expect((await jira.applicationRoles.getApplicationRole({ key: 'jira-software' })).numberOfSeats).toBe(50)
    expect(Object.keys((await jira.permissions.getAllPermissions()).permissions ?? {})).toContain('ADMINISTER')
    const granted = await jira.permissions.getBulkPermissions({ accountId, globalPermissions: ['ADMINISTER'] })
    expect(granted.globalPermissions).toEqual([])
    expect((await jira.groupAndUserPicker.findUsersAndGroups({ query: 'dev' })).groups?.total).toBe(1)
    expect((await jira.userSearch.findUsersForPicker({ query: 'ruby' })).total).toBe(1)
    await expect(jira.users.getUserEmail({ accountId })).rejects.toMatchObject({ status: 400 })
    await jira.projects.deleteProject({ projectIdOrKey: 'NEWS' })
    await expect(jira.projects.getProject({ projectIdOrKey: 'NEWS' })).rejects.toMatchObject({ status: 404 })
    expect(drivenIn(sandbox)).toHaveLength(24)
    // Together with those above: what an independent client drives.
    expect(driven.size).toBeGreaterThanOrEqual(35)
  })

  it('goes through the gateway with a token that has scopes', async () => {
    const sandbox = await sandboxForTest()
    const gateway = `${sandbox.apiBase}/ex/jira/${sandbox.cloudId}`
    const jira = clientOf(sandbox, gateway, sandbox.credentials.scopedApiToken)
    expect((await jira.myself.getCurrentUser()).emailAddress).toBe(sandbox.credentials.email)
    const direct = clientOf(sandbox, sandbox.site, sandbox.credentials.scopedApiToken)
    await expect(direct.myself.getCurrentUser()).rejects.toMatchObject({ status: 401 })
  })
})
