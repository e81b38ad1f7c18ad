import { expect, it } from 'vitest'
import { nextLink } from './next-link.ts'

it.each([
  [null, undefined],
  ['<https://x.test/?page=1>; rel="self"', undefined],
  ['<https://x.test/?page=1>; rel="self", <https://x.test/?page=2>; rel="next"', 'https://x.test/?page=2'],
  ['<https://x.test/?a=1,2;b>;rel=next', 'https://x.test/?a=1,2;b'],
  ['<https://x.test/2>; title="more, and; rel=prev"; rel="last next"', 'https://x.test/2'],
  ['<https://x.test/1>; title="rel=next"; rel="prev"', undefined],
  ['<https://x.test/2>; results="true" ; REL = "Next"; cursor="0:100:0"', 'https://x.test/2'],
])('the next page in %s is %s', (header, next) => {
  expect(nextLink(header)).toBe(next)
})

it.each([`<x>${'; a="'.repeat(3000)}`, `<x>${'; a ='.repeat(3000)}`, '<'.repeat(8000)])(
  'a header that is made to take long is looked through all the same',
  (header) => {
    expect(nextLink(header)).toBeUndefined()
  },
)
