import type { WriteKind } from '../../../domain/change.ts'
import type { Operation } from '../../../ports/target.ts'
import { updateCustom } from '../../kit/atlassian-cloud/custom-attributes.ts'
import { directoryOperations, invitation, single } from '../../kit/atlassian-cloud/operations.ts'
import { WriteMemory, type Writing } from '../../kit/atlassian-cloud/writing.ts'
import { isOffered } from './capabilities.ts'
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
    const { org } = session
    const all: Readonly<Partial<Record<WriteKind, Operation>>> = {
      ...directoryOperations(writing),
      'account.create':
        org === undefined ? { ...single(createBySite, writing), mails: 'always' } : invitation(org, writing),
      'custom.update': single(updateCustom, writing),
      'lead.handover': single(handOver, writing),
    }
    const reach = reachOf(session)
    return Object.fromEntries(Object.entries(all).filter(([kind]) => isOffered(kind as WriteKind, reach)))
  }
}
