import type { WriteKind } from '../../../domain/change.ts'
import type { Applied, ApplyContext, Operation, Order } from '../../../ports/target.ts'
import { forEachOf } from '../waiting.ts'
import { activate, createAccount, deactivate, deleteAccount, updateAccount } from './accounts.ts'
import { createGroup } from './groups.ts'
import { writeMemberships } from './memberships.ts'
import { failedOrThrown, type Writing } from './writing.ts'

/** Every write a SCIM server has; what a target does not want is left out by it. */
export function scimOperations(writing: Writing): Readonly<Partial<Record<WriteKind, Operation>>> {
  const { membersPerRequest } = writing.directory.dialect
  const single = (write: (order: Order, context: ApplyContext, writing: Writing) => Promise<Applied>): Operation => ({
    batchSize: 1,
    apply: (orders, context) =>
      forEachOf(orders, writing.directory.server.settings.requestsAtOnce, (order) =>
        write(order, context, writing).catch((thrown: unknown) => failedOrThrown(order, thrown)),
      ),
  })
  return {
    'account.create': single(createAccount),
    'account.update': single(updateAccount),
    'account.deactivate': single(deactivate),
    'account.activate': single(activate),
    'account.delete': single(deleteAccount),
    'group.create': single(createGroup),
    'membership.add': {
      batchSize: membersPerRequest,
      apply: (orders, context) => writeMemberships(orders, context, writing, 'add'),
    },
    'membership.remove': {
      batchSize: membersPerRequest,
      apply: (orders, context) => writeMemberships(orders, context, writing, 'remove'),
    },
  }
}
