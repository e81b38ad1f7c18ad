import { it } from 'vitest'
import { customWrite, expectFaultTable, productWrites } from '../../../../test/doubles/fault-table.ts'

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/crowd.md',
  { timeout: 300_000 },
  () => expectFaultTable('crowd', { ...productWrites, ...customWrite }),
)
