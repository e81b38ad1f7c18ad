import { expect, it } from 'vitest'
import type { AttributeValue } from './identity.ts'
import { mailAttribute, mailKey } from './local.ts'

it.each<[Record<string, AttributeValue>, 'mail' | 'email', string | undefined]>([
  [{}, 'mail', undefined],
  [{ mail: 'Ann@X.test' }, 'mail', 'ann@x.test'],
  [{ email: 'Ann@X.test' }, 'email', 'ann@x.test'],
  [{ mail: 'a@x.test', email: 'b@x.test' }, 'mail', 'a@x.test'],
  [{ mail: null, email: 'b@x.test' }, 'email', 'b@x.test'],
  [{ mail: [], email: ['b@x.test', 'c@x.test'] }, 'email', 'b@x.test'],
  [{ mail: null, email: null }, 'mail', undefined],
])('%j has its address in %s: %s', (attributes, attribute, key) => {
  expect([mailAttribute({ attributes }), mailKey({ attributes })]).toEqual([attribute, key])
})
