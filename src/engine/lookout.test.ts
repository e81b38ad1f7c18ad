import { describe, expect, it } from 'vitest'
import { fail } from '../domain/errors.ts'
import { scheduleSchema } from '../domain/schedule.ts'
import type { Scheduled } from './due.ts'
import { createLookout, type LookForChanges, type RunForSome, runsForSome, type SourceChanges } from './lookout.ts'
import type { BegunSome, Runner } from './runner.ts'

const minute = 60_000

function begin(answers: readonly (number | Error | undefined | Omit<SourceChanges, 'cursor'>)[], some?: RunForSome) {
  let now = 0
  const asked: (string | undefined)[] = []
  const runs: string[] = []
  const logged: string[] = []
  const lookForChanges: LookForChanges = async (_, cursor) => {
    asked.push(cursor)
    const answer = answers[asked.length - 1]
    if (answer instanceof Error) throw answer
    if (answer === undefined) return undefined
    return { ...(typeof answer === 'number' ? { changed: answer } : answer), cursor: `c${asked.length}` }
  }
  const stop = new AbortController()
  const lookout = createLookout(
    {
      lookForChanges,
      ...(some === undefined ? {} : { runForSome: some }),
      queue: { ask: async ({ connection, lane }) => runs.push(`${connection} lane ${lane}`) > 0 },
      clock: { now: () => now, sleep: async () => undefined },
      log: (message) => void logged.push(message),
    },
    stop.signal,
  )
  const pass = async (ms: number, scheduled = staff()) => {
    now += ms
    lookout.consider(scheduled)
    await lookout.settled()
  }
  return { pass, asked, runs, logged, stop }
}

const staff = (more: object = {}): Scheduled => ({
  key: 'staff',
  schedule: scheduleSchema.parse({ every: '6h', lookEvery: '5m', ...more }),
  savedAt: 0,
})

describe('a look for changes', () => {
  it('asks for a run when something changed, and goes on from where it was', async () => {
    const { pass, asked, runs } = begin([0, 0, 3, 0])
    await pass(0)
    await pass(minute)
    expect(asked).toEqual([undefined])
    for (let times = 0; times < 3; times++) await pass(5 * minute)
    expect(asked).toEqual([undefined, 'c1', 'c2', 'c3'])
    expect(runs).toEqual(['staff lane 2'])
  })

  it('goes on after a failure from the same place, and leaves sources alone that cannot tell', async () => {
    const { pass, asked, runs, logged } = begin([0, fail.unreachable('Nobody answers.'), 1, undefined, 1])
    for (let times = 0; times < 5; times++) await pass(5 * minute)
    expect(asked).toEqual([undefined, 'c1', 'c1', 'c3', 'c3'])
    expect(runs).toEqual(['staff lane 2', 'staff lane 2'])
    expect(logged).toContain('changes could not be looked for')
  })

  it('plans people who changed by themselves, and everybody where that is not enough', async () => {
    const planned: string[] = []
    const people = (...keys: string[]) => ({ changed: keys.length, people: keys })
    const { pass, runs, logged } = begin(
      [people('ann', 'bob'), people('held'), people('busy'), { changed: 2 }],
      async (connection, keys) => {
        planned.push(`${connection}: ${keys.join(' ')}`)
        if (keys[0] === 'busy') throw fail.busy('Another process writes.')
        return keys[0] !== 'held'
      },
    )
    await pass(0)
    expect([planned, runs]).toEqual([['staff: ann bob'], []])
    await pass(5 * minute)
    await pass(5 * minute)
    expect(planned).toHaveLength(3)
    expect(runs).toEqual(['staff lane 2', 'staff lane 2'])
    expect(logged).toContain('a run for those who changed was not possible')
    await pass(5 * minute)
    expect([planned.length, runs.length]).toEqual([3, 3])
  })

  it.each([
    [{ isSettled: true, isHeld: false, hasConflict: false, leftOut: [] }, true],
    [{ isSettled: false, isHeld: false, hasConflict: false, leftOut: [] }, false],
    [{ isSettled: true, isHeld: true, hasConflict: false, leftOut: [] }, false],
    [{ isSettled: true, isHeld: false, hasConflict: true, leftOut: [] }, false],
    [{ isSettled: true, isHeld: false, hasConflict: false, leftOut: ['The group "dev" exists already.'] }, false],
  ])('a run for some people that ended with %o is enough: %s', async (written, isEnough) => {
    const asked: unknown[] = []
    const startSome: Runner['startSome'] = async (...given) => {
      asked.push(given)
      return { written: Promise.resolve(written) } as unknown as BegunSome
    }
    expect(await runsForSome({ startSome })('staff', ['ann'])).toBe(isEnough)
    const request = { trigger: 'schedule', startedBy: 'changes at the source' }
    expect(asked).toEqual([['staff', { people: ['ann'], groups: [] }, request]])
  })

  it('is not made unless the schedule asks for it, in a freeze, or after the end', async () => {
    const { pass, asked, runs, stop } = begin([1, 1])
    await pass(minute, { ...staff(), schedule: scheduleSchema.parse({ every: '6h' }) })
    await pass(minute, staff({ freeze: [{ from: '1970-01-01', to: '1970-01-02' }] }))
    expect(asked).toEqual([])
    stop.abort()
    await pass(minute)
    expect(runs).toEqual([])
  })
})
