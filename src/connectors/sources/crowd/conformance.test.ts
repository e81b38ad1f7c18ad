import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, startFaultyProxy } from '../../../../test/doubles/faulty-proxy.ts'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Source } from '../../../ports/source.ts'
import { type ProductSandbox, startProduct } from '../../../sandbox/data-center/start.ts'
import { productNamed } from '../../../sandbox/products.ts'
import { type SourceHarness, testSource } from '../../kit/source-conformance.ts'
import { crowd } from './index.ts'

/** The twin of Crowd, which was written from the documents by somebody else; one for all, because nothing changes it. */
let sandbox: ProductSandbox
const known: { users: string[]; groups: string[]; members: Record<string, string[]> } = {
  users: [],
  groups: [],
  members: {},
}
const fold = (name: string) => name.toLowerCase()

beforeAll(async () => {
  sandbox = await startProduct(productNamed('crowd'))
  const { store } = sandbox.control.twin
  const [outer, inner] = ['developers', 'Support'].map((name) => store.groups.find((each) => each.name === name))
  if (outer === undefined || inner === undefined) throw new Error('The twin has other groups than this test knows.')
  store.nest(outer, inner)
  known.users.push(...store.users.map(({ key }) => key))
  for (const { name, members, children } of store.groups) {
    known.groups.push(fold(name))
    known.members[fold(name)] = [...new Set([...members].flatMap((user) => store.user(user.name)?.key ?? []))].map(
      (key) => `user:${key}`,
    )
    for (const child of children) known.members[fold(name)]?.push(`group:${fold(child.name)}`)
  }
})
afterAll(() => sandbox.stop())

async function open(faults: readonly Fault[] = [], more: object = {}) {
  const { baseUrl, credentials } = sandbox
  const clock = quickClock()
  const proxy = await startFaultyProxy(baseUrl, clock.now)
  for (const fault of faults) proxy.add(fault)
  const settings = {
    baseUrl: proxy.baseUrl,
    application: credentials.application,
    password: new Secret(credentials.password ?? ''),
    ...more,
  }
  const source = crowd.connect(crowd.config.parse(settings), contextOn(clock, []))
  return {
    source,
    proxy,
    state: async () => JSON.stringify(sandbox.control.twin.store.effects),
    close: async () => {
      await source.close()
      await proxy.close()
    },
  }
}

const people = /^GET \/rest\/usermanagement\/1\/search\?entity-type=user/
const groups = /^GET \/rest\/usermanagement\/1\/search\?entity-type=group/
const members = /^GET \/rest\/usermanagement\/1\/group\/user\/direct/
const inside = /^GET \/rest\/usermanagement\/1\/group\/child-group\/direct/
const way = (name: string, part: SourceHarness['broken'][number]['part'], fault: Fault) => ({
  name,
  part,
  open: () => open([fault]),
})

testSource('crowd', {
  known,
  open: () => open(),
  secrets: ['never-shown-4711'],
  broken: [
    way('people of whom nobody is told', 'users', { matches: people, kind: 'rewrite', rewrite: () => ({ users: [] }) }),
    way('people who come as something else', 'users', { matches: people, kind: 'not-json' }),
    way('people cut off', 'users', { matches: people, kind: 'cut-off' }),
    way('an application that is refused', 'users', { matches: /./, kind: 'status', status: 401 }),
    way('an address that is not allowed', 'users', { matches: /./, kind: 'status', status: 403 }),
    way('a server that is down', 'users', { matches: people, kind: 'status', status: 503 }),
    way('groups of which none is told', 'groups', {
      matches: groups,
      kind: 'rewrite',
      rewrite: () => ({ groups: [] }),
    }),
    way('groups that are not there', 'groups', { matches: groups, kind: 'status', status: 404 }),
    way('members in the shape of something else', 'members', {
      matches: members,
      kind: 'rewrite',
      rewrite: () => ({ status: 'ok' }),
    }),
    way('members who may not be seen', 'members', { matches: members, kind: 'status', status: 403 }),
    way('a group that vanished', 'members', { matches: members, kind: 'status', status: 404 }),
    way('groups inside that may not be seen', 'members', { matches: inside, kind: 'status', status: 403 }),
  ],
})

const signal = () => AbortSignal.timeout(120_000)

describe('a Crowd that is read', () => {
  const open1 = async (work: (source: Source) => Promise<void>, more: object = {}) => {
    const one = await open([], more)
    try {
      await work(one.source)
    } finally {
      await one.close()
    }
  }

  it('says who is inactive, and finds one person by name, address or key', () =>
    open1(async (source) => {
      const { store } = sandbox.control.twin
      const inactive: string[] = []
      for await (const { items } of source.users(signal())) {
        inactive.push(...items.filter(({ active }) => !active).map(({ key }) => key))
      }
      const expected = store.users.filter(({ active }) => !active).map(({ key }) => key)
      expect([inactive.toSorted(), expected.length > 0]).toEqual([expected.toSorted(), true])
      const ruby = store.user('ruby.hughes')
      for (const login of ['Ruby.Hughes', ruby?.email ?? '', ruby?.key ?? '']) {
        expect(await source.find?.(login, signal()), login).toMatchObject([{ key: ruby?.key, name: 'ruby.hughes' }])
      }
      expect(await source.find?.('nobody', signal())).toEqual([])
      expect(await source.overlooked?.('user', [ruby?.key ?? '', 'gone'], signal())).toEqual([ruby?.key])
      expect(await source.overlooked?.('group', ['developers', 'gone'], signal())).toEqual(['developers'])
    }))

  it('tells custom attributes where they are asked for', () =>
    open1(
      async (source) => {
        const ruby = sandbox.control.twin.store.user('ruby.hughes')
        ruby?.attributes.set('department', ['R&D'])
        for await (const { items } of source.users(signal())) {
          const one = items.find(({ key }) => key === ruby?.key)
          if (one !== undefined) expect(one.attributes).toMatchObject({ department: 'R&D', name: 'ruby.hughes' })
        }
      },
      { customAttributes: true },
    ))

  it('is read as well where lists tell no keys', async () => {
    const bare = ({ users }: Record<string, unknown>) => ({
      users: (users as object[]).map((user) => ({ ...user, key: undefined })),
    })
    const one = await open([{ matches: people, kind: 'rewrite', rewrite: bare }])
    const keys: string[] = []
    for await (const { items } of one.source.users(signal())) keys.push(...items.map(({ key }) => key))
    expect(keys.toSorted()).toEqual(known.users.toSorted())
    await one.close()
  })

  it('makes up nobody from somebody who is renamed or removed while it reads', async () => {
    const old = ({ users, ...more }: Record<string, unknown>, key: object) => ({
      ...more,
      users: (users as { name: string }[]).map((user) =>
        user.name === 'ruby.hughes' ? { ...user, name: 'ruby.before', ...key } : user,
      ),
    })
    const ruby = sandbox.control.twin.store.user('ruby.hughes')
    const keysWith = async (key: object) => {
      const rewrite = (body: Record<string, unknown>) => old(body, key)
      const one = await open([{ matches: people, kind: 'rewrite', rewrite }], { customAttributes: true })
      const keys: string[] = []
      try {
        for await (const { items } of one.source.users(signal())) keys.push(...items.map((user) => user.key))
      } finally {
        await one.close()
      }
      return keys.toSorted()
    }
    expect(await keysWith({})).toEqual(known.users.toSorted())
    expect(await keysWith({ key: 'removed-key' })).toEqual(known.users.filter((key) => key !== ruby?.key).toSorted())
    await expect(keysWith({ key: undefined })).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})
