import { describe, it } from 'vitest'
import { type CloudFacts, cloudHarness, cloudJourney, variantRows } from '../../../../test/doubles/cloud-harness.ts'
import { type Credentials, startTwin } from '../../../../test/doubles/jira-cloud-twin.ts'
import { targetConformance } from '../../kit/target-conformance.ts'

const jira: CloudFacts = {
  lists: {
    users: 'jira.users.search,org.users.search',
    groups: 'jira.group.bulk,org.groups.search',
    members: 'jira.group.members,org.users.search',
  },
  app: 'jira-software',
  licensed: 'jira-software-users-acme',
  product: ({ cloudId }) => `jira-software@${cloudId}`,
}

const factsOf = (credentials: Credentials): CloudFacts => ({
  ...jira,
  withOthers: credentials.startsWith('token') && credentials.endsWith('alone'),
  isNobody: credentials === 'key alone',
})

for (const credentials of ['token and key', 'key alone', 'token alone', 'token with scopes alone'] as const) {
  targetConformance(`jira-cloud with ${credentials}`, async () =>
    cloudHarness(await startTwin(credentials), factsOf(credentials)),
  )
}

describe('whatever the documents leave open', () => {
  const rows = variantRows((name) => !/^(confluence|bitbucket)/.test(name))

  it.each(rows)('reads and writes come out right with %s', async (_, variants) => {
    for (const credentials of ['token and key', 'token alone'] as const) {
      const twin = await startTwin(credentials, { variants })
      try {
        await cloudJourney(twin.sandbox, twin.open(), factsOf(credentials))
      } finally {
        await twin.stop()
      }
    }
  })
})
