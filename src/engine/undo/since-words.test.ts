import { expect, it } from 'vitest'
import type { Plan } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import { leftOut, type RunSince, undoneSince, whatOf } from './since-words.ts'

const since = Date.UTC(2026, 2, 1, 12)
const run = (number: number, { startedAt = since, isKept = true } = {}): RunSince => ({
  run: { number, startedAt } as Run,
  plan: isKept ? ({} as Plan) : undefined,
})

it('a run of an undo names the runs, whose it is, and those that it takes back in part', () => {
  expect(undoneSince([run(3), run(4)], { since })).toEqual({ since, runs: [3, 4] })
  const begunBefore = run(2, { startedAt: since - 1 })
  expect(undoneSince([begunBefore, run(3), run(4, { isKept: false })], { since, person: 'ann' })).toEqual({
    since,
    person: 'ann',
    runs: [2, 3, 4],
    partly: [2, 4],
  })
})

it.each<[readonly number[], string | undefined, string]>([
  [[3], undefined, 'what "staff" did since 2026-03-01T12:00:00.000Z (run 3), as far as it did not take it back itself'],
  [
    [3, 5, 9],
    undefined,
    'what "staff" did since 2026-03-01T12:00:00.000Z (3 runs, 3 to 9), as far as it did not take it back itself',
  ],
  [
    [3, 4],
    'ann',
    'what "staff" did to ann since 2026-03-01T12:00:00.000Z (2 runs, 3 to 4), as far as it did not take it back itself',
  ],
])('runs %j of %s', (numbers, person, words) => {
  const runs = numbers.map((number) => run(number))
  expect(whatOf('staff', runs, { since, person })).toBe(words)
})

it('what is not taken back is said run by run, with the reason', () => {
  const [here, lost, elsewhere] = [run(3), run(4, { isKept: false }), run(5)]
  expect(leftOut([here], [here], [])).toEqual([])
  expect(leftOut([here, lost, elsewhere], [here, lost], [3])).toEqual([
    'The changes of run 4 are no longer kept; what it did stays.',
    'The changes of run 5 were written to another directory than this connection writes to now; they stay.',
    'The changes of run 3 were sent in part and never answered; finish that run first if they are to be taken back too.',
  ])
})
