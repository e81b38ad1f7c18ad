import { expect, it } from 'vitest'
import { change } from '../../../test/support/plans.ts'
import { chosenOf } from './selection.ts'

const run = { number: 7 }
const records = [
  change(1, {
    kind: 'account.create',
    createdId: 'made-1',
    person: { key: 'k-ann', label: 'Ann' },
    accountLabel: 'ann@x.test',
  }),
  change(2, { account: { createdBy: 1 }, person: { key: 'k-ann', label: 'Ann' }, accountLabel: 'ann@x.test' }),
  change(3, { account: { id: 'acc-3' }, person: { key: 'k-anna', label: 'Anna' }, accountLabel: 'anna@x.test' }),
]
const seqs = (selection: Parameters<typeof chosenOf>[1]) => chosenOf(records, selection, run).map(({ seq }) => seq)

it('chooses some numbers, or one person by key, name, address or id', () => {
  expect(seqs({ seqs: [3, 1] })).toEqual([1, 3])
  for (const person of ['k-ann', ' ANN ', 'Ann@x.test']) expect(seqs({ person })).toEqual([1, 2])
  expect(seqs({ person: 'acc-3' })).toEqual([3])
})

it('knows a person by the name or the address alone where both stand together', () => {
  const label = 'Ann Lee <ann@x.test>'
  const both = [change(1, { person: { key: 'k-ann', label }, accountLabel: label })]
  const chosen = (person: string) => chosenOf(both, { person }, run).map(({ seq }) => seq)
  for (const person of ['ann lee', 'ANN@x.test', label]) expect(chosen(person)).toEqual([1])
  for (const person of ['Lee', 'x.test', 'ann']) expect(() => chosen(person)).toThrow('Run 7 did nothing to')
})

it('names what the run created by its id, so that a change stands without the one it needed', () => {
  expect(chosenOf(records, { seqs: [2] }, run)[0]?.account).toEqual({ id: 'made-1' })
})

it('refuses numbers that were not carried out, and people to whom nothing was done', () => {
  expect(() => seqs({ seqs: [2, 9, 12] })).toThrow('Run 7 did not carry out changes 9, 12')
  expect(() => seqs({ person: 'an' })).toThrow('Run 7 did nothing to "an".')
})

it('refuses a name of several people, each of whom is chosen by key, and a name of nothing', () => {
  const twins = [
    change(1, { person: { key: 'k-1', label: 'Ann Lee' }, accountLabel: 'ann@x.test' }),
    change(2, { person: { key: 'k-2', label: 'ann lee' }, accountLabel: 'lee@x.test' }),
    { ...change(3), accountLabel: '' },
  ]
  const chosen = (person: string) => chosenOf(twins, { person }, run).map(({ seq }) => seq)
  expect(() => chosen('Ann Lee')).toThrow('Run 7 did something to 2 people called "Ann Lee": k-1, k-2.')
  expect([chosen('k-2'), chosen('lee@x.test')]).toEqual([[2], [2]])
  expect(() => chosen('\u2003')).toThrow('Run 7 did nothing to')
})
