import { describe, expect, it } from 'vitest'
import { driftSearch } from './search.ts'

describe('the address of a look at drift', () => {
  it('keeps kind and text, and drops what is no filter', () => {
    expect(driftSearch({ kind: 'group-gone', text: 'dev' })).toEqual({ kind: 'group-gone', text: 'dev' })
    expect(driftSearch({ kind: 'toString', text: '' })).toEqual({})
    expect(driftSearch({ text: 'x'.repeat(500) }).text).toHaveLength(200)
  })
})
