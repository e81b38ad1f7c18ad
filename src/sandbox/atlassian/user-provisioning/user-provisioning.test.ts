import { describe, expect, it } from 'vitest'
import { clientsOf } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

async function scene() {
  const sandbox = await sandboxForTest()
  const { guard, org, jira } = clientsOf(sandbox)
  const { state } = sandbox.control.twin
  const user = (name: string, more: object = {}) => ({
    userName: `${name}@acme.example`,
    externalId: `key-${name}`,
    emails: [{ value: `${name}@acme.example`, type: 'work', primary: true }],
    ...more,
  })
  const create = (name: string, more: object = {}) => guard.scim('POST', '/Users', { body: user(name, more) })
  return { sandbox, guard, org, jira, state, user, create }
}

describe('user provisioning of the twin (3.1 to 3.4)', () => {
  it('makes a synced account without any product, and links one that is there instead of making another', async () => {
    const { state, create } = await scene()
    const made = await create('brand.new', { displayName: 'Brand New', department: 'R&D', active: true })
    expect(made.status).toBe(201)
    const account = state.accountByEmail('brand.new@acme.example')
    expect(made.body['urn:scim:schemas:extension:atlassian-external:1.0']).toEqual({
      atlassianAccountId: account?.accountId,
    })
    expect(account).toMatchObject({ name: 'Brand New', department: 'R&D', externalDirectory: 'scim' })
    expect(account?.directories).toMatchObject([{ source: 'synced', status: 'active' }])
    expect(state.seats.takenBy(account as never)).toEqual([])
    const before = state.accounts.items.length
    expect((await create('ruby.hughes')).status).toBe(201)
    expect(state.accounts.items.length).toBe(before)
    expect((await create('ruby.hughes')).body).toMatchObject({ status: '409', scimType: 'uniqueness' })
  })

  it('wants a primary address of a verified domain', async () => {
    const { guard, create } = await scene()
    const foreign = { emails: [{ value: 'x@elsewhere.example', primary: true }] }
    expect((await create('x', foreign)).status).toBe(400)
    expect((await create('x', { emails: [{ value: 'x@acme.example' }] })).status).toBe(400)
    expect((await guard.scim('POST', '/Users', { body: '{' })).body).toMatchObject({ scimType: 'invalidSyntax' })
  })

  it('finds by one eq on the documented attributes only', async () => {
    const { guard, create } = await scene()
    await create('ann')
    const find = async (filter: string) => await guard.scim('GET', '/Users', { query: { filter } })
    expect((await find('userName eq "ann@acme.example"')).body.totalResults).toBe(1)
    expect((await find('externalId eq "key-ann"')).body.totalResults).toBe(1)
    expect((await find('externalId eq "KEY-ann"')).body.totalResults).toBe(0)
    for (const filter of [
      'emails.value eq "a"',
      'userName sw "a"',
      'userName eq "a" and active eq true',
      'userName eq a',
    ]) {
      expect((await find(filter)).body, filter).toMatchObject({ status: '400', scimType: 'invalidFilter' })
    }
  })

  it('switches the whole account off and on, and hides for ever who was deleted', async () => {
    const { guard, state, create } = await scene()
    const { id } = (await create('ann')).body
    const set = async (active: boolean) =>
      await guard.scim('PATCH', `/Users/${id}`, {
        body: { Operations: [{ op: 'replace', path: 'active', value: active }] },
      })
    const account = state.accountByEmail('ann@acme.example')
    expect((await set(false)).body.active).toBe(false)
    expect(account?.accountStatus).toBe('inactive')
    expect((await set(true)).body.active).toBe(true)
    expect(account?.accountStatus).toBe('active')
    expect((await guard.scim('DELETE', `/Users/${id}`)).status).toBe(204)
    expect(account?.accountStatus).toBe('inactive')
    expect((await guard.scim('GET', `/Users/${id}`)).status).toBe(404)
    expect((await guard.scim('GET', '/Users')).body.totalResults).toBe(0)
    const again = await create('ann')
    expect([again.status, again.body.id, account?.accountStatus]).toEqual([201, id, 'active'])
  })

  it('clears on PUT what is not named, and changes by PATCH what is', async () => {
    const { guard, create, user } = await scene()
    const { id } = (await create('ann', { title: 'Driver', department: 'Sales' })).body
    const patch = {
      Operations: [
        { op: 'Add', path: `${enterprise}:department`, value: 'X' },
        { op: 'remove', path: 'title' },
      ],
    }
    const { body } = await guard.scim('PATCH', `/Users/${id}`, { body: patch })
    expect([body.title, body.department, body[enterprise]]).toEqual([undefined, 'Sales', { department: 'X' }])
    const put = (await guard.scim('PUT', `/Users/${id}`, { body: user('ann') })).body
    expect([put.department, put[enterprise], put.active]).toEqual([undefined, undefined, true])
    const odd = { Operations: [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'x' }] }
    expect((await guard.scim('PATCH', `/Users/${id}`, { body: odd })).body.scimType).toBe('invalidPath')
  })

  it('keeps groups that everybody else sees as synced and cannot change', async () => {
    const { guard, org, jira, state, create } = await scene()
    const [ann, bob] = [(await create('ann')).body.id, (await create('bob')).body.id]
    const made = await guard.scim('POST', '/Groups', { body: { displayName: 'Robots', members: [{ value: ann }] } })
    expect(made.status).toBe(201)
    const group = state.groupByName('Robots')
    expect(group?.synced).toBe(true)
    const path = `/Groups/${made.body.id}`
    const add = { Operations: [{ op: 'add', path: 'members', value: [{ value: bob }] }] }
    expect((await guard.scim('PATCH', path, { body: add })).body.members).toHaveLength(2)
    expect(group?.members.items.map(({ email }) => email).toSorted()).toEqual(['ann@acme.example', 'bob@acme.example'])
    const accountId = state.accountByEmail('ruby.hughes@acme.example')?.accountId ?? ''
    const memberships = `/v2/orgs/:org/directories/:dir/groups/${group?.groupId}/memberships`
    expect((await org.admin('POST', memberships, { body: { accountId } })).status).toBe(403)
    const query = { groupId: group?.groupId ?? '' }
    expect((await jira.site('POST', '/group/user', { query, body: { accountId } })).status).toBeGreaterThanOrEqual(400)
    const profile = await org.account('PATCH', state.accountByEmail('ann@acme.example')?.accountId ?? '', '/profile', {
      body: { name: 'Other' },
    })
    expect(profile.status).toBe(403)
    const unknown = { Operations: [{ op: 'add', path: 'members', value: [{ value: 'nobody' }] }] }
    expect((await guard.scim('PATCH', path, { body: unknown })).status).toBe(400)
    expect((await guard.scim('PUT', path, { body: { displayName: 'Androids', members: [] } })).status).toBe(400)
    expect(
      (await guard.scim('PUT', path, { body: { displayName: 'Robots', members: [] } })).body.members,
    ).toBeUndefined()
    expect((await guard.scim('POST', '/Groups', { body: { displayName: 'ROBOTS' } })).status).toBe(409)
    expect((await guard.scim('DELETE', path)).status).toBe(204)
    expect(state.groupByName('Robots')).toBeUndefined()
  })

  it('makes a group whose name the organization has already, and never brings it to the sites', async () => {
    const { guard, state, create } = await scene()
    const { id } = (await create('ann')).body
    const before = state.groupByName('developers')?.members.items.length
    const body = { displayName: 'developers', members: [{ value: id }] }
    const made = await guard.scim('POST', '/Groups', { body })
    expect([made.status, made.body.members.length]).toEqual([201, 1])
    expect(state.groupByName('developers')?.synced).toBe(false)
    expect(state.groupByName('developers')?.members.items.length).toBe(before)
  })

  it('describes itself, and lets nobody in with another key or to another directory', async () => {
    const { guard, sandbox, org } = await scene()
    for (const path of [
      '/ServiceProviderConfig',
      '/Schemas',
      `/Schemas/${enterprise}`,
      '/ResourceTypes',
      '/ResourceTypes/User',
    ]) {
      expect((await guard.scim('GET', path)).status, path).toBe(200)
    }
    expect((await org.scim('GET', '/Users')).status).toBe(401)
    const other = sandbox.guard.baseUrl.replace(sandbox.guard.directoryId, 'other')
    expect((await guard.send('GET', `${other}/Users`)).status).toBe(404)
  })
})
