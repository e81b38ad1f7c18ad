import { it } from 'vitest'
import { expectFaultTable, productWrites } from '../../../../test/doubles/fault-table.ts'

// Nothing switches anybody off there.
const { deactivate: _, reactivate: __, ...writes } = productWrites

it(
  'nothing is lost and nothing taken away, whatever goes wrong: the table in docs/connectors/bitbucket-dc.md',
  { timeout: 300_000 },
  () => expectFaultTable('bitbucket-dc', writes),
)
