import { afterEach, describe, expect, it } from 'vitest'
import { brokenWays, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import {
  app,
  type EntraOptions,
  entraSecret,
  guid,
  guidCompany,
  startEntraDouble,
  tenant,
} from '../../../../test/doubles/entra-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import { startTinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { entra } from './index.ts'

const open = (faults: readonly Fault[] = [], options: EntraOptions = {}, more: object = {}) =>
  openOn(
    entra,
    () => startEntraDouble(options),
    (url) => ({
      tenantId: tenant,
      clientId: app,
      clientSecret: new Secret(entraSecret),
      graphUrl: url,
      loginUrl: url,
      ...more,
    }),
    faults,
  )

testSource('entra', {
  known: knownOf(guidCompany()),
  open: () => open(),
  secrets: [entraSecret],
  broken: brokenWays(open, {
    laterPeople: /^GET \/v1\.0\/users\?.*skiptoken=2/,
    groups: /^GET \/v1\.0\/groups\?/,
    members: new RegExp(`^GET /v1.0/groups/${guid('g2')}/members`),
    emptied: ({ '@odata.nextLink': next }) => ({ '@odata.nextLink': next }),
  }),
})

const signal = () => AbortSignal.timeout(120_000)

describe('a tenant of Entra that is read', () => {
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
    const found = []
    for await (const { items } of source.users(signal())) found.push(...items)
    return found
  }

  it('tells who is disabled, an address that is one, and guests only where that is set', async () => {
    const guests = [guid('u2'), guid('u3')]
    const told = await people(await opening([], { guests }))
    expect(told).toHaveLength(23)
    expect(told.filter(({ active }) => !active).map(({ key }) => key)).toEqual([guid('u9')])
    expect(told.every(({ attributes }) => String(attributes.email).endsWith('@acme.example'))).toBe(true)
    const all = await people(await opening([], { guests }, { guests: 'read' }))
    const guest = all.find(({ key }) => key === guid('u3'))
    expect(guest?.attributes.email).toBe('person3@other.example')
  })

  it('does not take a status that it is not shown for anything, nor an empty tenant for one', async () => {
    const bare = (body: Record<string, unknown>) => ({
      ...body,
      value: (body.value as { id: string }[]).map(({ id }) => ({ id })),
    })
    const unseen = await opening([{ matches: /\/users\?/, kind: 'rewrite', rewrite: bare }])
    await expect(people(unseen)).rejects.toMatchObject({ code: 'forbidden' })
    const untold = (body: Record<string, unknown>) => ({
      ...body,
      value: (body.value as object[]).map((each) => ({ ...each, accountEnabled: null })),
    })
    const blind = await opening([{ matches: /\/users\?/, kind: 'rewrite', rewrite: untold }])
    await expect(people(blind)).rejects.toMatchObject({ code: 'forbidden' })
    const nobody = await opening([], { company: { people: [], groups: [] } })
    await expect(people(nobody)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('concludes nothing from members that are hidden from it', async () => {
    const members = async ({ source }: Awaited<ReturnType<typeof open>>) => {
      const found: string[] = []
      for await (const { items } of source.groups(signal())) {
        for (const group of items)
          for await (const page of source.members(group, signal())) found.push(...page.items.map(({ key }) => key))
      }
      return found
    }
    const hidden = [guid('g1')]
    const refused = await opening([], { hidden })
    await expect(members(refused)).rejects.toMatchObject({
      code: 'incomplete-read',
      hint: expect.stringContaining('Member.Read.Hidden'),
    })
    const allowed = await opening([], {
      hidden,
      permissions: ['User.Read.All', 'GroupMember.Read.All', 'Member.Read.Hidden'],
    })
    expect(await members(allowed)).toContain(guid('u2'))
  })

  it('tells members of a kind that is new, and takes no id for the name of a group', async () => {
    const members = async ({ source }: Awaited<ReturnType<typeof open>>) => {
      const found: string[] = []
      for await (const { items } of source.groups(signal())) {
        for (const group of items)
          for await (const page of source.members(group, signal())) found.push(...page.items.map(({ key }) => key))
      }
      return found
    }
    const renamed = ({ value }: Record<string, unknown>) => ({
      value: (value as { id: string }[]).map((each) =>
        each.id === guid('u2') ? { ...each, '@odata.type': '#microsoft.graph.agentUser' } : each,
      ),
    })
    const told = await members(await opening([{ matches: /\/members\?/, kind: 'rewrite', rewrite: renamed }]))
    expect(told).toContain(guid('u2'))
    expect(told).not.toContain(guid('d1'))
    const unnamed = ({ value }: Record<string, unknown>) => ({
      value: (value as object[]).map((each) => ({ ...each, displayName: null })),
    })
    const blind = await opening([{ matches: /\/groups\?/, kind: 'rewrite', rewrite: unnamed }])
    await expect(members(blind)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('says which permissions it has, that it has none, and what is wrong with a secret', async () => {
    const steps = async (one: Awaited<ReturnType<typeof open>>) => {
      const found = []
      for await (const step of one.source.check(signal())) found.push(step)
      return found
    }
    expect((await steps(await opening()))[0]?.message).toContain('User.Read.All')
    expect((await steps(await opening([], { permissions: [] }))).at(-1)).toMatchObject({
      status: 'failed',
      code: 'forbidden',
    })
    const wrong = await opening([], {}, { clientSecret: new Secret(guid('a1')) })
    expect((await steps(wrong)).at(-1)).toMatchObject({
      code: 'auth-failed',
      message: expect.stringContaining('AADSTS7000215'),
    })
  })

  it('is not followed to another host', async () => {
    const thief = await startTinyServer(() => ({ body: { value: [] } }))
    opened.push(thief)
    const away = (body: Record<string, unknown>) => ({ ...body, '@odata.nextLink': `${thief.url}/v1.0/users` })
    const one = await opening([{ matches: /\/users\?/, kind: 'rewrite', rewrite: away }])
    await expect(people(one)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(thief.seen).toEqual([])
  })

  it('tells what changed since the last look, and begins anew when that is too long ago', async () => {
    const look = async (changes: NonNullable<EntraOptions['changes']>) => {
      const { source, proxy } = await opening([], { changes }, { incremental: true })
      let cursor: string | undefined
      for await (const { next } of source.changesSince?.(undefined, signal()) ?? []) cursor = next
      expect(proxy.seen.every(({ what }) => !what.includes('later'))).toBe(true)
      const pages = []
      for await (const page of source.changesSince?.(cursor, signal()) ?? []) pages.push(page)
      return pages
    }
    const told = await look({ users: [guid('u1')], groups: [guid('g1')] })
    expect(told.flatMap(({ users, groups }) => [...users, ...groups])).toEqual([guid('u1'), guid('g1')])
    expect(told.at(-1)?.next).toContain('later')
    const circle = ({ value, ...body }: Record<string, unknown>) => ({
      value,
      '@odata.nextLink': String(body['@odata.deltaLink']),
    })
    const { source } = await opening(
      [{ matches: /users\/delta/, kind: 'rewrite', rewrite: circle }],
      {},
      { incremental: true },
    )
    await expect(async () => {
      for await (const _ of source.changesSince?.(undefined, signal()) ?? []);
    }).rejects.toMatchObject({ code: 'incomplete-read' })
    expect(await look('lost')).toMatchObject([{ isRestart: true, next: expect.stringContaining('later') }])
  })

  it('is asked for one person, and tells whom a read missed', async () => {
    const { source } = await opening([], { guests: [guid('u3')] })
    expect(await source.find?.('person9@acme.example', signal())).toMatchObject([
      { key: guid('u9'), notes: ['Inactive there.'] },
    ])
    expect(await source.find?.("o'hara@acme.example", signal())).toEqual([])
    const missed = await source.overlooked?.('user', [guid('u1'), guid('u3'), guid('f00'), 'no id'], signal())
    expect(missed).toEqual([guid('u1')])
  })
})
