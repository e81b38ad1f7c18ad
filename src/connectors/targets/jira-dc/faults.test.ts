import { it } from 'vitest'
import { customWrite, expectFaultTable, productWrites } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/jira-dc.md',
  { timeout: 300_000 },
  () =>
    expectFaultTable('jira-dc', {
      ...productWrites,
      ...customWrite,
      'hand over a lead': ({ person }) => ({
        kind: 'lead.handover',
        accountId: person('tomas.dvorak'),
        lead: {
          kind: 'project',
          id: 'WEB',
          name: 'Website (WEB)',
          project: 'WEB',
          to: { id: person('aoife.obrien'), label: 'Aoife' },
        },
      }),
    }),
)
