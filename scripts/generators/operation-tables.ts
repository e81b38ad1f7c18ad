import { type Abilities, abilityMatrix, abilityTable } from '../../src/connectors/kit/abilities.ts'
import { abilities as atlassianScim } from '../../src/connectors/targets/atlassian-scim/capabilities.ts'
import { abilities as bitbucketCloud } from '../../src/connectors/targets/bitbucket-cloud/capabilities.ts'
import { abilities as bitbucketDc } from '../../src/connectors/targets/bitbucket-dc/capabilities.ts'
import { abilities as confluenceCloud } from '../../src/connectors/targets/confluence-cloud/capabilities.ts'
import { abilities as confluenceDc } from '../../src/connectors/targets/confluence-dc/capabilities.ts'
import { abilities as crowd } from '../../src/connectors/targets/crowd/capabilities.ts'
import { abilities as jiraCloud } from '../../src/connectors/targets/jira-cloud/capabilities.ts'
import { abilities as jiraDc } from '../../src/connectors/targets/jira-dc/capabilities.ts'
import { abilities as local } from '../../src/connectors/targets/local/capabilities.ts'
import { abilities as scim } from '../../src/connectors/targets/scim/capabilities.ts'
import type { Generator } from './generator.ts'
import { replaceSection, table } from './markdown.ts'

/** Those whose page has a table of its own by credential are in the common one alone. */
const byCredential: Readonly<Record<string, Abilities>> = {
  'confluence-cloud': confluenceCloud,
  'jira-cloud': jiraCloud,
}

const products: Readonly<Record<string, Abilities>> = {
  'atlassian-scim': atlassianScim,
  'bitbucket-cloud': bitbucketCloud,
  'bitbucket-dc': bitbucketDc,
  'confluence-dc': confluenceDc,
  crowd,
  'jira-dc': jiraDc,
  local,
  scim,
}

/** What each product carries out and with how many calls, from what its connector itself goes by. */
export const operationTables: readonly Generator[] = Object.entries(products).map(([kind, abilities]) => ({
  file: `docs/connectors/${kind}.md`,
  make: (present) => {
    const { columns, rows } = abilityTable(abilities)
    return replaceSection(present, 'operations', table(columns, rows))
  },
}))

/** All targets side by side: the calls of each operation, and why there are none. */
export const operationMatrix: Generator = {
  file: 'docs/connectors/README.md',
  make: (present) => {
    const { columns, rows, whyNot } = abilityMatrix(sorted({ ...products, ...byCredential }))
    const reasons = [...Map.groupBy(whyNot, ([target, , why]) => `${target}\n${why}`).values()].map((same) => {
      const [target = '', , why = ''] = same[0] ?? []
      return [`\`${target}\``, same.map(([, operation]) => operation).join(', '), why]
    })
    return replaceSection(
      present,
      'operations of the targets',
      `${table(columns, rows)}\n\nWhere there is no call for it, and why:\n\n${table(['target', 'operation', 'why not'], reasons)}`,
    )
  },
}

function sorted<Value>(all: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}
