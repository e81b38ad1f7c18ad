import { capabilityTable as confluence } from '../../src/connectors/targets/confluence-cloud/capabilities.ts'
import { capabilityTable as jira } from '../../src/connectors/targets/jira-cloud/capabilities.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

const tables = { 'confluence-cloud': confluence, 'jira-cloud': jira }

/** What each credential alone and both can do, from what the connectors themselves go by. */
export const cloudCapabilities: readonly Generator[] = Object.entries(tables).map(([kind, capabilityTable]) => ({
  file: `docs/connectors/${kind}.md`,
  make: (present) => {
    const { columns, rows } = capabilityTable()
    return replaceSection(present, 'capabilities', table(columns, rows))
  },
}))
