import { it } from 'vitest'
import { expectFaultTable, productWrites } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/confluence-dc.md',
  { timeout: 300_000 },
  () =>
    expectFaultTable('confluence-dc', {
      ...productWrites,
      // Addresses are told and changed nowhere.
      'change an account': ({ person }) => ({
        kind: 'account.update',
        accountId: person('samuel.knight'),
        after: { displayName: 'Sam Knight' },
      }),
    }),
)
