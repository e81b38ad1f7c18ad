import { afterEach, describe, expect, it } from 'vitest'
import { ProvisioningError } from '../../domain/errors.ts'
import type { MemberRef, SourceGroup } from '../../domain/identity.ts'
import { mappingRule } from '../../domain/mapping.ts'
import type { CheckStep, Page } from '../../ports/readable.ts'
import type { Source } from '../../ports/source.ts'

/** A source on a directory of known content. */
export interface OpenedSource {
  readonly source: Source
  close(): Promise<void>
}

/** What a complete read must tell. */
export interface KnownDirectory {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  /** Direct members by group key, as `user:<key>` and `group:<key>`. Groups that are not named have none. */
  readonly members: Readonly<Record<string, readonly string[]>>
}

/** What a connector's test hands to the suite; every `open` makes a fresh one. */
export interface SourceHarness {
  readonly known: KnownDirectory
  open(): Promise<OpenedSource & { state(): Promise<unknown> }>
  /** Ways to break the read: each must throw from `part`, never end. */
  readonly broken: readonly {
    readonly name: string
    readonly part: 'users' | 'groups' | 'members'
    open(): Promise<OpenedSource>
  }[]
  /** Texts that no message may hold: the credential, a password in the data. */
  readonly secrets: readonly string[]
}

/** No page may be so long that it holds up the program or its memory. */
const longestPage = 5000

/** A stop is heard at once, not when the other side has finished. */
const stopWithinMs = 5_000

/** Declares the tests every source passes: the laws of `ports/README.md` and P1, P3. */
export function testSource(name: string, harness: SourceHarness): void {
  describe(`the source ${name} keeps the laws of a source`, () => {
    const opened: OpenedSource[] = []
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close()
    })
    const open = async () => {
      const one = await harness.open()
      opened.push(one)
      return one
    }

    it('tells every user once and then ends', async () => {
      const { source } = await open()
      const keys = (await drain(source.users(signal()))).map((user) => user.key)
      expect(keys.toSorted()).toEqual(harness.known.users.toSorted())
    })

    it('tells every group once, with a name, and then ends', async () => {
      const { source } = await open()
      const groups = await drain(source.groups(signal()))
      expect(groups.map((group) => group.key).toSorted()).toEqual(harness.known.groups.toSorted())
      expect(groups.every((group) => group.name !== '')).toBe(true)
    })

    it('tells every direct membership in the way it promises', async () => {
      const { source } = await open()
      const members = await readMembers(source)
      for (const group of harness.known.groups) {
        const expected = harness.known.members[group] ?? []
        expect((members.get(group) ?? []).toSorted(), `members of ${group}`).toEqual(expected.toSorted())
      }
    })

    it('delivers attributes as texts, lists of texts or null, never undefined', async () => {
      const { source } = await open()
      for (const user of await drain(source.users(signal()))) {
        for (const [attribute, value] of Object.entries(user.attributes)) {
          const isValue = value === null || typeof value === 'string' || Array.isArray(value)
          expect(isValue, `${attribute} of ${user.key}`).toBe(true)
        }
      }
    })

    it('delivers no attribute that holds a secret', async () => {
      const { source } = await open()
      expectNoSecret(JSON.stringify(await drain(source.users(signal()))))
    })

    it('changes nothing while it reads and checks', async () => {
      const one = await open()
      const before = await one.state()
      await drainSteps(one.source.check(signal()))
      await drain(one.source.users(signal()))
      await drain(one.source.groups(signal()))
      expect(await one.state()).toEqual(before)
    })

    it('stops at once when the signal says so', async () => {
      const { source } = await open()
      const controller = new AbortController()
      controller.abort()
      const started = performance.now()
      await expect(drain(source.users(controller.signal))).rejects.toMatchObject({ code: 'cancelled' })
      expect(performance.now() - started).toBeLessThan(stopWithinMs)
    })

    it('stops between two pages when the signal comes in the middle', async () => {
      const { source } = await open()
      const controller = new AbortController()
      const seen: number[] = []
      const read = async () => {
        for await (const page of source.users(controller.signal)) {
          seen.push(page.items.length)
          controller.abort()
        }
      }
      await read().catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }))
      expect(seen.length).toBeLessThanOrEqual(1)
    })

    it('has the same fingerprint each time, without a secret', async () => {
      const [first, second] = [await open(), await open()]
      expect(first.source.readFingerprint).toBe(second.source.readFingerprint)
      expect(first.source.readFingerprint).not.toBe('')
      expectNoSecret(first.source.readFingerprint)
    })

    it('has a default mapping that can be compiled, at least for the e-mail address', async () => {
      const { source } = await open()
      for (const rule of Object.values(source.defaultMapping)) mappingRule(rule)
      expect(Object.keys(source.defaultMapping)).toContain('email')
    })

    it('is found healthy by its own doctor, in sentences without a secret', async () => {
      const { source } = await open()
      const steps = await drainSteps(source.check(signal()))
      expect(steps.length).toBeGreaterThan(0)
      expect(steps.filter((step) => step.status === 'failed')).toEqual([])
      for (const step of steps) {
        expect(step.name).toMatch(/^[a-z][a-z0-9-]*$/)
        expect(step.message).not.toBe('')
      }
      expectNoSecret(JSON.stringify(steps))
    })

    it('can be closed twice', async () => {
      const { source } = await open()
      await drain(source.users(signal()))
      await source.close()
      await source.close()
    })

    for (const way of harness.broken) {
      it(`throws and never ends early: ${way.name}`, async () => {
        const one = await way.open()
        opened.push(one)
        const error = await thrownBy(() => readPart(one.source, way.part))
        expect(error).toBeInstanceOf(ProvisioningError)
        if (!(error instanceof ProvisioningError)) return
        expect(error.code).not.toBe('bug')
        expectNoSecret(`${error.message} ${error.hint ?? ''} ${JSON.stringify(error.problems)}`)
      })

      it(`says in the doctor what is wrong and does not throw: ${way.name}`, async () => {
        const one = await way.open()
        opened.push(one)
        const steps = await drainSteps(one.source.check(signal()))
        expect(steps.some((step) => step.status !== 'ok')).toBe(true)
        expectNoSecret(JSON.stringify(steps))
      })
    }

    function expectNoSecret(text: string): void {
      for (const secret of harness.secrets) expect(text.includes(secret)).toBe(false)
    }
  })
}

function signal(): AbortSignal {
  return AbortSignal.timeout(120_000)
}

async function drain<Item>(pages: AsyncIterable<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) {
    expect(page.items.length).toBeLessThanOrEqual(longestPage)
    items.push(...page.items)
  }
  return items
}

async function drainSteps(steps: AsyncIterable<CheckStep>): Promise<CheckStep[]> {
  const all: CheckStep[] = []
  for await (const step of steps) all.push(step)
  return all
}

async function readMembers(source: Source): Promise<Map<string, string[]>> {
  const members = new Map<string, string[]>()
  const add = (group: string, member: MemberRef) => {
    members.set(group, [...(members.get(group) ?? []), `${member.kind}:${member.key}`])
  }
  if (source.membershipsComeWith === 'users') {
    for (const user of await drain(source.users(signal()))) {
      for (const group of user.memberOf ?? []) add(group, { kind: 'user', key: user.key })
    }
  }
  for (const group of await drain(source.groups(signal()))) {
    for (const member of await membersOf(source, group)) add(group.key, member)
  }
  return members
}

async function membersOf(source: Source, group: SourceGroup): Promise<readonly MemberRef[]> {
  return source.membershipsComeWith === 'calls' ? drain(source.members(group, signal())) : (group.members ?? [])
}

async function readPart(source: Source, part: 'users' | 'groups' | 'members'): Promise<void> {
  if (part === 'users') await drain(source.users(signal()))
  else if (part === 'groups') await drain(source.groups(signal()))
  else {
    for (const group of await drain(source.groups(signal()))) {
      await membersOf(source, group)
      const cut = source.incompleteMembers?.().get(group.key)
      if (cut !== undefined) throw cut
    }
  }
}

async function thrownBy(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action()
    return undefined
  } catch (error) {
    return error
  }
}
