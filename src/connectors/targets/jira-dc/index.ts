import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { defineTarget } from '../../kit/define.ts'
import { writableAttributes } from './accounts.ts'
import { abilities } from './capabilities.ts'
import { config, type JiraDcConfig } from './config.ts'
import { customPlace } from './custom-attributes.ts'
import { doctor } from './doctor.ts'
import { claimMark } from './groups.ts'
import { leadsNow, leadsOf } from './leads.ts'
import { operationsOf } from './operations.ts'
import { Reads } from './reads.ts'
import { Sessions } from './session.ts'

export const jiraDc = defineTarget({
  type: 'jira-dc',
  title: 'Jira Data Center',
  summary:
    'People, groups and leads of Jira Data Center or Server 8 and newer, by a personal access token or a password.',
  config,
  connect,
})

const neverOffered = lacking(abilities)

function connect(settings: JiraDcConfig, context: ConnectorContext): Target {
  const sessions = new Sessions(settings, context)
  const reads = new Reads(sessions)
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      const session = await sessions.open(signal)
      operations = operationsOf(sessions, session, reads)
      return { ...session.identity, notOffered: { ...neverOffered, ...session.identity.notOffered } }
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'username', 'email'],
    writableAttributes,
    customAttributes: customPlace,
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: (group, signal) => reads.members(group, signal),
    accountsNow: (ids, signal, also) => reads.accountsNow(ids, signal, also),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    products: (signal) => reads.products(signal),
    leadsOf: (ids, kinds, signal) => leadsOf(sessions, ids, kinds, signal),
    leadsNow: (things, signal) => leadsNow(sessions, things, signal),
    get operations() {
      return operations
    },
    fence: {
      read: (signal) => reads.fence(signal),
      claim: (mark, signal) => claimMark(sessions, reads, mark, signal),
    },
    settleMs: 30_000,
    concurrency: settings.requestsAtOnce,
    calls: () => sessions.server.calls(),
    close: async () => sessions.server.close(),
  }
}
