import { beforeEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'

const day = 24 * 60 * 60 * 1000
const ruby = 'ruby.hughes@acme.example'
const auditor = 'auditor@audit-partner.example'
const synced = 'henry.palmer@acme.example'

let sandbox: Sandbox
let org: SandboxClient
let jira: SandboxClient
const clock = quickClock()

beforeEach(async () => {
  sandbox = await sandboxForTest({ clock })
  ;({ org, jira } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const effects = () => sandbox.control.counters().effects
const found = async (email: string) => {
  const body = { emails: [email], expand: ['groups'] }
  return (await org.admin('POST', '/v2/orgs/:org/directories/-/users/search', { body })).body.data[0]
}

describe('who may manage whom', () => {
  it('tells the privileges over a managed account, all or those asked for', async () => {
    const { status, body } = await org.account('GET', idOf(ruby), '')
    expect(status).toBe(200)
    expect(body['lifecycle.enablement']).toEqual({ allowed: true })
    expect(body['profile.write']['extended_profile.job_title']).toEqual({ allowed: true })
    const some = await org.account('GET', idOf(ruby), '', { query: { privileges: ['email.set', 'lifecycle.delete'] } })
    expect(Object.keys(some.body)).toEqual(['email.set', 'lifecycle.delete'])
  })

  it('knows nobody of another domain, no app, no customer and nobody who is not there', async () => {
    expect((await org.account('GET', idOf(auditor), '')).body).toEqual({ key: 'forbidden' })
    expect((await org.account('GET', idOf('slack@connect.example'), '')).status).toBe(403)
    expect((await org.account('GET', idOf('customer@shop.example'), '/profile')).status).toBe(403)
    expect((await org.account('GET', '712020:none', '')).body).toEqual({ key: 'accountNotFound' })
  })

  it('follows the verified domains: an account becomes managed when its domain is verified', async () => {
    sandbox.control.edit({ action: 'set-domain', domain: 'audit-partner.example', verified: true })
    expect((await org.account('GET', idOf(auditor), '/profile')).body.account.email).toBe(auditor)
    sandbox.control.edit({ action: 'set-domain', domain: 'acme.example', verified: false })
    expect((await org.account('GET', idOf(ruby), '/profile')).status).toBe(403)
  })

  it('lets neither a token, nor a wrong key, nor one of another organization through', async () => {
    const { email, apiToken, otherOrgKey, allOrgsKey } = sandbox.credentials
    const token = SandboxClient.basic(sandbox, email, apiToken)
    expect((await token.account('GET', idOf(ruby), '')).body).toEqual({ key: 'unauthorized' })
    expect((await SandboxClient.bearer(sandbox, 'no').account('GET', idOf(ruby), '')).status).toBe(401)
    expect((await SandboxClient.bearer(sandbox, otherOrgKey).account('GET', idOf(ruby), '')).status).toBe(403)
    expect((await SandboxClient.bearer(sandbox, allOrgsKey).account('GET', idOf(ruby), '')).status).toBe(200)
  })
})

describe('the profile', () => {
  it('is changed in part, and every API shows it', async () => {
    const body = {
      name: 'Ruby H. Hughes',
      nickname: 'rubyh',
      zoneinfo: 'Asia/Tokyo',
      locale: 'de-DE',
      extended_profile: { job_title: 'Lead', department: 'Care', organization: 'Acme GmbH', location: 'Kobe' },
    }
    const { status, body: answer } = await org.account('PATCH', idOf(ruby), '/profile', { body })
    expect([status, answer.account.extended_profile]).toEqual([200, body.extended_profile])
    expect(await found(ruby)).toMatchObject({
      name: 'Ruby H. Hughes',
      nickname: 'rubyh',
      jobTitle: 'Lead',
      department: 'Care',
      organization: 'Acme GmbH',
      location: 'Kobe',
      timeZone: 'Asia/Tokyo',
    })
    const seen = await jira.site('GET', '/user', { query: { accountId: idOf(ruby) } })
    expect([seen.body.displayName, seen.body.timeZone]).toEqual(['Ruby H. Hughes', 'Asia/Tokyo'])
    expect(effects()).toMatchObject({ profilesChanged: 1, sessionsEnded: 0 })
  })

  it.each([
    [{ name: 'x'.repeat(101) }, 400, 'name', 'maxLength'],
    [{ nickname: 'x'.repeat(31) }, 400, 'nickname', 'maxLength'],
    [{ name: 'bell\u0007' }, 400, 'name', 'validCharacters'],
    [{ name: '' }, 400, 'name', 'minLength'],
    [{ extended_profile: { location: 7 } }, 400, 'extended_profile.location', 'type'],
  ])('refuses %j as the field demands', async (body, status, field, key) => {
    const reply = await org.account('PATCH', idOf(ruby), '/profile', { body })
    expect(reply.status).toBe(status)
    expect(reply.body.context.fieldViolations).toEqual([{ field, violations: [{ key }] }])
    expect(effects().profilesChanged).toBe(0)
  })

  it('refuses all of a body when one field may not be changed', async () => {
    const body = { name: 'Ruby R', email: 'r@acme.example' }
    const reply = await org.account('PATCH', idOf(ruby), '/profile', { body })
    expect([reply.status, reply.body.key]).toEqual([403, 'forbidden.fieldMutation'])
    expect(reply.body.context).toMatchObject({ email: { allowed: false } })
    expect((await found(ruby)).name).toBe('Ruby Hughes')
  })

  it('refuses what is no JSON object', async () => {
    for (const body of ['[]', 'nonsense', '"text"']) {
      expect((await org.account('PATCH', idOf(ruby), '/profile', { body })).body).toEqual({ key: 'bodyParseFailure' })
    }
  })

  it('is refused for a synced account, with the directory as the reason', async () => {
    const rule = { allowed: false, reason: { key: 'externalDirectory.scim' } }
    const reply = await org.account('PATCH', idOf(synced), '/profile', { body: { name: 'Another' } })
    expect([reply.status, reply.body]).toEqual([403, { key: 'forbidden.fieldMutation', context: { name: rule } }])
    sandbox.control.edit({ action: 'set-directory', email: synced, directory: 'google' })
    const email = await org.account('PUT', idOf(synced), '/email', { body: { email: 'h.p@acme.example' } })
    expect([email.status, email.body.context.reason.key]).toEqual([403, 'externalDirectory.google'])
    for (const path of ['/lifecycle/disable', '/lifecycle/enable', '/lifecycle/delete']) {
      expect((await org.account('POST', idOf(synced), path, { body: {} })).body.key).toBe('forbidden.action')
    }
    expect((await org.account('GET', idOf(synced), '/profile')).status).toBe(200)
  })
})

describe('the address', () => {
  it('changes to one of a verified domain and ends every session', async () => {
    const accountId = idOf(ruby)
    const reply = await org.account('PUT', accountId, '/email', { body: { email: 'ruby.palmer@acme.example' } })
    expect(reply.status).toBe(204)
    expect((await found('ruby.palmer@acme.example')).accountId).toBe(accountId)
    expect(await found(ruby)).toBeUndefined()
    expect(effects()).toMatchObject({ emailsChanged: 1, sessionsEnded: 1 })
  })

  it('refuses a domain nobody verified, a malformed one and one that is taken', async () => {
    const set = (email: unknown) => org.account('PUT', idOf(ruby), '/email', { body: { email } })
    expect((await set('ruby@elsewhere.example')).body).toEqual({
      key: 'forbidden.unclaimedDomain',
      context: { domain: 'elsewhere.example' },
    })
    expect((await set('ruby')).body.key).toBe('fieldConstraintsViolated')
    expect((await set(undefined)).status).toBe(400)
    expect((await set('viewer@acme.example')).status).toBe(400)
    expect(effects().emailsChanged).toBe(0)
  })
})

describe('the life of an account', () => {
  it('disables and enables the whole account, everywhere', async () => {
    const { used } = sandbox.control.twin.state.sites[0]?.products[0] ?? { used: 0 }
    const off = await org.account('POST', idOf(ruby), '/lifecycle/disable', { body: { message: 'gone fishing' } })
    expect(off.status).toBe(204)
    expect(await found(ruby)).toMatchObject({
      status: 'deactivated',
      accountStatus: 'inactive',
      membershipStatus: 'active',
    })
    expect((await jira.site('GET', '/user', { query: { accountId: idOf(ruby) } })).body.active).toBe(false)
    expect(sandbox.control.twin.state.sites[0]?.products[0]?.used).toBe(used - 1)
    expect((await org.account('POST', idOf(ruby), '/lifecycle/enable', { body: {} })).status).toBe(204)
    expect(await found(ruby)).toMatchObject({ status: 'active' })
    expect((await found(ruby)).groups).toHaveLength(2)
    expect(effects()).toMatchObject({ accountsDisabled: 1, accountsEnabled: 1, sessionsEnded: 1 })
  })

  it('lets nobody switch off the owner of the key, or the last organization admin', async () => {
    const own = await org.account('POST', idOf(sandbox.credentials.email), '/lifecycle/disable', { body: {} })
    expect(own.body.context).toEqual({ allowed: false, reason: { key: 'administrative.notMyself' } })
    sandbox.control.edit({ action: 'make-org-admin', email: ruby })
    sandbox.control.edit({ action: 'suspend', email: sandbox.credentials.email })
    const last = await org.account('POST', idOf(ruby), '/lifecycle/delete', { body: {} })
    expect([last.status, last.body.key]).toEqual([409, 'conflict.lifecycleErrors'])
  })

  it('cannot enable what export control blocked, nor rename whom SAML names', async () => {
    sandbox.control.edit({ action: 'set-restriction', email: ruby, exportBlocked: true, saml: true })
    const on = await org.account('POST', idOf(ruby), '/lifecycle/enable', { body: {} })
    expect(on.body.context.reason.key).toBe('blocked.exportControl')
    const name = await org.account('PATCH', idOf(ruby), '/profile', { body: { name: 'R' } })
    expect(name.body.context.name.reason.key).toBe('authPolicy.saml')
    expect((await org.account('PATCH', idOf(ruby), '/profile', { body: { nickname: 'R' } })).status).toBe(200)
  })

  it('deletes after fourteen days, and until then it can be cancelled', async () => {
    const accountId = idOf(ruby)
    const schedule = () => org.account('POST', accountId, '/lifecycle/delete', { body: {} })
    expect((await schedule()).body).toEqual({ message: 'Success' })
    expect(await found(ruby)).toMatchObject({ status: 'for_deletion', accountStatus: 'inactive' })
    const enable = await org.account('POST', accountId, '/lifecycle/enable', { body: {} })
    expect(enable.body.key).toBe('conflict.lifecycleErrors')
    clock.advance(14 * day - 1)
    expect((await org.account('POST', accountId, '/lifecycle/cancel-delete', { body: {} })).status).toBe(200)
    expect(await found(ruby)).toMatchObject({ status: 'active' })
    await schedule()
    clock.advance(14 * day)
    expect(await found(ruby)).toBeUndefined()
    expect((await org.account('GET', accountId, '')).body).toEqual({ key: 'accountNotFound' })
    expect((await org.account('POST', accountId, '/lifecycle/cancel-delete', { body: {} })).status).toBe(404)
    const rest = (await jira.site('GET', '/user', { query: { accountId } })).body
    expect(rest).toMatchObject({ displayName: 'Former user', active: false })
    expect(rest.emailAddress).toBe('')
    expect(effects()).toMatchObject({ deletionsScheduled: 2, deletionsCancelled: 1, accountsClosed: 1 })
    const again = await org.admin('POST', '/v2/orgs/:org/users/invite', { body: { emails: [ruby] } })
    expect(again.body.data[0].id).not.toBe(accountId)
  })

  it('kills the tokens of whom it disables', async () => {
    const { viewer } = sandbox.credentials
    const client = SandboxClient.basic(sandbox, viewer.email, viewer.apiToken)
    expect((await client.site('GET', '/myself')).status).toBe(200)
    await org.account('POST', idOf(viewer.email), '/lifecycle/disable', { body: {} })
    expect((await client.site('GET', '/myself')).status).toBe(401)
  })
})

describe('API tokens', () => {
  it('are listed with the day they expire, and end with it', async () => {
    const { viewer } = sandbox.credentials
    const client = SandboxClient.basic(sandbox, viewer.email, viewer.apiToken)
    const list = async () => (await org.account('GET', idOf(viewer.email), '/api-tokens')).body
    const [token] = await list()
    expect(token.label).toBe('viewer')
    expect(token.lastAccess).toBeUndefined()
    expect(Date.parse(token.expiry) - Date.parse(token.createdAt)).toBe(365 * day)
    expect((await client.site('GET', '/myself')).status).toBe(200)
    expect((await list())[0].lastAccess).toBeDefined()
    clock.advance(365 * day)
    expect((await client.site('GET', '/myself')).status).toBe(401)
    expect((await org.admin('GET', '/v1/orgs')).status).toBe(200)
  })

  it('can be deleted', async () => {
    const { viewer } = sandbox.credentials
    const [token] = (await org.account('GET', idOf(viewer.email), '/api-tokens')).body
    expect((await org.account('DELETE', idOf(viewer.email), `/api-tokens/${token.id}`)).status).toBe(204)
    expect((await org.account('DELETE', idOf(viewer.email), `/api-tokens/${token.id}`)).status).toBe(404)
    const client = SandboxClient.basic(sandbox, viewer.email, viewer.apiToken)
    expect((await client.site('GET', '/myself')).status).toBe(401)
  })
})
