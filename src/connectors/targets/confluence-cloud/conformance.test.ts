import { describe, it } from 'vitest'
import { cloudHarness, cloudJourney, variantRows } from '../../../../test/doubles/cloud-harness.ts'
import { confluenceFacts, startConfluence } from '../../../../test/doubles/confluence-cloud-twin.ts'
import { targetConformance } from '../../kit/target-conformance.ts'

targetConformance('confluence-cloud', async () => cloudHarness(await startConfluence(), confluenceFacts))

describe('whatever the documents leave open', () => {
  // Those of the organization are tried one by one with jira-cloud, which shares what meets them.
  const rows = variantRows(
    (name) => !name.startsWith('bitbucket'),
    (name) => name.startsWith('confluence'),
  )

  it.each(rows)('reads and writes come out right with %s', async (_, variants) => {
    const twin = await startConfluence('token and key', { variants })
    try {
      await cloudJourney(twin.sandbox, twin.open(), confluenceFacts)
    } finally {
      await twin.stop()
    }
  })
})
