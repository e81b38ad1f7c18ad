import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import { type OktaOptions, oktaKey, oktaToken, startOktaDouble } from '../../../../test/doubles/okta-double.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { okta } from './index.ts'

const withToken = { apiToken: new Secret(oktaToken) }

const open = (faults: readonly Fault[] = [], options: OktaOptions = {}, more: object = withToken) =>
  openOn(
    okta,
    () => startOktaDouble(options),
    (domain) => ({ domain, ...more }),
    faults,
  )

testSource('okta', {
  known: knownOf(company(25, false)),
  open: () => open(),
  secrets: [oktaToken],
  broken: brokenWays(open, {
    laterPeople: /^GET \/api\/v1\/users\?.*after=u11/,
    groups: /^GET \/api\/v1\/groups\?/,
    members: /^GET \/api\/v1\/groups\/g2\/users/,
    emptied: () => ({}),
  }),
})

const signal = () => AbortSignal.timeout(120_000)

describe('an organization of Okta that is read', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  async function opening(...given: Parameters<typeof open>) {
    const one = await open(...given)
    opened.push(one)
    return one
  }
  async function people({ source }: Awaited<ReturnType<typeof open>>) {
    const found = new Map<string, boolean>()
    for await (const { items } of source.users(signal())) for (const { key, active } of items) found.set(key, active)
    return found
  }

  it('tells deprovisioned people as inactive, which its plain list leaves out, and waits for staged ones', async () => {
    const statuses = { u1: 'SUSPENDED', u2: 'STAGED', u3: 'LOCKED_OUT', u4: 'PASSWORD_EXPIRED' }
    const told = await people(await opening([], { statuses }))
    expect([...told].filter(([, active]) => !active).map(([key]) => key)).toEqual(['u1', 'u9'])
    expect(told.has('u2')).toBe(false)
    const staged = await opening([], { statuses }, { ...withToken, staged: 'active' })
    expect((await people(staged)).get('u2')).toBe(true)
    expect(staged.source.readFingerprint).toContain('staged: active')
  })

  for (const size of [9, 10, 20, 21]) {
    it(`of ${size} people in pages of 10 is told whole`, async () => {
      expect(await people(await opening([], { company: company(size, false) }))).toHaveLength(size)
    })
  }

  it('is signed in to with the key of a service app', async () => {
    const app = { clientId: 'app-1', keyId: 'kid-1', privateKey: new Secret(oktaKey) }
    expect(await people(await opening([], {}, app))).toHaveLength(25)
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    })
    const stranger = await opening([], {}, { ...app, privateKey: new Secret(other.toString()) })
    await expect(people(stranger)).rejects.toMatchObject({
      code: 'auth-failed',
      message: expect.stringMatching(/signature/),
    })
    await expect(open([], {}, { ...app, privateKey: new Secret('no key') })).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })

  it('that shows nobody is not empty but forbidden, and never followed to another host', async () => {
    const blind = await opening([], { company: { people: [], groups: [] } })
    await expect(people(blind)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('whose groups are not even Everyone is not without groups, and a full page without its header is not the last', async () => {
    const groups = async ({ source }: Awaited<ReturnType<typeof open>>) => {
      for await (const _ of source.groups(signal()));
    }
    const none = { matches: /api\/v1\/groups\?/, kind: 'answer', status: 200, answer: () => [] } as const
    await expect(groups(await opening([none]))).rejects.toMatchObject({ code: 'forbidden' })
    const full = Array.from({ length: 200 }, (_, at) => ({ id: `u${at}`, status: 'ACTIVE', profile: {} }))
    const bare = { matches: /api\/v1\/users\?/, kind: 'answer', status: 200, answer: () => full } as const
    await expect(people(await opening([bare]))).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('Link'),
    })
  })

  it('is waited for as its own headers say', async () => {
    const reset = { matches: /users\?.*after=/, kind: 'status', status: 429, retryAfterSeconds: 30, times: 1 } as const
    const one = await opening([reset])
    expect(await people(one)).toHaveLength(25)
    expect(one.proxy.undercut()).toBe(0)
  })

  it('tells what changed by both clocks of a group, and nothing at the first look', async () => {
    const changed = {
      g1: { record: '2026-01-01T00:00:00.000Z', members: '2026-11-21T09:58:00.000Z' },
      g2: { record: '2026-01-01T00:00:00.000Z', members: '2026-01-01T00:00:00.000Z' },
    }
    const { source } = await opening([], { changed }, { ...withToken, incremental: true })
    const look = async (cursor?: string) => {
      const pages = []
      for await (const page of source.changesSince?.(cursor, signal()) ?? []) pages.push(page)
      return pages
    }
    expect(await look()).toMatchObject([{ users: [], groups: [], next: expect.any(String) }])
    expect(await look('2026-11-21T09:50:00.000Z')).toMatchObject([{ users: ['u5'], groups: ['g1'] }])
    expect(await look('nonsense')).toMatchObject([{ isRestart: true }])
  })

  it('is asked for one person, and tells whom a read missed', async () => {
    const { source } = await opening([], { statuses: { u2: 'STAGED' } })
    expect(await source.find?.('person9@acme.example', signal())).toMatchObject([
      { key: 'u9', notes: ['Inactive there.', 'Its status is DEPROVISIONED.'] },
    ])
    const [staged] = (await source.find?.('u2', signal())) ?? []
    expect(staged?.key).toBeUndefined()
    expect(staged?.notes.join(' ')).toContain('STAGED')
    expect(await source.overlooked?.('user', ['u1', 'u2', 'gone'], signal())).toEqual(['u1'])
    expect(await source.overlooked?.('group', ['g1', 'everyone'], signal())).toEqual(['g1'])
  })

  it('takes the address of its console, and one way to sign in', () => {
    const parse = (more: object) => okta.config.safeParse({ domain: 'https://acme-admin.okta.com/', ...more })
    expect(parse(withToken).data).toMatchObject({ domain: 'https://acme.okta.com' })
    expect(parse({}).success).toBe(false)
    expect(parse({ ...withToken, clientId: 'a', privateKey: new Secret('k') }).success).toBe(false)
  })
})
