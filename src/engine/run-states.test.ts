import { describe, expect, it } from 'vitest'
import { samplePlan } from '../../test/support/plans.ts'
import type { GuardResult, Plan } from '../domain/plan.ts'
import { isReadDoubted, laneOf, planIsHeld, stateAfterPlanning, waitingAgain } from './run-states.ts'

const guard = (patch: Partial<GuardResult> = {}): GuardResult => ({
  guard: 'guard:first-run',
  measured: 1,
  limit: 0,
  tripped: true,
  holds: 'plan',
  sentence: 'It is the first run.',
  ...patch,
})

function plan(counts: Partial<Plan['summary']>, guards: readonly GuardResult[] = []): Plan {
  const { summary, ...rest } = samplePlan('run-1')
  return { ...rest, guards, summary: { ...summary, ...counts } }
}

describe('where a run goes on from its plan', () => {
  const cases = [
    { kind: 'preview', mode: 'automatic', counts: { ready: 3 }, state: 'planned' },
    { kind: 'full', mode: 'preview', counts: { ready: 3 }, state: 'planned' },
    { kind: 'full', mode: 'automatic', counts: { ready: 3, held: 2, blocked: 1 }, state: 'applying' },
    { kind: 'full', mode: 'review', counts: { ready: 3 }, state: 'waiting' },
    { kind: 'full', mode: 'review', counts: {}, state: 'applying' },
    { kind: 'full', mode: 'review', counts: { held: 1 }, state: 'held' },
    { kind: 'full', mode: 'automatic', counts: { held: 1 }, state: 'held' },
    { kind: 'full', mode: 'automatic', counts: { held: 1, blocked: 1 }, state: 'held' },
    { kind: 'full', mode: 'review', counts: { blocked: 1 }, state: 'applying' },
    { kind: 'full', mode: 'automatic', counts: { ready: 3 }, guards: [guard()], state: 'held' },
    { kind: 'full', mode: 'review', counts: {}, guards: [guard()], state: 'held' },
    { kind: 'preview', mode: 'review', counts: {}, guards: [guard()], state: 'planned' },
    { kind: 'undo', mode: 'automatic', counts: {}, state: 'planned' },
    { kind: 'retire', mode: 'automatic', counts: {}, state: 'planned' },
    { kind: 'undo', mode: 'automatic', counts: { held: 1 }, state: 'held' },
    { kind: 'undo', mode: 'review', counts: { ready: 1 }, guards: [guard()], state: 'held' },
    { kind: 'retire', mode: 'automatic', counts: { blocked: 1 }, state: 'applying' },
    { kind: 'incremental', mode: 'automatic', counts: { ready: 1 }, state: 'applying' },
    { kind: 'incremental', mode: 'review', counts: { ready: 1 }, state: 'waiting' },
  ] as const
  it.each(cases)('$kind with mode $mode and $counts is $state', (each) => {
    const guards = 'guards' in each ? each.guards : []
    expect(stateAfterPlanning(each.kind, each, plan(each.counts, guards))).toBe(each.state)
  })

  it('only a guard that tripped and holds the plan holds the plan', () => {
    expect(planIsHeld(plan({}, [guard({ holds: 'kind' }), guard({ tripped: false })]))).toBe(false)
    expect(planIsHeld(plan({}, [guard({ holds: 'kind' }), guard()]))).toBe(true)
  })
})

describe('who writes first', () => {
  const counts = (...kinds: readonly string[]) => plan({ counts: Object.fromEntries(kinds.map((kind) => [kind, {}])) })

  it('is whoever leaves or returns, planned by themselves', () => {
    const lanes = [
      'account.deactivate',
      'membership.remove',
      'access.revoke',
      'account.activate',
      'account.enable',
      'membership.add',
      'account.create',
    ].map((kind) => laneOf({ kind: 'incremental' }, counts('account.update', kind)))
    expect(lanes).toEqual([1, 1, 1, 1, 1, 2, 2])
  })

  it('is not a whole run, whoever leaves in it; an undo goes before it', () => {
    expect(laneOf({ kind: 'full' }, counts('account.deactivate'))).toBe(3)
    expect(laneOf({ kind: 'retire' }, counts('membership.remove'))).toBe(3)
    expect(laneOf({ kind: 'undo' }, counts('account.deactivate'))).toBe(2)
  })
})

it('a run that found its directory taken waits again, but for one that somebody asks for again', () => {
  const kinds = ['full', 'undo', 'retire', 'preview', 'incremental'] as const
  expect(kinds.map((kind) => waitingAgain({ kind }))).toEqual(['waiting', 'waiting', 'waiting', 'planned', 'failed'])
})

describe('a read in doubt', () => {
  const shrunk = guard({ guard: 'guard:source-shrunk', holds: 'removals' })
  const vanished = guard({ guard: 'guard:attribute-vanished', holds: 'kind' })
  const group = guard({ guard: 'guard:source-group-shrunk', holds: 'kind' })

  it('is not the last good one while anything of it is held, whoever approved the rest', () => {
    for (const each of [shrunk, vanished, group]) expect(isReadDoubted({ guards: [each] }, 1, true)).toBe(true)
  })

  it('of a source that shrank needs a word of a person, also when nothing is held yet', () => {
    expect(isReadDoubted({ guards: [guard(), shrunk] }, 0, false)).toBe(true)
    expect(isReadDoubted({ guards: [guard(), shrunk] }, 0, true)).toBe(false)
    expect(isReadDoubted({ guards: [vanished, group] }, 0, false)).toBe(false)
  })

  it('is none where no guard of the read tripped, whatever else is held', () => {
    expect(isReadDoubted({ guards: [guard(), { ...shrunk, tripped: false }] }, 5, false)).toBe(false)
  })
})
