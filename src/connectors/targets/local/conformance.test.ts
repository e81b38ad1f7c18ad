import { describe, expect, it } from 'vitest'
import { MemoryDirectory } from '../../../../test/doubles/memory-directory.ts'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import { type LocalPerson, mailKey } from '../../../domain/local.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { Slice } from '../../../ports/paging.ts'
import type { Order, Target } from '../../../ports/target.ts'
import { type ListKind, type TargetHarness, targetConformance } from '../../kit/target-conformance.ts'
import { local } from './index.ts'

const source = 'contractors'
const writing = new Set([
  'savePerson',
  'changePerson',
  'removePerson',
  'saveGroup',
  'removeGroup',
  'addMember',
  'removeMember',
])
const listOf: Readonly<Record<string, ListKind>> = { people: 'users', groups: 'groups', members: 'members' }

async function filled(): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory()
  const person = (key: string, more: Partial<LocalPerson> = {}) =>
    directory.savePerson(source, { key, userName: key, active: true, attributes: { mail: `${key}@x.test` }, ...more })
  await person('ann', { attributes: { email: 'Ann@x.test', displayName: 'Ann', room: '7' } })
  await person('bob', { active: false })
  await person('cid', { kept: ['a1'], attributes: { mail: 'cid@x.test', a1: 'old', hobby: 'chess' }, origin: '4711' })
  await person('eve', { protected: true })
  for (const name of ['Dev', 'All', 'Board']) {
    await directory.saveGroup(source, {
      key: name.toLowerCase(),
      name,
      ...(name === 'Board' ? { protected: true } : {}),
    })
  }
  await directory.addMember(source, 'dev', { kind: 'user', key: 'ann' })
  await directory.addMember(source, 'dev', { kind: 'user', key: 'eve' })
  await directory.addMember(source, 'all', { kind: 'group', key: 'dev' })
  await directory.addMember(source, 'all', { kind: 'user', key: 'bob' })
  await directory.addMember(source, 'board', { kind: 'user', key: 'ann' })
  directory.writes = 0
  return directory
}

/** A store that can be told to be slow, silent or gone, before the directory. */
function troubled(directory: MemoryDirectory, sleep: (ms: number) => Promise<void>) {
  type Trouble = (name: string, carryOut: () => Promise<unknown>) => Promise<unknown> | undefined
  let troubles: Trouble[] = []
  const gone = () => fail.storeUnavailable('The store does not answer.')
  const once = (
    holds: (name: string) => boolean,
    times: number,
    strike: (carryOut: () => Promise<unknown>) => Promise<unknown>,
  ) => {
    let left = times
    troubles.push((name, carryOut) => {
      if (!holds(name) || left === 0) return undefined
      left -= 1
      return strike(carryOut)
    })
  }
  const faults: TargetHarness['faults'] = {
    cut: (list, times = Number.POSITIVE_INFINITY) =>
      once(
        (name) => listOf[name] === list,
        times,
        async (carryOut) => {
          const { items } = (await carryOut()) as Slice<unknown>
          return { items: items.slice(0, items.length / 2) }
        },
      ),
    failReads: (how) => {
      let reads = 0
      const error: () => ProvisioningError =
        how === 'expired' ? () => fail.authFailed('The store refuses the password.') : gone
      troubles.push((name) => {
        if (writing.has(name)) return undefined
        reads += 1
        return reads > 1 ? Promise.reject(error()) : undefined
      })
    },
    loseAnswer: () =>
      once(
        (name) => writing.has(name),
        1,
        async (carryOut) => {
          await carryOut()
          throw gone()
        },
      ),
    refuseOnce: () =>
      once(
        (name) => writing.has(name),
        1,
        () => Promise.reject(gone()),
      ),
    slowDown: (times, pauseSeconds) =>
      once(
        () => true,
        times,
        async (carryOut) => {
          await sleep(pauseSeconds * 1000)
          return carryOut()
        },
      ),
    hang: () =>
      once(
        () => true,
        Number.POSITIVE_INFINITY,
        () => new Promise(() => undefined),
      ),
    calm: () => {
      troubles = []
    },
  }
  const port = new Proxy(directory, {
    get: (held, name) => {
      const method = Reflect.get(held, name) as unknown
      if (typeof method !== 'function') return method
      return (...given: unknown[]) => {
        const carryOut = () => Reflect.apply(method, held, given) as Promise<unknown>
        for (const trouble of troubles) {
          const answer = trouble(String(name), carryOut)
          if (answer !== undefined) return answer
        }
        return carryOut()
      }
    },
  }) as LocalDirectory
  return { port, faults }
}

async function scene() {
  const directory = await filled()
  const clock = quickClock()
  const log: string[] = []
  const { port, faults } = troubled(directory, clock.sleep)
  const open = (): Target =>
    local.connect(local.config.parse({ directory: source }), { ...contextOn(clock, log), localDirectory: port })
  return { directory, clock, log, faults, open }
}

async function start(): Promise<TargetHarness> {
  const { directory, clock, log, faults, open } = await scene()
  const { peopleByKey, groupsByKey, membersByGroup } = directory
  const usersOf = (group: string) =>
    (membersByGroup.get(group) ?? []).flatMap(({ kind, key }) => (kind === 'user' ? [key] : []))
  return {
    open,
    truth: () => ({
      accounts: new Set(peopleByKey.keys()),
      members: new Map([...groupsByKey.keys()].map((group) => [group, new Set(usersOf(group))])),
    }),
    digest: () => JSON.stringify([[...peopleByKey], [...groupsByKey], [...membersByGroup]]),
    writes: () => directory.writes,
    invitations: (email) => [...peopleByKey.values()].filter((person) => mailKey(person) === foldKey(email)).length,
    samples: {
      member: { accountId: 'ann', groupId: 'dev' },
      stranger: { accountId: 'cid', groupId: 'dev' },
      activeAccountId: 'ann',
      suspendedAccountId: 'bob',
      knownEmail: 'ann@x.test',
      knownGroupName: 'dev',
      unusedEmail: 'new@x.test',
      unusedGroupName: 'new-crew',
      more: [
        {
          kind: 'account.update',
          accountId: 'ann',
          after: { email: 'ann.new@x.test', userName: 'ann.new', familyName: null },
        },
        { kind: 'custom.update', accountId: 'cid', after: { a2: ['x', 'y'] } },
        { kind: 'account.delete', accountId: 'bob' },
      ],
    },
    refusals: [
      {
        name: 'a person who is protected',
        arrange: () => undefined,
        order: { kind: 'account.deactivate', accountId: 'eve' },
        code: 'not-writable',
      },
      {
        name: 'a protected person in a group',
        arrange: () => undefined,
        order: { kind: 'membership.remove', accountId: 'eve', groupId: 'dev' },
        code: 'not-writable',
      },
      {
        name: 'a group that is protected',
        arrange: () => undefined,
        order: { kind: 'membership.remove', accountId: 'ann', groupId: 'board' },
        code: 'not-writable',
      },
      {
        name: 'a login that somebody else has',
        arrange: () => undefined,
        order: { kind: 'account.update', accountId: 'ann', after: { userName: 'CID' } },
        code: 'rejected',
      },
      {
        name: 'a new person with the login of somebody else',
        arrange: () => undefined,
        order: { kind: 'account.create', after: { userName: 'cid', email: 'other@x.test' } },
        code: 'conflict',
      },
      {
        name: 'an attribute that somebody entered',
        arrange: () => undefined,
        order: { kind: 'custom.update', accountId: 'cid', after: { hobby: 'go' } },
        code: 'conflict',
      },
      {
        name: 'an attribute with a place of its own',
        arrange: () => undefined,
        order: { kind: 'custom.update', accountId: 'cid', after: { mail: 'x' } },
        code: 'rejected',
      },
    ],
    faults,
    undercut: () => 0,
    now: clock.now,
    secrets: [],
    logged: () => log.join('\n'),
    close: async () => undefined,
  }
}

targetConformance('local', start)

describe('the built-in directory as a target', () => {
  const signal = new AbortController().signal
  const apply = async (target: Target, order: Omit<Order, 'seq'>) =>
    (await target.operations[order.kind]?.apply([{ seq: 1, ...order }], { signal, notify: false }))?.[0]?.outcome

  it('keeps what people entered beside what it writes, and its own attributes apart from theirs', async () => {
    const { directory, open } = await scene()
    const target = open()
    expect(await apply(target, { kind: 'account.update', accountId: 'ann', after: { email: 'a@x.test' } })).toBe(
      'applied',
    )
    expect(directory.peopleByKey.get('ann')?.attributes).toEqual({ email: 'a@x.test', displayName: 'Ann', room: '7' })
    expect(await apply(target, { kind: 'custom.update', accountId: 'cid', after: { a2: 'new' } })).toBe('applied')
    expect(directory.peopleByKey.get('cid')).toMatchObject({
      attributes: { mail: 'cid@x.test', hobby: 'chess', a2: 'new' },
      kept: ['a2'],
    })
    const now = await target.accountsNow(['cid'], signal)
    expect(now.get('cid')?.account).toMatchObject({ custom: { a2: 'new' }, externalId: '4711' })
  })

  it('shows who and what is protected, so that nothing is planned for them', async () => {
    const target = (await scene()).open()
    const found: string[] = []
    for await (const { items } of target.users(signal)) {
      for (const { id, readOnlyBecause } of items) if (readOnlyBecause !== undefined) found.push(id)
    }
    for await (const { items } of target.groups(signal)) {
      for (const { id, readOnlyBecause } of items) if (readOnlyBecause !== undefined) found.push(id)
    }
    expect(found).toEqual(['eve', 'board'])
  })

  it('is not taken for whole when somebody is taken out while it is read, nor for ever when somebody comes', async () => {
    const one = await scene()
    for (let nth = 0; nth < 600; nth++) {
      const key = `many${nth}`
      await one.directory.savePerson(source, { key, userName: key, active: true, attributes: {} })
    }
    const read = async (during: () => Promise<unknown>) => {
      let told = 0
      for await (const { items } of one.open().users(signal)) {
        if (told === 0) await during()
        told += items.length
      }
      return told
    }
    await expect(read(() => one.directory.removePerson(source, 'ann'))).rejects.toMatchObject({
      code: 'incomplete-read',
    })
    const late: LocalPerson = { key: 'a-late', userName: 'late', active: true, attributes: {} }
    expect(await read(() => one.directory.savePerson(source, late))).toBe(604)
  })
})
