import { describe, expect, it } from 'vitest'
import { connectionSchema } from '../../domain/connection.ts'
import { documentOf, emptyDraft } from './draft.ts'

const chosen = { ...emptyDraft, key: 'staff', source: 'hr', target: 'acme' }

describe('the draft of a connection', () => {
  it('is, untouched, what the defaults of the engine say', () => {
    const parsed = connectionSchema.parse(documentOf(chosen))
    expect(parsed).toEqual(connectionSchema.parse({ source: 'hr', target: 'acme', groups: { byName: {} } }))
  })

  it('says every choice in the words of the configuration', () => {
    const document = documentOf({
      ...chosen,
      regexFind: '^eu-(.*)$',
      regexReplace: '$1',
      lower: true,
      table: [
        { from: ' Devs ', to: 'developers' },
        { from: '', to: '' },
      ],
      protectedGroups: 'board\n\n',
      neverTouch: 'root@acme.example',
      deactivations: '10',
      every: '6h',
    })
    expect(connectionSchema.parse(document)).toMatchObject({
      groups: {
        byName: { transform: [{ regex: { pattern: '^eu-(.*)$', replace: '$1' } }, { lower: true }] },
        byTable: [{ from: 'Devs', to: 'developers' }],
        protected: ['board'],
      },
      guards: { deactivations: { floor: 5, percent: 2, cap: 10 }, neverTouch: ['root@acme.example'] },
      schedule: { every: 21_600_000 },
    })
  })
})
