import { expect, it } from 'vitest'
import { namesOfPerson, personBehind, reviewSchema } from './review.ts'

it('knows one person behind every door, and nobody behind a token of its own or the schedule', () => {
  const anna = ['os:anna', 'user:Anna', 'sso:anna', 'user:anna/laptop', 'sso:anna/ci/2']
  expect(anna.map(personBehind)).toEqual(['anna', 'anna', 'anna', 'anna', 'anna'])
  expect(['token:ci', 'schedule', 'push', '', 'user:'].map(personBehind)).toEqual(Array(5).fill(undefined))
})

it('lets a plan live for two weeks and one person approve it, unless somebody says otherwise', () => {
  expect(reviewSchema.parse(undefined)).toEqual({ fourEyes: false, validFor: 14 * 86_400_000 })
  expect(reviewSchema.parse({ fourEyes: true, validFor: '8h' })).toEqual({ fourEyes: true, validFor: 28_800_000 })
  expect(reviewSchema.safeParse({ validFor: '1s' }).success).toBe(false)
})

it('follows every pair of names to one person, and no further', () => {
  const pairs = [
    ['anna', 'a.kern@acme.test'],
    ['a.kern@acme.test', 'root'],
    ['otto', 'o@acme.test'],
  ] as const
  expect([...namesOfPerson('root', pairs)].sort()).toEqual(['a.kern@acme.test', 'anna', 'root'])
  expect([...namesOfPerson('eve', pairs)]).toEqual(['eve'])
})
