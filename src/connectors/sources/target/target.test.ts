import { afterEach, describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../../../test/doubles/directory-target.ts'
import { startTwin } from '../../../../test/doubles/jira-cloud-twin.ts'
import { startProductAndTarget } from '../../../../test/doubles/product-targets.ts'
import type { TargetAccount } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import type { SourceUser } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Page } from '../../../ports/readable.ts'
import type { Target } from '../../../ports/target.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { target } from './index.ts'

/** A source on whatever target `open` opens. */
function sourceOn(open: () => Target) {
  const context: ConnectorContext = {
    key: 'site',
    now: () => 0,
    log: () => undefined,
    baseDir: '.',
    localDirectory: undefined as never,
    instanceId: 'test',
    openTarget: async () => open(),
  }
  return target.connect({ target: 'acme' }, context)
}

/** What the twin of a Data Center product holds, as a read must tell it. */
function truthOf({ sandbox, idOf }: Awaited<ReturnType<typeof startProductAndTarget>>) {
  const { store } = sandbox.control.twin
  return {
    users: store.users.map(idOf),
    groups: store.groups.map(({ name }) => name),
    members: Object.fromEntries(
      store.groups.map(({ name, members }) => [name, [...members].map((user) => `user:${idOf(user)}`)]),
    ),
  }
}

async function openJira(
  fault?: Parameters<Awaited<ReturnType<typeof startProductAndTarget>>['sandbox']['control']['addFault']>[0],
) {
  const twin = await startProductAndTarget('jira-dc')
  if (fault !== undefined) twin.sandbox.control.addFault(fault)
  const source = sourceOn(() => twin.open())
  return {
    source,
    state: async () => twin.sandbox.control.digest(),
    close: async () => {
      await source.close()
      await twin.stop()
    },
  }
}

const broken = { kind: 'cut-body' } as const
const sample = await startProductAndTarget('jira-dc')
const known = truthOf(sample)
await sample.stop()

testSource('target', {
  known,
  open: () => openJira(),
  broken: [
    {
      name: 'people torn off',
      part: 'users',
      open: () => openJira({ ...broken, operations: 'jiradc.user.list,jiradc.user.search' }),
    },
    {
      name: 'groups torn off',
      part: 'groups',
      open: () => openJira({ ...broken, operations: 'jiradc.groups.picker' }),
    },
    {
      name: 'members torn off',
      part: 'members',
      open: () => openJira({ ...broken, operations: 'jiradc.group.members' }),
    },
    { name: 'an expired token', part: 'users', open: () => openJira({ kind: 'expired', operations: '*' }) },
  ],
  secrets: [],
})

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const signal = AbortSignal.timeout(120_000)

async function everybody(pages: AsyncIterable<Page<SourceUser>>): Promise<readonly SourceUser[]> {
  const all: SourceUser[] = []
  for await (const { items } of pages) all.push(...items)
  return all
}

describe('a site that is read as a source', () => {
  it.each(['bitbucket-dc', 'confluence-dc', 'crowd', 'jira-dc'])('tells what the twin of %s holds', async (product) => {
    const twin = await startProductAndTarget(product)
    stops.push(twin.stop)
    const source = sourceOn(() => twin.open())
    const truth = truthOf(twin)
    const people = await everybody(source.users(signal))
    expect(people.map(({ key }) => key).toSorted()).toEqual(truth.users.toSorted())
    for await (const { items } of source.groups(signal)) {
      for (const group of items) {
        const members: string[] = []
        for await (const page of source.members(group, signal))
          members.push(...page.items.map(({ key }) => `user:${key}`))
        expect(members.toSorted(), group.name).toEqual(truth.members[group.key]?.toSorted())
      }
    }
    expect(source.directoryKey?.()).toBe((await twin.open().identify(signal)).directoryKey)
  })

  it.each(['key alone', 'token alone'] as const)(
    'takes people alone from a cloud site, and no hidden address for an empty one: %s',
    async (credentials) => {
      const twin = await startTwin(credentials)
      stops.push(() => twin.stop())
      const source = sourceOn(() => twin.open())
      const people = await everybody(source.users(signal))
      const accounts = twin.sandbox.control.twin.state.accounts.items
      const shown = accounts.filter(
        ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
      )
      expect(people.map(({ key }) => key).toSorted()).toEqual(shown.map(({ accountId }) => accountId).toSorted())
      expect(people.filter(({ attributes }) => attributes.email === null)).toEqual([])
      const groups: string[] = []
      const known = new Set(people.map(({ key }) => key))
      for await (const { items } of source.groups(signal)) {
        for (const group of items) {
          groups.push(group.key)
          for await (const page of source.members(group, signal)) {
            for (const { key } of page.items) expect(known.has(key), `${key} in ${group.name}`).toBe(true)
          }
        }
      }
      expect(groups).toHaveLength(twin.sandbox.control.twin.state.groups.items.length)
      const steps: string[] = []
      for await (const { message } of source.check(signal)) steps.push(message)
      expect(steps.join('\n')).toMatch(/\d+ of them show no address: it stays unknown/)
      if (credentials === 'token alone')
        expect(steps.join('\n')).toMatch(/\d+ accounts of apps and customers are left out/)
    },
  )

  it('takes nobody out of a group when the site does not tell the groups of somebody who is active', async () => {
    const people = [
      { id: 'a', kind: 'person', state: 'active', memberOf: ['g'] },
      { id: 'b', kind: 'person', state: 'active' },
      // The groups of somebody who is suspended may be hidden: who is off is judged by that alone.
      { id: 'c', kind: 'person', state: 'suspended' },
    ] as const satisfies readonly TargetAccount[]
    const cut = async (told: readonly TargetAccount[]) => {
      const groups = new Map([['g', { name: 'dev', grants: [] }]])
      const site: Target = {
        ...directoryTarget(directory({ groups })),
        membershipsComeWith: 'users',
        async *users() {
          yield { items: told }
        },
      }
      const source = sourceOn(() => site)
      await everybody(source.users(signal))
      for await (const _ of source.groups(signal));
      return source.incompleteMembers?.() ?? new Map()
    }
    const torn = await cut(people)
    expect([...torn.keys()]).toEqual(['g'])
    expect(torn.get('g')).toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('did not tell the groups of 1 active person'),
    })
    expect(await cut([people[0], people[2]])).toEqual(new Map())
  })

  it('tells a group of thousands in pages', async () => {
    const people = Array.from({ length: 2_500 }, (_, no) => ({
      ...{ id: `p${no}`, kind: 'person' as const, state: 'active' as const, memberOf: ['g'] },
    }))
    const site: Target = {
      ...directoryTarget(directory({ groups: new Map([['g', { name: 'dev', grants: [] }]]) })),
      membershipsComeWith: 'users',
      async *users() {
        yield { items: people }
      },
    }
    const source = sourceOn(() => site)
    await everybody(source.users(signal))
    const sizes: number[] = []
    for await (const { items } of source.members({ key: 'g', name: 'dev' }, signal)) sizes.push(items.length)
    expect(sizes).toEqual([1_000, 1_000, 500])
  })

  it('leaves no target open that does not say who it is', async () => {
    let open = 0
    const source = sourceOn(() => {
      open += 1
      return {
        ...directoryTarget(directory()),
        identify: async () => {
          throw fail.unreachable('The site is away.')
        },
        close: async () => {
          open -= 1
        },
      }
    })
    await expect(everybody(source.users(signal))).rejects.toMatchObject({ code: 'unreachable' })
    expect(open).toBe(0)
    await source.close()
    expect(open).toBe(0)
  })

  it('is another read where other settings lead to another site', async () => {
    const [first, second] = [await startProductAndTarget('jira-dc'), await startProductAndTarget('crowd')]
    stops.push(first.stop, second.stop)
    const sources = [first, second].map((twin) => sourceOn(() => twin.open()))
    for (const source of sources) await everybody(source.users(signal))
    expect(new Set(sources.map(({ readFingerprint }) => readFingerprint)).size).toBe(2)
  })
})
