import { describe, expect, it } from 'vitest'
import { applyOne, errorOf, listed, shortly } from '../../../../test/doubles/atlassian-answers.ts'
import { idsOf, type TwinAndTarget, twinsForTest } from '../../../../test/doubles/jira-cloud-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { TargetSeed } from '../../../sandbox/atlassian/seed/facts.ts'
import { smallSite } from '../../../sandbox/company/small.ts'

/** One key, several organizations; one organization, several directories (D26). */

const signal = new AbortController().signal
const start = twinsForTest()
const small = smallSite('ten-years')

/** Acme has a second directory with a site of its own, Globex is another organization. */
const seed: TargetSeed = {
  ...small,
  directories: [
    { name: 'Subsidiary', site: { name: 'acme-sub', products: [{ key: 'jira-software', name: 'Jira', seats: 5 }] } },
  ],
  organizations: [
    {
      name: 'Globex',
      domains: [{ name: 'globex.example', verified: true }],
      directories: [{ name: 'Primary Directory', site: { name: 'globex', products: [] } }],
    },
  ],
  groups: [...small.groups, { name: 'sub team', directory: 'Subsidiary' }],
  people: [
    ...small.people,
    { email: 'sub.only@acme.example', name: 'Sub Only', groups: ['sub team'], directories: ['Subsidiary'] },
    { email: 'both@acme.example', name: 'In Both', groups: [], directories: ['Primary Directory', 'Subsidiary'] },
    { email: 'hank@globex.example', name: 'Hank', groups: [], directories: ['Globex/Primary Directory'] },
  ],
}

const world = () => start('key alone', { target: seed })
const allOrgs = ({ sandbox }: TwinAndTarget) => ({ orgApiKey: new Secret(sandbox.credentials.allOrgsKey) })

describe('a key that sees several organizations', () => {
  it('asks for one of them by name or id, and reads nothing before', async () => {
    const twin = await world()
    const refusal = await errorOf(twin.open(allOrgs(twin)).identify(signal))
    expect([refusal.code, refusal.hint]).toEqual(['config-invalid', expect.stringContaining('"organization"')])
    expect(refusal.message).toMatch(/Acme.*Globex/)
    expect(twin.sandbox.control.requests('org.users.search')).toBe(0)
    const { orgId, name } = twin.sandbox.organizations[1] ?? { orgId: '', name: '' }
    for (const organization of [orgId, name, name.toUpperCase()]) {
      const { directoryKey } = await twin.open({ ...allOrgs(twin), organization }).identify(signal)
      expect(directoryKey).toContain(`atlassian:${orgId}/`)
    }
  })

  it('reads the people of the chosen one and nobody else', async () => {
    const twin = await world()
    const target = twin.open({ ...allOrgs(twin), organization: 'Globex' })
    expect((await listed(target.users(signal))).map(({ email }) => email)).toEqual(['hank@globex.example'])
  })

  it('of another organization is found by the doctor through the site that is not there', async () => {
    const twin = await world()
    const target = twin.open({ orgApiKey: new Secret(twin.sandbox.credentials.otherOrgKey) })
    const steps = []
    for await (const step of target.check(signal)) steps.push(step)
    expect(steps.find(({ name }) => name === 'site-in-organization')?.status).not.toBe('ok')
  })
})

describe('an organization with several directories', () => {
  it('asks for one of them, and names the choices', async () => {
    const twin = await world()
    const refusal = await errorOf(twin.open().identify(signal))
    expect([refusal.code, refusal.hint]).toEqual(['config-invalid', expect.stringContaining('"directory"')])
    expect(refusal.message).toMatch(/Primary Directory.*Subsidiary/)
  })

  it('tells the people and groups of the chosen directory only, complete', async () => {
    const twin = await world()
    const target = twin.open({ directory: 'Subsidiary' })
    const emails = (await listed(target.users(signal))).map(({ email }) => email)
    expect(emails.toSorted()).toEqual(['both@acme.example', 'sub.only@acme.example'])
    const names = (await listed(target.groups(signal))).map(({ name }) => name)
    expect(names).toContain('sub team')
    expect(names).not.toContain('developers')
  })

  it('leaves people of the other directory alone: found by nobody, invited by nobody', async () => {
    const twin = await world()
    const target = twin.open({ directory: 'Primary Directory' })
    const email = 'sub.only@acme.example'
    expect((await target.accountsByEmail([email], signal)).size).toBe(0)
    expect(await target.notCreatable?.([email, 'both@acme.example', 'new@acme.example'], signal)).toEqual(
      new Map([[email, 'other-directory']]),
    )
  })

  it('suspends in the chosen one; the person goes on working in the other', async () => {
    const twin = await world()
    const accountId = idsOf(twin).person('both@acme.example')
    const deactivate = { kind: 'account.deactivate', accountId } as const
    expect(shortly(await applyOne(twin.open({ directory: 'Primary Directory' }), deactivate))).toBe('applied')
    const account = twin.sandbox.control.twin.state.accountByEmail('both@acme.example')
    expect(account?.directories.map(({ status }) => status).toSorted()).toEqual(['active', 'suspended'])
  })
})
