import { describe, expect, it } from 'vitest'
import { personOf } from './person-of.ts'
import { workSearch } from './search.ts'

describe('the address of the work lists', () => {
  it('keeps list, connection and question, and drops what is none', () => {
    const given = { tab: 'orphaned', connection: 'staff', reason: 'rehire', text: 'ann' }
    expect(workSearch(given)).toEqual(given)
    for (const none of [{}, { tab: 'all', connection: '', reason: 'guard:creates' }, { connection: 1, reason: null }])
      expect(workSearch(none)).toEqual({})
  })
})

describe('the person of a work item', () => {
  it('is the key behind the source, whatever the key is made of', () => {
    expect(personOf({ subject: 'person:hr:uid=ann,ou=a:b' })).toBe('uid=ann,ou=a:b')
    expect(personOf({ subject: 'group:hr:developers' })).toBeUndefined()
  })
})
