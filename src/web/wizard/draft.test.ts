import { describe, expect, it } from 'vitest'
import { connectionSchema } from '../../domain/connection.ts'
import { withValue } from '../rules/document.ts'
import { draftIn, emptyDraft } from './draft.ts'

describe('the draft of a connection', () => {
  it('is, untouched, what the defaults of the engine say', () => {
    const chosen = { ...emptyDraft.document, source: 'hr', target: 'acme' }
    expect(connectionSchema.parse(chosen)).toEqual(
      connectionSchema.parse({ source: 'hr', target: 'acme', groups: { byName: {} } }),
    )
  })

  it('is kept with every choice, and begins anew where what was kept is none', () => {
    const draft = { key: 'staff', document: withValue(emptyDraft.document, ['guards', 'creates', 'cap'], 5) }
    expect(draftIn(JSON.parse(JSON.stringify(draft)))).toEqual(draft)
    for (const none of [null, 'text', {}, { key: 'staff' }, { key: 1, document: {} }, { key: 'a', source: 'old' }])
      expect(draftIn(none)).toEqual(emptyDraft)
  })
})
