import type { WritableAttribute } from '../../../domain/account.ts'
import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { MembershipsComeWith } from '../../../ports/readable.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { customPlaceIn } from '../../kit/atlassian-cloud/custom-attributes.ts'
import { concurrency, settlingMs } from '../../kit/atlassian-cloud/limits.ts'
import { profileAttributes } from '../../kit/atlassian-cloud/profile.ts'
import { defineTarget } from '../../kit/define.ts'
import { config, type JiraCloudConfig } from './config.ts'
import { doctor } from './doctor.ts'
import { claimFence } from './fence.ts'
import { leadsNow, leadsOf } from './leads.ts'
import { Operations } from './operations.ts'
import { Reads } from './reads.ts'
import { Sessions, siteOnly, withoutKey } from './session.ts'

export const jiraCloud = defineTarget({
  type: 'jira-cloud',
  title: 'Jira Cloud',
  summary: 'People and groups of an Atlassian Cloud site, through its API token, its organization API key, or both.',
  config,
  connect,
})

const addressWhenCreated: WritableAttribute = {
  name: 'email',
  required: true,
  when: 'create',
  seen: 'Address of the Atlassian account, and where an invitation goes.',
}
const address: WritableAttribute = {
  ...addressWhenCreated,
  when: 'always',
  seen: 'Address of the Atlassian account. Changing it (managed accounts, verified domains) signs the person out everywhere.',
}

function connect(settings: JiraCloudConfig, context: ConnectorContext): Target {
  const sessions = new Sessions(settings, context)
  const reads = new Reads(sessions)
  const writes = new Operations(sessions, reads)
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      const session = await sessions.open(signal)
      operations = writes.offered(session)
      return session.identity
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    get membershipsComeWith(): MembershipsComeWith {
      return settings.orgApiKey === undefined ? 'calls' : 'users'
    },
    lacks: {
      ...(settings.orgApiKey === undefined ? withoutKey : {}),
      ...(settings.apiToken === undefined ? siteOnly : {}),
    },
    defaultMatch: ['link', 'id', 'email'],
    looksUp: ['id', 'email'],
    writableAttributes: [
      settings.orgApiKey === undefined ? addressWhenCreated : address,
      ...(settings.orgApiKey === undefined ? [] : profileAttributes),
    ],
    ...(settings.apiToken === undefined ? {} : { customAttributes: customPlaceIn('Jira') }),
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: (group, signal) => reads.members(group, signal),
    accountsNow: (ids, signal, also) => reads.accountsNow(ids, signal, also),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    notCreatable: (emails, signal) => reads.notCreatable(emails, signal),
    products: async (signal) => (await reads.products(signal)).products,
    leadsOf: async (ids, kinds, signal) => leadsOf(await sessions.open(signal), ids, kinds, signal),
    leadsNow: async (things, signal) => leadsNow(await sessions.open(signal), things, signal),
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    get operations() {
      return operations
    },
    fence: {
      read: async (signal) => reads.fence(signal),
      claim: async (mark, signal) => {
        await claimFence(sessions, await sessions.open(signal), mark, signal)
        reads.forgetFence()
      },
    },
    settleMs: settlingMs,
    concurrency,
    calls: () => sessions.calls(),
    close: async () => sessions.close(),
  }
}
