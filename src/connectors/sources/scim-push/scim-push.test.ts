import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StoreInTest, withStore } from '../../../../test/support/store.ts'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { PushDirectory } from '../../../ports/push-directory.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { createDocument } from '../../../scim/resource.ts'
import { createRegistry } from '../../../scim/schema/registry.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { scimPush } from './index.ts'
import { asUser } from './translate.ts'

const [users, groups] = createRegistry().types
const rules = { refusesCycles: true, maxMembers: 100 }

function sourceOn(pushDirectory: PushDirectory, key: string) {
  const context = { key, now: () => 0, log: () => undefined, baseDir: '.', instanceId: 'test', pushDirectory }
  return scimPush.connect(scimPush.config.parse({}), context as unknown as ConnectorContext)
}

async function fill(directory: PushDirectory, key: string): Promise<void> {
  const create = async (type: typeof users, body: object) =>
    (await directory.create(key, type, createDocument(type, body as never), rules)).resource.id
  const ann = await create(users, { userName: 'ann', externalId: 'p1', emails: [{ value: 'ann@x.test' }] })
  await create(users, { userName: 'bob', externalId: 'p2', active: false })
  const dev = await create(groups, { displayName: 'dev', externalId: 'g1', members: [ann] })
  await create(groups, { displayName: 'all', externalId: 'g2', members: [dev] })
  await directory.create(`${key}-other`, users, createDocument(users, { userName: 'stranger' }), rules)
}

/** One store for all tests of this file; each has a source of its own in it. */
const shared = { end: () => {}, store: Promise.withResolvers<StoreInTest['store']>() }
const ended = new Promise<void>((resolve) => {
  shared.end = resolve
})
let whole: Promise<void> | undefined
let opened = 0
beforeAll(() => {
  whole = withStore('embedded', async ({ store }) => {
    shared.store.resolve(store)
    await ended
  })
  whole.catch(shared.store.reject)
})
afterAll(async () => {
  shared.end()
  await whole
})

async function open(change: (directory: PushDirectory) => PushDirectory = (same) => same) {
  const { directory } = (await shared.store.promise).push
  opened += 1
  const key = `entra-${opened}`
  await fill(directory, key)
  return {
    source: sourceOn(change(directory), key),
    directory,
    key,
    state: async () => await directory.status(key),
    close: async () => {},
  }
}

const failing =
  (part: 'all' | 'membersOf', kind?: string) =>
  (directory: PushDirectory): PushDirectory => ({
    ...directory,
    [part]: async (...given: unknown[]) => {
      if (kind === undefined || given[1] === kind) throw fail.storeUnavailable('The store ended.')
      return await (directory[part] as (...given: unknown[]) => Promise<unknown>)(...given)
    },
  })

testSource('scim-push', {
  known: { users: ['p1', 'p2'], groups: ['g1', 'g2'], members: { g1: ['user:p1'], g2: ['group:g1'] } },
  open: () => open(),
  secrets: [],
  broken: [
    { name: 'people that cannot be read', part: 'users', open: () => open(failing('all', 'user')) },
    { name: 'groups that cannot be read', part: 'groups', open: () => open(failing('all', 'group')) },
    { name: 'members that cannot be read', part: 'members', open: () => open(failing('membersOf')) },
  ],
})

describe('a pushed directory', () => {
  it('only adds until its baseline is declared (D6)', async () => {
    const { source, directory, key } = await open()
    const read = async () => {
      for await (const _ of source.users(AbortSignal.timeout(120_000)));
      return source.additiveOnly?.()
    }
    expect(await read()).toContain('nothing is taken away')
    await directory.declareBaseline(key, 'os:ann')
    expect(await read()).toBeUndefined()
    const steps: CheckStep[] = []
    for await (const step of source.check(AbortSignal.timeout(120_000))) steps.push(step)
    expect(steps.map(({ name, status, message }) => `${name} ${status}: ${message}`)).toEqual([
      'received ok: 2 people, 1 inactive; 2 groups with 2 memberships.',
      'baseline ok: The baseline is declared: absence counts.',
    ])
  })

  it('is known to mappings by the names of SCIM', () => {
    const document = createDocument(users, {
      userName: 'ann',
      externalId: 'e',
      active: true,
      name: { givenName: 'Ann' },
      emails: [
        { value: 'home@x.test', type: 'home' },
        { value: 'ann@x.test', type: 'work' },
      ],
      phoneNumbers: [{ value: '1', type: 'mobile', primary: true }],
      addresses: [{ type: 'work', locality: 'Berlin' }],
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'R&D', manager: { value: 'U2' } },
      'urn:acme:hr:1.0:User': { level: 3, tags: ['a', 'b'] },
    }).document
    const resource = {
      id: 'U1',
      kind: 'user',
      sourceKey: 'e',
      document,
      version: 1,
      memberCount: 0,
      createdAt: 0,
      modifiedAt: 0,
    } as const
    expect(asUser(resource)).toEqual({
      key: 'e',
      active: true,
      attributes: {
        id: 'U1',
        userName: 'ann',
        externalId: 'e',
        active: 'true',
        'name.givenName': 'Ann',
        emails: ['home@x.test', 'ann@x.test'],
        'emails.home': 'home@x.test',
        'emails.work': 'ann@x.test',
        email: 'ann@x.test',
        phoneNumbers: ['1'],
        'phoneNumbers.mobile': '1',
        phoneNumber: '1',
        'addresses.work.locality': 'Berlin',
        department: 'R&D',
        manager: 'U2',
        'urn:acme:hr:1.0:User:level': '3',
        'urn:acme:hr:1.0:User:tags': ['a', 'b'],
      },
    })
    expect(asUser({ ...resource, document: { userName: 'x', active: false } }).active).toBe(false)
    expect(asUser({ ...resource, document: { userName: 'x', active: null } }).active).toBe(false)
    expect(asUser({ ...resource, document: { userName: 'x' } }).active).toBe(true)
  })
})
