import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { quickClock } from '../../test/doubles/quick-clock.ts'
import { noon } from '../../test/support/plans.ts'
import type { FenceMark } from '../domain/account.ts'
import { fail } from '../domain/errors.ts'
import type { Target } from '../ports/target.ts'
import { foreignMark, keepDirectory } from './mark.ts'

const { signal } = new AbortController()
const ours = { instanceId: 'ours', since: noon } as const
const theirs = { instanceId: 'theirs', since: noon } as const
type Row = { kind: 'membership.add' | 'membership.adopt'; state: 'ready' | 'held'; outcome: 'open' | 'applied' }
const open: Row = { kind: 'membership.add', state: 'ready', outcome: 'open' }

async function keeping(
  mark: FenceMark | undefined,
  rows: readonly Row[],
  patch: (target: Target) => Target = (t) => t,
) {
  const held = directory({ mark })
  const said: string[] = []
  await keepDirectory(
    {
      target: patch(directoryTarget(held)),
      targetKey: 'acme',
      instanceId: 'ours',
      plans: { tally: async () => rows.map((row) => ({ ...row, count: 1 })) },
      planId: 'plan-1',
      clock: quickClock(noon),
      log: (message) => said.push(message),
    },
    signal,
  )
  return { mark: held.mark, said }
}

const failing = (code: 'forbidden' | 'not-writable' | 'unreachable') => (target: Target) => ({
  ...target,
  fence: {
    read: async () => undefined,
    claim: async () => {
      if (code === 'forbidden') throw fail.forbidden('No right.')
      if (code === 'not-writable') throw fail.notWritable('Read only.')
      throw fail.unreachable('No answer.')
    },
  },
})

describe('whose directory it is (D12)', () => {
  it('is foreign only by the mark of another installation', async () => {
    expect(await foreignMark(directoryTarget(directory({ mark: theirs })), 'ours', signal)).toEqual(theirs)
    expect(await foreignMark(directoryTarget(directory({ mark: ours })), 'ours', signal)).toBeUndefined()
    expect(await foreignMark(directoryTarget(directory()), 'ours', signal)).toBeUndefined()
    const { fence: _, ...without } = directoryTarget(directory())
    expect(await foreignMark(without, 'ours', signal)).toBeUndefined()
  })

  it('is marked as ours before the first write, and not for a plan that sends nothing', async () => {
    expect((await keeping(undefined, [open])).mark).toMatchObject({ instanceId: 'ours' })
    expect((await keeping(undefined, [{ ...open, kind: 'membership.adopt' }])).mark).toBeUndefined()
    expect((await keeping(undefined, [{ ...open, state: 'held' }])).mark).toBeUndefined()
    expect((await keeping(undefined, [{ ...open, outcome: 'applied' }])).mark).toBeUndefined()
    expect((await keeping(undefined, [{ ...open, state: 'held' }, open])).mark).toMatchObject({ instanceId: 'ours' })
  })

  it('keeps the mark it has', async () => {
    expect((await keeping(ours, [open])).mark).toBe(ours)
  })

  it('refuses to write where another installation left its mark, and says how to take over', async () => {
    await expect(keeping(theirs, [])).rejects.toMatchObject({
      code: 'guard-tripped',
      message: `Another Muster (installation theirs) keeps this directory since 2026-11-21T12:00:00.000Z. Nothing was sent.`,
      hint: expect.stringContaining('muster targets take-over acme --from theirs'),
    })
  })

  it('goes on without a mark that it has no right to leave, and says so; anything else is trouble', async () => {
    for (const code of ['forbidden', 'not-writable'] as const) {
      expect((await keeping(undefined, [open], failing(code))).said).toEqual([
        'the directory could not be marked as kept by this installation',
      ])
    }
    await expect(keeping(undefined, [open], failing('unreachable'))).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('writes without a mark where the target keeps none', async () => {
    const { fence: _, ...without } = directoryTarget(directory())
    expect(await keeping(theirs, [open], () => without)).toEqual({ mark: theirs, said: [] })
  })
})
