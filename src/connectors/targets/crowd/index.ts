import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { carryOut } from '../../kit/data-center/attempt.ts'
import { Server } from '../../kit/data-center/server.ts'
import { defineTarget } from '../../kit/define.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { Turns } from '../../kit/waiting.ts'
import { activate, createAccount, deactivate, deleteAccount, updateAccount, writableAttributes } from './accounts.ts'
import { abilities } from './capabilities.ts'
import { Client } from './client.ts'
import { type CrowdConfig, config } from './config.ts'
import { customPlace, updateCustom } from './custom-attributes.ts'
import { doctor } from './doctor.ts'
import { addMember, createGroup, removeMember } from './groups.ts'
import { claimMark, readMark } from './mark.ts'
import { Reads } from './reads.ts'
import type { Write, Writing } from './writing.ts'

export const crowd = defineTarget({
  type: 'crowd',
  title: 'Crowd',
  summary: 'People and groups of Atlassian Crowd, as one of its applications sees them.',
  config,
  connect,
})

const neverOffered = lacking(abilities)

function connect(settings: CrowdConfig, context: ConnectorContext): Target {
  const access = { ...settings, username: settings.application }
  const server = new Server(access, context, {
    product: 'Crowd',
    credential: 'application name and password',
    rights:
      'In Crowd, open the application: add this machine under Remote addresses, and allow it to change users and groups under Directories and groups, Permissions.',
  })
  const client = new Client(server)
  const reads = new Reads(client, settings)
  const turns = new Turns()
  const writing = (signal: AbortSignal): Writing => ({
    client,
    reads,
    turns,
    // What an application may change is set per directory: as long as it may ask, a refusal concerns this object.
    carryOut: (order, attempt) =>
      carryOut(order, server, async () => (await client.probe(signal)) !== undefined, attempt),
  })
  const single = (write: Write): Operation => ({
    batchSize: 1,
    apply: (orders, applying) =>
      eachAlone(orders, settings.requestsAtOnce, (order) => write(order, applying, writing(applying.signal))),
  })
  const operations: Readonly<Partial<Record<WriteKind, Operation>>> = {
    'account.create': single(createAccount),
    'account.update': single(updateAccount),
    'account.deactivate': single(deactivate),
    'account.activate': single(activate),
    'account.delete': single(deleteAccount),
    'group.create': single(createGroup),
    'membership.add': single(addMember),
    'membership.remove': single(removeMember),
    'custom.update': single(updateCustom),
  }
  const { host, pathname } = new URL(settings.baseUrl)
  return {
    identify: async (signal) => {
      await client.probe(signal)
      return {
        directoryKey: `crowd:${host}${pathname.replace(/\/+$/, '')}/${settings.application}`,
        title: `Crowd (${host}), application ${settings.application}`,
        notOffered: neverOffered,
      }
    },
    check: (signal, audience) => doctor(client, settings, reads, signal, audience),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'username', 'email'],
    writableAttributes,
    customAttributes: customPlace,
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: (group, signal) => reads.members(group, signal),
    accountsNow: (ids, signal) => reads.accountsNow(ids, signal),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    operations,
    fence: {
      read: (signal) => readMark(client, signal),
      claim: (mark, signal) => claimMark(client, mark, signal),
    },
    settleMs: 30_000,
    concurrency: settings.requestsAtOnce,
    calls: () => server.calls(),
    close: async () => server.close(),
  }
}
