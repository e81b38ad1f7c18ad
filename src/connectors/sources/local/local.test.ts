import { describe, expect, it } from 'vitest'
import { MemoryDirectory } from '../../../../test/doubles/memory-directory.ts'
import type { SourceGroup } from '../../../domain/identity.ts'
import type { LocalGroup, LocalPerson } from '../../../domain/local.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'
import type { PageRequest, Slice } from '../../../ports/paging.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { local } from './index.ts'

/** Gives its first page again and again. */
class CirclingDirectory extends MemoryDirectory {
  override async people(source: string, page: PageRequest): Promise<Slice<LocalPerson>> {
    const { items } = await super.people(source, { limit: page.limit })
    return { items, next: 'again' }
  }

  override async groups(source: string, page: PageRequest): Promise<Slice<LocalGroup>> {
    const { items } = await super.groups(source, { limit: page.limit })
    return { items, next: 'again' }
  }
}

function sourceOn(directory: LocalDirectory) {
  const context: ConnectorContext = {
    key: 'contractors',
    now: () => 0,
    log: () => undefined,
    baseDir: '.',
    localDirectory: directory,
    instanceId: 'test',
  }
  return local.connect(local.config.parse({}), context)
}

async function filled<Directory extends MemoryDirectory>(directory: Directory): Promise<Directory> {
  await directory.savePerson('contractors', {
    key: 'p1',
    userName: 'ann',
    active: true,
    attributes: { mail: 'ann@x.test' },
  })
  await directory.savePerson('contractors', { key: 'p2', userName: 'bob', active: false, attributes: { mail: null } })
  await directory.saveGroup('contractors', { key: 'g1', name: 'dev', description: 'who build' })
  await directory.saveGroup('contractors', { key: 'g2', name: 'all' })
  await directory.addMember('contractors', 'g1', { kind: 'user', key: 'p1' })
  await directory.addMember('contractors', 'g2', { kind: 'group', key: 'g1' })
  directory.writes = 0
  return directory
}

const open = async (directory: MemoryDirectory) => ({
  source: sourceOn(await filled(directory)),
  state: async () => directory.writes,
  close: async () => undefined,
})

testSource('local', {
  known: { users: ['p1', 'p2'], groups: ['g1', 'g2'], members: { g1: ['user:p1'], g2: ['group:g1'] } },
  open: () => open(new MemoryDirectory()),
  secrets: [],
  broken: [
    { name: 'people in a circle', part: 'users', open: () => open(new CirclingDirectory()) },
    { name: 'groups in a circle', part: 'groups', open: () => open(new CirclingDirectory()) },
  ],
})

describe('the built-in directory', () => {
  it('is read page by page, with the login among the attributes', async () => {
    const directory = new MemoryDirectory()
    for (let nth = 0; nth < 1203; nth++) {
      const key = String(nth).padStart(5, '0')
      await directory.savePerson('contractors', { key, userName: `u${nth}`, active: true, attributes: {} })
    }
    const sizes: number[] = []
    const logins = new Set<unknown>()
    for await (const page of sourceOn(directory).users(AbortSignal.timeout(120_000))) {
      sizes.push(page.items.length)
      for (const user of page.items) logins.add(user.attributes.userName)
    }
    expect(sizes).toEqual([500, 500, 203])
    expect(logins.size).toBe(1203)
    expect(new Set(directory.asked)).toEqual(new Set(['contractors']))
  })

  it('is counted by the doctor', async () => {
    const steps: CheckStep[] = []
    const source = sourceOn(await filled(new MemoryDirectory()))
    for await (const step of source.check(AbortSignal.timeout(120_000))) steps.push(step)
    expect(steps.map((step) => step.message)).toEqual(['2 people, 1 inactive.', '2 groups with 2 memberships.'])
  })

  it('is not believed when somebody moved from one group to another while it was read', async () => {
    const directory = await filled(new MemoryDirectory())
    const source = sourceOn(directory)
    const signal = AbortSignal.timeout(120_000)
    const ann = { kind: 'user', key: 'p1' } as const
    for await (const _ of source.users(signal));
    const groups: SourceGroup[] = []
    for await (const page of source.groups(signal)) groups.push(...page.items)
    const seen: string[] = []
    const read = async () => {
      for (const group of groups.toReversed()) {
        for await (const { items } of source.members(group, signal)) seen.push(...items.map(({ key }) => key))
        // Into what was read already, and out of what was not.
        if (group.key === 'g2') await directory.addMember('contractors', 'g2', ann)
        if (group.key === 'g2') await directory.removeMember('contractors', 'g1', ann)
      }
    }
    await expect(read()).rejects.toMatchObject({ code: 'incomplete-read', message: expect.stringContaining('changed') })
    expect(seen).not.toContain('p1')
  })

  it('may be empty: that is a fact, not a failure', async () => {
    const source = sourceOn(new MemoryDirectory())
    for await (const page of source.users(AbortSignal.timeout(120_000))) expect(page.items).toEqual([])
  })
})
