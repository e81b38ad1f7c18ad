import type { WriteKind } from '../../../domain/change.ts'
import type { Operation } from '../../../ports/target.ts'
import { grantAccess, revokeAccess } from '../../kit/atlassian-cloud/access-writes.ts'
import { restore, suspend } from '../../kit/atlassian-cloud/account-state.ts'
import { createGroup } from '../../kit/atlassian-cloud/group-creation.ts'
import { createByInvitation } from '../../kit/atlassian-cloud/invitation.ts'
import { deleteAccount, disable, enable } from '../../kit/atlassian-cloud/lifecycle.ts'
import { concurrency } from '../../kit/atlassian-cloud/limits.ts'
import { addMember, removeMember } from '../../kit/atlassian-cloud/memberships.ts'
import { updateAccount } from '../../kit/atlassian-cloud/profile.ts'
import { type Write, WriteMemory, type Writing } from '../../kit/atlassian-cloud/writing.ts'
import { eachAlone } from '../../kit/verdicts.ts'
import { isOffered } from './capabilities.ts'
import { updateCustom } from './custom-attributes.ts'
import { handOver } from './leads.ts'
import type { Reads } from './reads.ts'
import { reachOf, type Session, type Sessions } from './session.ts'
import { createBySite } from './site-creation.ts'

/** Every write, as far as the credentials reach. */
export class Operations {
  readonly #sessions: Sessions
  readonly #reads: Reads
  readonly #memory: WriteMemory

  constructor(sessions: Sessions, reads: Reads) {
    this.#sessions = sessions
    this.#reads = reads
    this.#memory = new WriteMemory(sessions.clock)
  }

  /** The kinds these credentials can carry out. */
  offered(session: Session): Readonly<Partial<Record<WriteKind, Operation>>> {
    const { clock, instanceId } = this.#sessions
    const writing: Writing<Session> = { session, reads: this.#reads, clock, instanceId, memory: this.#memory }
    const single = (write: Write<Session>): Operation => ({
      batchSize: 1,
      apply: (orders, context) => eachAlone(orders, concurrency, (order) => write(order, context, writing)),
    })
    const { org, accounts } = session
    const all: Readonly<Record<WriteKind, Operation>> = {
      'account.create':
        org === undefined
          ? { ...single(createBySite), mails: 'always' }
          : {
              batchSize: 25,
              carries: { groups: 50, access: 20 },
              ...(accounts === undefined ? {} : { finishes: true }),
              mails: 'asked',
              apply: (orders, context) => createByInvitation(orders, context, org, writing),
            },
      'account.update': single(updateAccount),
      'account.deactivate': single(suspend),
      'account.activate': single(restore),
      'account.disable': single(disable),
      'account.enable': single(enable),
      'account.delete': single(deleteAccount),
      'group.create': single(createGroup),
      'membership.add': single(addMember),
      'membership.remove': single(removeMember),
      'access.grant': single(grantAccess),
      'access.revoke': single(revokeAccess),
      'custom.update': single(updateCustom),
      'lead.handover': single(handOver),
    }
    const reach = reachOf(session)
    return Object.fromEntries(Object.entries(all).filter(([kind]) => isOffered(kind as WriteKind, reach)))
  }
}
