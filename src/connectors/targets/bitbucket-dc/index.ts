import type { WriteKind } from '../../../domain/change.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { Operation, Target } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { carryOut } from '../../kit/data-center/attempt.ts'
import { defineTarget } from '../../kit/define.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { Turns } from '../../kit/waiting.ts'
import { createAccount, deleteAccount, updateAccount, writableAttributes } from './accounts.ts'
import { abilities } from './capabilities.ts'
import { type BitbucketDcConfig, config } from './config.ts'
import { doctor } from './doctor.ts'
import { addMembers, claimMark, createGroup, removeMember } from './groups.ts'
import { Reads } from './reads.ts'
import { type Session, Sessions } from './session.ts'
import type { Write, Writing } from './writing.ts'

export const bitbucketDc = defineTarget({
  type: 'bitbucket-dc',
  title: 'Bitbucket Data Center',
  summary: 'People and groups of Bitbucket Data Center, by an HTTP access token or a password.',
  config,
  connect,
})

const neverOffered = lacking(abilities)
/** How many people one call adds to a group. */
const membersPerCall = 100

function connect(settings: BitbucketDcConfig, context: ConnectorContext): Target {
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
        directoryKey: `bitbucket:${sessions.host}${path}`,
        title: `Bitbucket (${sessions.host})`,
        notOffered: neverOffered,
      }
    },
    check: (signal, audience) => doctor(sessions, reads, signal, audience),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'username', 'email'],
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
    settleMs: 30_000,
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
    // The licence is shown to administrators only: as long as it is, a refusal concerns this object.
    carryOut: (order, attempt) =>
      carryOut(order, client.server, () => client.licence(signal).then(() => true), attempt),
  })
  const single = (write: Write): Operation => ({
    batchSize: 1,
    apply: (orders, context) =>
      eachAlone(orders, settings.requestsAtOnce, (order) => write(order, context, writing(context.signal))),
  })
  return {
    'account.create': { ...single(createAccount), mails: 'asked' },
    'account.update': single(updateAccount),
    'account.delete': single(deleteAccount),
    'group.create': single(createGroup),
    'membership.add': {
      batchSize: membersPerCall,
      apply: (orders, context) => addMembers(orders, context, writing(context.signal)),
    },
    'membership.remove': single(removeMember),
  }
}
