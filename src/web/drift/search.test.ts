import { describe, expect, it } from 'vitest'
import { driftSearch } from './search.ts'

describe('the address of a look at drift', () => {
  it('keeps kind and text, and drops what is no filter', () => {
    const given = { kind: 'group-gone', text: 'dev', decided: 'no' }
    expect(driftSearch(given)).toEqual(given)
    expect(driftSearch({ kind: 'toString', text: '', decided: 'perhaps' })).toEqual({})
    expect(driftSearch({ text: 'x'.repeat(500) }).text).toHaveLength(200)
  })
})
