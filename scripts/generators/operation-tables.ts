import { type Abilities, abilityTable } from '../../src/connectors/kit/abilities.ts'
import { abilities as bitbucketCloud } from '../../src/connectors/targets/bitbucket-cloud/capabilities.ts'
import { abilities as bitbucketDc } from '../../src/connectors/targets/bitbucket-dc/capabilities.ts'
import { abilities as confluenceDc } from '../../src/connectors/targets/confluence-dc/capabilities.ts'
import { abilities as crowd } from '../../src/connectors/targets/crowd/capabilities.ts'
import { abilities as jiraDc } from '../../src/connectors/targets/jira-dc/capabilities.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

const products: Readonly<Record<string, Abilities>> = {
  'bitbucket-cloud': bitbucketCloud,
  'bitbucket-dc': bitbucketDc,
  'confluence-dc': confluenceDc,
  crowd,
  'jira-dc': jiraDc,
}

/** What each product carries out and with how many calls, from what its connector itself goes by. */
export const operationTables: readonly Generator[] = Object.entries(products).map(([kind, abilities]) => ({
  file: `docs/connectors/${kind}.md`,
  make: (present) => {
    const { columns, rows } = abilityTable(abilities)
    return replaceSection(present, 'operations', table(columns, rows))
  },
}))
