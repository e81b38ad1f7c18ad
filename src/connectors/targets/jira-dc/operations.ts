import type { WriteKind } from '../../../domain/change.ts'
import type { Operation } from '../../../ports/target.ts'
import { carryOut } from '../../kit/data-center/attempt.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { Turns } from '../../kit/waiting.ts'
import { activate, createAccount, deactivate, deleteAccount, updateAccount } from './accounts.ts'
import { updateCustom } from './custom-attributes.ts'
import { addMember, createGroup, removeMember } from './groups.ts'
import { handOver } from './leads.ts'
import type { Reads } from './reads.ts'
import type { Session, Sessions } from './session.ts'
import type { Write, Writing } from './writing.ts'

/** Every write that this version of Jira has. */
export function operationsOf(
  sessions: Sessions,
  session: Session,
  reads: Reads,
): Readonly<Partial<Record<WriteKind, Operation>>> {
  const { server, client, config } = sessions
  const writing = (signal: AbortSignal): Writing => ({
    sessions,
    session,
    reads,
    turns,
    carryOut: (order, attempt) =>
      carryOut(order, server, async () => (await client.may(['ADMINISTER'], signal)).has('ADMINISTER'), attempt),
  })
  const turns = new Turns()
  const single = (write: Write): Operation => ({
    batchSize: 1,
    apply: (orders, context) =>
      eachAlone(orders, config.requestsAtOnce, (order) => write(order, context, writing(context.signal))),
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
    'custom.update': single(updateCustom),
    'lead.handover': single(handOver),
  }
  const { notOffered } = session.identity
  return Object.fromEntries(Object.entries(all).filter(([kind]) => notOffered[kind as WriteKind] === undefined))
}
