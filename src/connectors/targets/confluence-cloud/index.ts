import type { WritableAttribute } from '../../../domain/account.ts'
import type { WriteKind } from '../../../domain/change.ts'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { customPlaceIn } from '../../kit/atlassian-cloud/custom-attributes.ts'
import { concurrency, settlingMs } from '../../kit/atlassian-cloud/limits.ts'
import { OrganizationLooks } from '../../kit/atlassian-cloud/organization-looks.ts'
import { profileAttributes } from '../../kit/atlassian-cloud/profile.ts'
import { WriteMemory } from '../../kit/atlassian-cloud/writing.ts'
import { defineTarget } from '../../kit/define.ts'
import { needsToken, noLeads } from './capabilities.ts'
import { type ConfluenceCloudConfig, config } from './config.ts'
import { doctor } from './doctor.ts'
import { operationsOf } from './operations.ts'
import { factsOf } from './products.ts'
import { type Session, Sessions } from './session.ts'

export const confluenceCloud = defineTarget({
  type: 'confluence-cloud',
  title: 'Confluence Cloud',
  summary:
    'People and groups of an Atlassian Cloud site that has Confluence and no Jira, through its organization API key, with an API token beside it.',
  config,
  connect,
})

const address: WritableAttribute = {
  name: 'email',
  required: true,
  when: 'always',
  seen: 'Address of the Atlassian account, and where an invitation goes. Changing it (managed accounts, verified domains) signs the person out everywhere.',
}

function connect(settings: ConfluenceCloudConfig, context: ConnectorContext): Target {
  const sessions = new Sessions(settings, context)
  const reads = new OrganizationLooks<Session>(sessions, (session, signal) => factsOf(sessions, session, signal))
  const memory = new WriteMemory(sessions.clock)
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      const session = await sessions.open(signal)
      operations = operationsOf(session, sessions, reads, memory)
      return session.identity
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    membershipsComeWith: 'users',
    lacks: { ...noLeads, ...(settings.apiToken === undefined ? needsToken : {}) },
    defaultMatch: ['link', 'id', 'email'],
    looksUp: ['id', 'email'],
    writableAttributes: [address, ...profileAttributes],
    ...(settings.apiToken === undefined ? {} : { customAttributes: customPlaceIn('Confluence') }),
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: () => {
      throw fail.bug('Members are not asked one group at a time where they come with the accounts.')
    },
    accountsNow: (ids, signal, also) => reads.accountsNow(ids, signal, also),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    notCreatable: (emails, signal) => reads.notCreatable(emails, signal),
    products: async (signal) => (await reads.products(signal)).products,
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    get operations() {
      return operations
    },
    fence: {
      read: (signal) => reads.fence(signal),
      claim: (mark, signal) => reads.claimFence(mark, signal),
    },
    settleMs: settlingMs,
    concurrency,
    calls: () => sessions.calls(),
    close: async () => sessions.close(),
  }
}
