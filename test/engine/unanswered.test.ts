import { describe, expect, it } from 'vitest'
import { connectionSchema } from '../../src/domain/connection.ts'
import { fail } from '../../src/domain/errors.ts'
import type { Run } from '../../src/domain/run.ts'
import { createRunner } from '../../src/engine/runner.ts'
import type { OpenConnection } from '../../src/engine/setup.ts'
import type { Source } from '../../src/ports/source.ts'
import type { Store } from '../../src/ports/store.ts'
import { directory, directoryTarget } from '../doubles/directory-target.ts'
import { quickClock } from '../doubles/quick-clock.ts'
import { withStore } from '../support/store.ts'
import { openGuards } from '../support/world.ts'

/** A company whose people come and go, and a site that can carry something out, say nothing, and then let nobody in. */
function scene(store: Store) {
  const held = directory()
  const here = new Set(['ann'])
  const access: { product: string }[] = []
  const state = { isShut: false, isElsewhere: false, isBlind: false, mail: '@x.test', version: 1, access }
  const refuseIfShut = () => {
    if (state.isShut) throw fail.authFailed('The key was revoked.')
  }
  const source = (): Source => ({
    membershipsComeWith: 'groups',
    readFingerprint: 'everybody',
    defaultMapping: { email: { from: 'mail', steps: [], onlyIfEmpty: false } },
    async *check() {},
    async *users() {
      yield { items: [...here].map((key) => ({ key, active: true, attributes: { mail: `${key}${state.mail}` } })) }
    },
    async *groups() {},
    async *members() {},
    notices: () => [],
    close: async () => undefined,
  })
  const open = async (key: string): Promise<OpenConnection> => {
    const target = directoryTarget(held)
    return {
      connection: {
        ...connectionSchema.parse({
          source: 'hr',
          target: 'site',
          mode: 'automatic',
          users: { onLeft: [{ after: '0d', action: 'deactivate' }], access: state.access },
          guards: openGuards,
        }),
        key,
        version: state.version,
      },
      settings: { connection: state.version, source: { key: 'hr', version: 1 }, target: { key: 'site', version: 1 } },
      connectors: { source: { type: 'office', version: 1 }, target: { type: 'directory', version: 1 } },
      changedSince: async () => ({ changes: [] }),
      others: async () => [],
      openSource: source,
      openTarget: () => ({
        ...target,
        identify: async (signal) => {
          refuseIfShut()
          const identity = await target.identify(signal)
          return state.isElsewhere ? { ...identity, directoryKey: 'another' } : identity
        },
        accountsByEmail: async (emails, signal) => {
          refuseIfShut()
          if (state.isBlind) throw fail.unreachable('The search does not answer.')
          return await target.accountsByEmail(emails, signal)
        },
        accountsNow: async (ids, signal, also) => {
          refuseIfShut()
          return await target.accountsNow(ids, signal, also)
        },
      }),
    }
  }
  const runner = createRunner({
    store,
    connections: { open },
    clock: quickClock(Date.now()),
    log: () => undefined,
    holder: 'test',
  })
  return {
    here,
    held,
    state,
    runner,
    stateOf: (key: string) => held.people.get(`A-${key}`)?.state,
    /** The next write is carried out, its answer is lost, and nobody is let in after that. */
    loseAnswer() {
      held.trouble = () => {
        state.isShut = true
        return 'lost'
      }
    },
    calm() {
      state.isShut = false
      held.trouble = () => undefined
    },
    /** A run for everybody; the first one waits for a person, who approves it. */
    async sync(): Promise<Run> {
      const { done } = await runner.start('staff', { kind: 'full', trigger: 'cli', startedBy: 'os:tester' })
      const run = await done
      if (run.state !== 'held') return run
      const plan = await store.plans.get(run.planId ?? '')
      await store.plans.approve(plan!.id, plan!.fingerprint, 'os:approver')
      return await (await runner.apply(plan!.id, 'os:tester')).done
    },
  }
}

describe('what a run sent without an answer, when the run cannot be finished', () => {
  it('an account that was made so is known to be ours, so that its owner who left meanwhile does not keep it', () =>
    withStore('embedded', async ({ store }) => {
      const { here, sync, loseAnswer, calm, stateOf } = scene(store)
      loseAnswer()
      expect(await sync()).toMatchObject({ state: 'failed', error: { code: 'auth-failed' } })
      expect(stateOf('ann')).toBe('active')
      calm()
      here.delete('ann')
      here.add('bob')
      expect((await sync()).state).toBe('applied')
      expect([stateOf('ann'), stateOf('bob')]).toEqual(['suspended', 'active'])
    }))

  it('somebody who was deactivated so is known to be deactivated by us, and returns when they do', () =>
    withStore('embedded', async ({ store }) => {
      const { here, sync, loseAnswer, calm, stateOf } = scene(store)
      here.add('bob')
      expect((await sync()).state).toBe('applied')
      here.delete('ann')
      loseAnswer()
      expect(await sync()).toMatchObject({ state: 'failed', error: { code: 'auth-failed' } })
      expect(stateOf('ann')).toBe('suspended')
      calm()
      here.add('ann')
      await sync()
      expect(stateOf('ann')).toBe('active')
    }))

  it('a creation that is looked up late does not take the place of a link that was made since', () =>
    withStore('embedded', async ({ store }) => {
      const { here, held, state, sync, loseAnswer, calm, stateOf } = scene(store)
      loseAnswer()
      await sync()
      calm()
      held.people.set('A-hand', { email: 'ann@new.test', state: 'active', groups: new Set(), access: [], custom: {} })
      state.mail = '@new.test'
      state.isBlind = true
      expect(await sync()).toMatchObject({ state: 'applied', outcomes: { applied: 1 } })
      state.isBlind = false
      await sync()
      const links = await store.directories.links('dir', 'hr', { people: ['ann'], accounts: [] })
      expect(links.map(({ accountId }) => accountId)).toEqual(['A-hand'])
      here.delete('ann')
      here.add('bob')
      await sync()
      expect(stateOf('hand')).toBe('suspended')
    }))

  it('a look at another directory by mistake does not make it forgotten', () =>
    withStore('embedded', async ({ store }) => {
      const { here, state, sync, loseAnswer, calm, stateOf } = scene(store)
      loseAnswer()
      expect(await sync()).toMatchObject({ state: 'failed', error: { code: 'auth-failed' } })
      calm()
      state.isElsewhere = true
      expect(await sync()).toMatchObject({ state: 'failed', error: { code: 'config-invalid' } })
      state.isElsewhere = false
      here.delete('ann')
      here.add('bob')
      expect((await sync()).state).toBe('applied')
      expect([stateOf('ann'), stateOf('bob')]).toEqual(['suspended', 'active'])
    }))

  it('a run that was interrupted and whose settings changed since does not keep the connection from going on', () =>
    withStore('embedded', async ({ store }) => {
      const { here, state, sync, loseAnswer, calm, stateOf } = scene(store)
      loseAnswer()
      const interrupted = await sync()
      // As a process leaves it that ended in the middle.
      await store.runs.update(interrupted.id, { state: 'applying', unanswered: false, unseen: false })
      calm()
      state.version = 2
      here.delete('ann')
      here.add('bob')
      const next = await sync()
      expect([next.state, next.number]).toEqual(['applied', interrupted.number + 1])
      expect([stateOf('ann'), stateOf('bob')]).toEqual(['suspended', 'active'])
      const left = await store.runs.get(interrupted.id)
      expect([left?.state, left?.error?.code]).toEqual(['failed', 'stale-plan'])
    }))
})

describe('what a run wrote and could not look at any more', () => {
  const jira = {
    id: 'jira',
    key: 'jira',
    title: 'Jira',
    seats: 'unlimited',
    roles: [{ key: 'user', usesSeat: true, administers: false }],
    grantedBy: 'role',
    defaultGroupIds: [],
  } as const
  const grants = (held: ReturnType<typeof directory>) => held.sent.filter(({ kind }) => kind === 'access.grant').length

  /** Access is granted, and before anybody can look whether it is there the target lets nobody in. */
  const unseen = async (store: Store, isCarriedOut: boolean) => {
    const those = scene(store)
    those.held.products.push(jira)
    those.state.access.push({ product: 'jira' })
    those.held.invisible = (order) => {
      if (order.kind !== 'access.grant') return false
      those.state.isShut = true
      return !isCarriedOut
    }
    const run = await those.sync()
    expect(run).toMatchObject({ state: 'failed', error: { code: 'auth-failed' } })
    those.calm()
    those.held.invisible = () => false
    return { ...those, run }
  }

  it('is looked at before the next plan: what was accepted and never came true is planned again', () =>
    withStore('embedded', async ({ store }) => {
      const { held, sync, run } = await unseen(store, false)
      expect((await sync()).state).toBe('applied')
      expect(held.people.get('A-ann')?.access).toEqual([{ product: 'jira', role: 'user' }])
      expect(await store.runs.get(run.id)).toMatchObject({
        state: 'failed',
        outcomes: { applied: 1, unproven: 1 },
        provenLater: { proven: 1, missing: 1, runs: [run.number + 1] },
      })
      expect(await store.runs.leftOpen('staff', 'any')).toEqual([])
    }))

  it('is proven where it is there, and not written again', () =>
    withStore('embedded', async ({ store }) => {
      const { held, sync, run } = await unseen(store, true)
      expect((await sync()).state).toBe('applied')
      expect(grants(held)).toBe(1)
      expect(await store.plans.unverified(run.planId ?? '', 0, 10)).toEqual([])
      const proven = await store.runs.get(run.id)
      expect(proven).toMatchObject({ outcomes: { applied: 2 }, provenLater: { proven: 2, missing: 0 } })
      expect(proven?.leftOpen).toBeUndefined()
      const { items } = await store.plans.changes(run.planId ?? '', { kinds: ['access.grant'] }, { limit: 1 })
      expect(items[0]?.message).toBe(`Run ${run.number + 1} saw it; this run ended before it could look.`)
    }))

  it('waits as long as the target still cannot be looked at', () =>
    withStore('embedded', async ({ store }) => {
      const { state, sync, run } = await unseen(store, true)
      state.isShut = true
      expect((await sync()).state).toBe('failed')
      expect((await store.runs.leftOpen('staff', 'any')).map(({ id }) => id)).toContain(run.id)
      expect((await store.runs.get(run.id))?.leftOpen).toBe(true)
    }))

  it('is glanced at by a run for some people, and not at all by one that somebody waits for', () =>
    withStore('embedded', async ({ store }) => {
      const { runner, run } = await unseen(store, true)
      const forAnn = async (isUrgent: boolean) => {
        const request = { trigger: 'push', startedBy: 'push:hr', isUrgent } as const
        await (await runner.startSome('staff', { people: ['ann'], groups: [] }, request)).done
        return (await store.runs.get(run.id))?.provenLater
      }
      expect(await forAnn(true)).toBeUndefined()
      expect(await forAnn(false)).toMatchObject({ proven: 2, missing: 0 })
    }))

  it('is proven before it is taken back', () =>
    withStore('embedded', async ({ store }) => {
      const { runner, run } = await unseen(store, false)
      await (await runner.undo(run.id, { trigger: 'cli', startedBy: 'os:tester' })).done
      expect(await store.runs.get(run.id)).toMatchObject({
        outcomes: { applied: 1, unproven: 1 },
        provenLater: { proven: 1, missing: 1 },
      })
    }))
})

describe('what a run looked for in vain', () => {
  it('is looked for again by the next run, and counts as applied where it is there after all', () =>
    withStore('embedded', async ({ store }) => {
      const { held, here, sync } = scene(store)
      expect((await sync()).state).toBe('applied')
      here.delete('ann')
      here.add('bob')
      held.invisible = ({ kind }) => kind === 'account.deactivate'
      const run = await sync()
      expect(run).toMatchObject({ state: 'partial', outcomes: { applied: 1, unproven: 1 }, leftOpen: true })
      held.people.get('A-ann')!.state = 'suspended'
      expect((await sync()).state).toBe('applied')
      expect(await store.runs.get(run.id)).toMatchObject({
        outcomes: { applied: 2 },
        provenLater: { proven: 1, missing: 0, runs: [run.number + 1] },
      })
      expect(await store.runs.leftOpen('staff', 'any')).toEqual([])
    }))
})
