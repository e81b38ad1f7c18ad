import { afterEach, describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import { type KeycloakOptions, keycloakSecret, startKeycloakDouble } from '../../../../test/doubles/keycloak-double.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { keycloak } from './index.ts'

const open = (faults: readonly Fault[] = [], options: KeycloakOptions = {}, more: object = {}) =>
  openOn(
    keycloak,
    () => startKeycloakDouble(options),
    (baseUrl) => ({
      baseUrl,
      realm: 'corp',
      clientId: 'muster',
      clientSecret: new Secret(keycloakSecret),
      pageSize: 10,
      ...more,
    }),
    faults,
  )

testSource('keycloak', {
  known: knownOf(company()),
  open: () => open(),
  secrets: [keycloakSecret],
  broken: brokenWays(open, {
    laterPeople: /^GET \/admin\/realms\/corp\/users\?first=9/,
    groups: /^GET \/admin\/realms\/corp\/groups\?/,
    members: /^GET \/admin\/realms\/corp\/groups\/g2\/members/,
    emptied: () => [],
  }),
})

const signal = AbortSignal.timeout(600_000)

describe('a realm of Keycloak that is read', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  async function opening(...given: Parameters<typeof open>) {
    const one = await open(...given)
    opened.push(one)
    return one
  }

  async function read({ source }: Awaited<ReturnType<typeof open>>) {
    const people: string[] = []
    for await (const { items } of source.users(signal)) people.push(...items.map(({ key }) => key))
    const groups: Record<string, string[]> = {}
    for await (const { items } of source.groups(signal)) {
      for (const group of items) {
        const members: string[] = []
        for await (const page of source.members(group, signal)) members.push(...page.items.map(({ key }) => key))
        groups[group.name] = members
      }
    }
    return { people, groups }
  }

  it('of a version below /auth that gives the whole tree is the same', async () => {
    const old = await read(await opening([], { release: 16 }))
    expect(old).toEqual(await read(await opening()))
    expect(old.groups).toEqual({ 'team two': ['g1', 'u3'], 'team two/team one': ['u1', 'u2'], 'team three': [] })
  })

  it('names groups by their leaf, and keeps subgroups apart, where that is set', async () => {
    const { groups } = await read(await opening([], {}, { groupNames: 'leaf', subgroups: 'apart' }))
    expect(groups).toEqual({ 'team two': ['u3'], 'team one': ['u1', 'u2'], 'team three': [] })
  })

  for (const size of [9, 10, 18, 19, 20, 37]) {
    it(`of ${size} people in pages of 10 is told whole`, async () => {
      const { people } = await read(await opening([], { company: company(size) }))
      expect(people).toHaveLength(size)
    })
  }

  it('is read again when somebody is deleted in the middle, and nobody else is lost', async () => {
    const one = await opening()
    const gone: string[] = []
    const told: string[] = []
    for await (const { items } of one.source.users(signal)) {
      told.push(...items.map(({ key }) => key))
      if (gone.length === 0) gone.push(...one.double.company.people.splice(2, 1).map(({ id }) => id))
    }
    expect(gone).toEqual(['u3'])
    for (const { id } of one.double.company.people) expect(told).toContain(id)
    expect(await one.source.overlooked?.('user', ['u3', 'u4'], signal)).toEqual(['u4'])
  })

  it('renews a token that ends in the middle, and waits where it is asked to', async () => {
    const page = /users\?first=9/
    const one = await opening([
      { matches: page, kind: 'status', status: 401, times: 1 },
      { matches: page, kind: 'status', status: 429, retryAfterSeconds: 7, times: 1 },
    ])
    expect((await read(one)).people).toHaveLength(25)
    expect(one.proxy.undercut()).toBe(0)
    expect(one.proxy.seen.filter(({ what }) => what.includes('/token'))).toHaveLength(2)
  })

  it('shows nobody to a client that may only search: that is forbidden, not empty', async () => {
    const blind = await opening([], { roles: ['query-users', 'query-groups'] })
    await expect(read(blind)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/query-users/),
    })
    const steps = await collected(blind.source.check(signal))
    expect(steps.at(-1)).toMatchObject({ name: 'sign-in', status: 'failed', code: 'forbidden' })
    expect(steps.at(-1)?.remedy).toContain('view-users')
    const untold = await opening([], { roles: 'none', company: company(0) })
    await expect(read(untold)).rejects.toMatchObject({ code: 'forbidden' })
    const empty = await read(await opening([], { company: { people: [], groups: [] } }))
    expect(empty).toEqual({ people: [], groups: {} })
  })

  for (const [what, first] of [
    ['before anybody', 0],
    ['in the middle', 9],
  ] as const) {
    it(`that takes away the right to see people ${what} is shown is not taken for empty`, async () => {
      const roles = ['view-users', 'query-users', 'query-groups']
      const takesAway = () => {
        roles.splice(0, 1)
        return { error: 'HTTP 401 Unauthorized' }
      }
      const matches = new RegExp(`users\\?first=${first}&`)
      const one = await opening(
        [{ matches, kind: 'answer', status: 401, times: 1, answer: takesAway }],
        { roles },
        { groups: false },
      )
      await expect(read(one)).rejects.toMatchObject({ code: first === 0 ? 'forbidden' : 'incomplete-read' })
    })
  }

  it('is refused in words that tell a wrong secret from a wrong realm', async () => {
    const wrong = await opening([], {}, { clientSecret: new Secret('not-the-secret') })
    await expect(read(wrong)).rejects.toMatchObject({
      code: 'auth-failed',
      message: expect.stringContaining('Invalid client credentials'),
    })
    const nowhere = await opening([], {}, { realm: 'Corp' })
    await expect(read(nowhere)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/no realm Corp at .*, with and without \/auth/),
    })
  })

  it('does not take an absent part of the tree for an empty one', async () => {
    const strip = (body: unknown) =>
      (body as Record<string, unknown>[]).map(({ subGroups: _, subGroupCount: __, ...rest }) => rest)
    const one = await opening([{ matches: /groups\?first/, kind: 'rewrite', rewrite: strip }])
    await expect(read(one)).rejects.toMatchObject({ code: 'incomplete-read' })
    const short = await opening([{ matches: /children\?first/, kind: 'rewrite', rewrite: () => [] }])
    await expect(read(short)).rejects.toMatchObject({ code: 'incomplete-read' })
  })

  it('is asked for one person, also by address and id, and tells attributes', async () => {
    const { source } = await opening()
    for (const login of ['person9', 'person9@acme.example', 'u9']) {
      expect(await source.find?.(login, signal)).toMatchObject([
        { key: 'u9', name: 'person9', notes: ['Inactive there.'] },
      ])
    }
    expect(await source.find?.('nobody', signal)).toEqual([])
    const described = await source.describe?.(signal)
    expect(described?.attributes.find(({ name }) => name === 'phones')).toMatchObject({ filled: 25, isList: true })
  })
})

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
