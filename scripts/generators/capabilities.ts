import { capabilityTable } from '../../src/connectors/targets/jira-cloud/capabilities.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

/** What a token alone, a key alone and both can do, from what the connector itself goes by. */
export const cloudCapabilities: Generator = {
  file: 'docs/connectors/jira-cloud.md',
  make: (present) => {
    const { columns, rows } = capabilityTable()
    return replaceSection(present, 'capabilities', table(columns, rows))
  },
}
