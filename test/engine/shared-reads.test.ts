import { expect, it } from 'vitest'
import { connectionSchema } from '../../src/domain/connection.ts'
import { fail } from '../../src/domain/errors.ts'
import { readSince } from '../../src/domain/run.ts'
import { createRunner } from '../../src/engine/runner.ts'
import type { OpenConnection } from '../../src/engine/setup.ts'
import { systemClock } from '../../src/platform/clock.ts'
import type { Source } from '../../src/ports/source.ts'
import type { Store } from '../../src/ports/store.ts'
import { directory, directoryTarget } from '../doubles/directory-target.ts'
import { withStore } from '../support/store.ts'
import { openGuards } from '../support/world.ts'

/** Two targets that get their people from one source, whose list waits for a word. */
function scene(store: Store, answer: () => void = () => undefined) {
  const word = Promise.withResolvers<void>()
  const targets = { jira: directory(), wiki: directory() }
  let reads = 0
  let reading = 0
  const source = (): Source => ({
    membershipsComeWith: 'groups',
    readFingerprint: 'everybody',
    defaultMapping: { email: { from: 'mail', steps: [], onlyIfEmpty: false } },
    async *check() {},
    async *users() {
      reads += 1
      await word.promise
      answer()
      yield { items: [{ key: 'ann', active: true, attributes: { mail: 'ann@x.test' } }] }
    },
    async *groups() {},
    async *members() {},
    notices: () => [],
    close: async () => undefined,
  })
  const open = async (key: string): Promise<OpenConnection> => {
    const held = targets[key as keyof typeof targets]
    const target = directoryTarget(held)
    return {
      connection: {
        ...connectionSchema.parse({
          source: 'hr',
          target: key,
          mode: 'review',
          users: { create: true },
          guards: openGuards,
        }),
        key,
        version: 1,
      },
      settings: { connection: 1, source: { key: 'hr', version: 1 }, target: { key, version: 1 } },
      connectors: { source: { type: 'office', version: 1 }, target: { type: 'directory', version: 1 } },
      changedSince: async () => ({ changes: [] }),
      others: async () => [],
      openSource: source,
      openTarget: () => ({
        ...target,
        identify: async (signal: AbortSignal) => ({
          ...(await target.identify(signal)),
          directoryKey: `memory:${key}`,
        }),
        // A run asks for its source first: when both read their target, both wait for the source.
        users: (signal: AbortSignal) => {
          reading += 1
          if (reading === 2) word.resolve()
          return target.users(signal)
        },
      }),
    }
  }
  const runner = createRunner({
    store,
    connections: { open },
    // One that runs ahead with every sign of life may leave the second run too late for the read of the first.
    clock: systemClock,
    log: () => undefined,
    holder: 'test',
  })
  const begin = async () =>
    Promise.all(
      (['jira', 'wiki'] as const).map((key) =>
        runner.start(key, { kind: 'preview', trigger: 'cli', startedBy: 'os:tester' }),
      ),
    )
  return { begin, reads: () => reads }
}

it('runs of two connections that are due together read their source once and say so', () =>
  withStore('embedded', async ({ store }) => {
    const { begin, reads } = scene(store)
    const begun = await begin()
    const runs = await Promise.all(begun.map(({ done }) => done))
    expect(runs.map(({ state, error }) => error?.message ?? state)).toEqual(['planned', 'planned'])
    expect(reads()).toBe(1)
    expect(runs.map(({ sharedRead }) => sharedRead?.with)).toEqual([['wiki'], ['jira']])
    for (const run of runs) {
      expect(readSince(run)).toBeLessThanOrEqual(run.startedAt + 1_000)
      const plan = await store.plans.get(run.planId ?? '')
      expect(plan?.summary.counts['account.create']).toEqual({ ready: 1 })
      expect(plan?.summary.notices.join()).toContain('Read shared with')
    }
  }))

it('a shared read that fails fails both runs with its reason, and nobody is planned away', () =>
  withStore('embedded', async ({ store }) => {
    const { begin, reads } = scene(store, () => {
      throw fail.unreachable('The directory server does not answer.')
    })
    const begun = await begin()
    const runs = await Promise.all(begun.map(({ done }) => done))
    expect(runs.map(({ state, error, planId }) => [state, error?.code, planId])).toEqual([
      ['failed', 'unreachable', undefined],
      ['failed', 'unreachable', undefined],
    ])
    expect(reads()).toBe(1)
  }))
