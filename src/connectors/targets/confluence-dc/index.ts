import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { carryOut } from '../../kit/data-center/attempt.ts'
import { defineTarget } from '../../kit/define.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { Turns } from '../../kit/waiting.ts'
import { activate, createAccount, deactivate, deleteAccount, updateAccount, writableAttributes } from './accounts.ts'
import { abilities } from './capabilities.ts'
import { type ConfluenceDcConfig, config } from './config.ts'
import { doctor } from './doctor.ts'
import { addMember, claimMark, createGroup, removeMember } from './groups.ts'
import { Reads } from './reads.ts'
import { type Session, Sessions } from './session.ts'
import type { Write, Writing } from './writing.ts'

export const confluenceDc = defineTarget({
  type: 'confluence-dc',
  title: 'Confluence Data Center',
  summary: 'People and groups of Confluence Data Center, by a personal access token or a password.',
  config,
  connect,
})

const neverOffered = lacking(abilities)

function connect(settings: ConfluenceDcConfig, context: ConnectorContext): Target {
  const sessions = new Sessions(settings, context)
  const reads = new Reads(sessions)
  const { server } = sessions.client
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      const session = await sessions.open(signal)
      operations = operationsOf(sessions, session, reads)
      const path = new URL(settings.baseUrl).pathname.replace(/\/+$/, '')
      return {
        directoryKey: `confluence:${sessions.host}${path}`,
        title: `Confluence (${sessions.host})`,
        ownAccountId: session.ownKey,
        notOffered: { ...neverOffered, ...session.notOffered },
      }
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'username'],
    writableAttributes,
    groupNameLimit: 255,
    users: (signal) => reads.users(signal),
    groups: (signal) => reads.groups(signal),
    members: (group, signal) => reads.members(group, signal),
    accountsNow: (ids, signal) => reads.accountsNow(ids, signal),
    accountsByEmail: (emails, signal) => reads.accountsByEmail(emails, signal),
    groupsByName: (names, signal) => reads.groupsByName(names, signal),
    products: (signal) => reads.products(signal),
    get operations() {
      return operations
    },
    fence: {
      read: (signal) => reads.fence(signal),
      claim: (mark, signal) => claimMark(sessions, reads, mark, signal),
    },
    settleMs: 60_000,
    concurrency: settings.requestsAtOnce,
    calls: () => server.calls(),
    close: async () => server.close(),
  }
}

function operationsOf(
  sessions: Sessions,
  session: Session,
  reads: Reads,
): Readonly<Partial<Record<WriteKind, Operation>>> {
  const { client, config: settings } = sessions
  const turns = new Turns()
  const writing = (signal: AbortSignal): Writing => ({
    sessions,
    session,
    reads,
    turns,
    // Whoever may read the global permissions still administers: then a refusal concerns this object.
    carryOut: (order, attempt) =>
      carryOut(order, client.server, async () => (await client.permissions(signal)) !== undefined, attempt),
  })
  const single = (write: Write): Operation => ({
    batchSize: 1,
    apply: (orders, context) =>
      eachAlone(orders, settings.requestsAtOnce, (order) => write(order, context, writing(context.signal))),
  })
  const all: Readonly<Partial<Record<WriteKind, Operation>>> = {
    'account.create': { ...single(createAccount), mails: 'asked' },
    'account.update': single(updateAccount),
    'account.deactivate': single(deactivate),
    'account.activate': single(activate),
    'account.delete': single(deleteAccount),
    'group.create': single(createGroup),
    'membership.add': single(addMember),
    'membership.remove': single(removeMember),
  }
  return Object.fromEntries(Object.entries(all).filter(([kind]) => session.notOffered[kind as WriteKind] === undefined))
}
