import { describe, expect, it } from 'vitest'
import { noon, samplePlan } from '../../test/support/plans.ts'
import type { GuardResult } from '../domain/plan.ts'
import type { Pause } from '../ports/pauses.ts'
import {
  refuseEnded,
  refuseExpired,
  refusePaused,
  refuseRejected,
  refuseUnapproved,
  refuseUnlessPaused,
} from './validity.ts'

const minute = 60_000
const plan = samplePlan('run-1')

/** The code and the sentences of a refusal; undefined = it was not refused. */
async function refusal(work: () => void | Promise<void>) {
  try {
    await work()
    return undefined
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string }
    return { code, message, hint }
  }
}

describe('a plan that grew old', () => {
  const refused = (age: number, state: 'waiting' | 'applying' = 'waiting') =>
    refusal(() => refuseExpired(plan, { number: 7, state }, { validFor: 30 * minute }, noon + age))

  it('is refused after its time, and not a moment before', async () => {
    expect(await refused(30 * minute)).toBeUndefined()
    expect(await refused(30 * minute + 1)).toMatchObject({
      code: 'stale-plan',
      message: expect.stringContaining('run 7 is older than 30m'),
      hint: expect.stringContaining('muster plan staff'),
    })
  })

  it('goes on when it was begun, however old it is', async () => {
    expect(await refused(90 * 24 * 60 * minute, 'applying')).toBeUndefined()
  })
})

describe('a plan whose run is over', () => {
  it('is refused when it was superseded or applied, and when it was taken back', async () => {
    for (const state of ['superseded', 'applied'] as const) {
      expect(await refusal(() => refuseEnded({ state, number: 7 }, plan))).toMatchObject({
        code: 'stale-plan',
        message: `Run 7 is ${state}; its plan cannot be applied again.`,
        hint: 'Make a new plan: muster plan staff',
      })
    }
    expect(await refusal(() => refuseEnded({ state: 'partial', number: 7, undoneBy: 9 }, plan))).toMatchObject({
      code: 'stale-plan',
      message: 'Run 7 was taken back by run 9; it does not go on.',
    })
  })

  it.each(['waiting', 'held', 'partial', 'applying', 'failed', 'cancelled'] as const)(
    'goes on when it is %s',
    (state) => expect(refuseEnded({ state, number: 7 }, plan)).toBeUndefined(),
  )
})

it('a rejected plan is refused with the words of the reviewer', async () => {
  const rejected = { rejection: async () => ({ by: 'os:anna', at: noon, comment: 'Wrong group.' }) }
  expect(await refusal(() => refuseRejected(rejected, plan))).toEqual({
    code: 'stale-plan',
    message: 'This plan was rejected by os:anna: Wrong group.',
    hint: 'Make a new plan: muster plan staff',
  })
  expect(await refusal(() => refuseRejected({ rejection: async () => undefined }, plan))).toBeUndefined()
})

describe('a plan that nobody approved', () => {
  const held = { guard: 'guard:first-run', measured: 1, limit: 0, tripped: true, holds: 'plan' } as const
  const firstRun: GuardResult = { ...held, sentence: 'It is the first run.' }
  const kindOnly: GuardResult = { ...held, holds: 'kind', sentence: 'Too many creations.' }
  const some = { ...plan.summary, total: 1, ready: 1 }
  const refused = (
    part: Partial<typeof plan>,
    mode: 'preview' | 'review' | 'automatic',
    { isApproved = false, version = 1 } = {},
  ) =>
    refusal(() =>
      refuseUnapproved(
        { approval: async () => (isApproved ? { by: 'os:anna', at: noon } : undefined) },
        { ...plan, ...part },
        { key: 'staff', mode, version },
      ),
    )

  it('is refused where plans are reviewed, unless nothing is in it', async () => {
    expect(await refused({ summary: some }, 'review')).toEqual({
      code: 'guard-tripped',
      message: 'This plan has not been approved.',
      hint: `Review it, then: muster approve ${plan.id}`,
    })
    expect(await refused({ summary: some }, 'review', { isApproved: true })).toBeUndefined()
    expect(await refused({}, 'review')).toBeUndefined()
  })

  it('is refused where runs are automatic only when a guard holds the whole plan, and names that one', async () => {
    expect(await refused({ summary: some }, 'automatic')).toBeUndefined()
    expect(await refused({ summary: some, guards: [kindOnly] }, 'automatic')).toBeUndefined()
    expect(await refused({ guards: [kindOnly, firstRun] }, 'automatic')).toMatchObject({
      code: 'guard-tripped',
      message: 'This plan has not been approved. It is the first run.',
    })
    expect(await refused({ guards: [firstRun] }, 'automatic', { isApproved: true })).toBeUndefined()
  })

  it('is refused when it was made with other settings, approved or not', async () => {
    expect(await refused({ summary: some }, 'review', { isApproved: true, version: 2 })).toMatchObject({
      code: 'stale-plan',
      message: 'The settings of this connection changed after the plan was made.',
    })
  })

  it('is refused whatever it is where the connection is preview only', async () => {
    expect(await refused({}, 'preview', { isApproved: true })).toMatchObject({
      code: 'config-invalid',
      hint: 'Set connections.staff.mode to review or automatic.',
    })
  })
})

describe('a paused connection', () => {
  const pauses = (pause?: Pick<Pause, 'by' | 'since' | 'why'>) => ({
    get: async () => (pause === undefined ? undefined : { connection: 'staff', ...pause }),
  })

  it('writes nothing, and says who paused it and why', async () => {
    expect(await refusal(() => refusePaused(pauses({ by: 'os:anna', since: noon, why: 'audit' }), 'staff'))).toEqual({
      code: 'conflict',
      message: '"staff" is paused since 2026-11-21T12:00:00.000Z by os:anna (audit).',
      hint: 'Let it go on: muster resume staff. A preview is always possible: muster plan staff',
    })
    expect(await refusal(() => refusePaused(pauses({ by: 'os:anna', since: noon }), 'staff'))).toMatchObject({
      message: expect.stringMatching(/by os:anna\.$/),
    })
    expect(await refusal(() => refusePaused(pauses(), 'staff'))).toBeUndefined()
  })

  it('is the only one that is retired', async () => {
    expect(await refusal(() => refuseUnlessPaused(pauses(), 'staff'))).toMatchObject({
      code: 'conflict',
      hint: 'Pause it and plan afresh: muster connections retire staff --clean-up',
    })
    expect(await refusal(() => refuseUnlessPaused(pauses({ by: 'os:anna', since: noon }), 'staff'))).toBeUndefined()
  })
})
