import type { WriteKind } from '../../../domain/change.ts'
import type { Operation } from '../../../ports/target.ts'
import { updateCustom } from '../../kit/atlassian-cloud/custom-attributes.ts'
import { directoryOperations, invitation, single } from '../../kit/atlassian-cloud/operations.ts'
import type { OrganizationLooks } from '../../kit/atlassian-cloud/organization-looks.ts'
import type { WriteMemory, Writing } from '../../kit/atlassian-cloud/writing.ts'
import { isOffered } from './capabilities.ts'
import { reachOf, type Session, type Sessions } from './session.ts'

/** Every write, as far as the credentials reach. */
export function operationsOf(
  session: Session,
  { clock, instanceId }: Sessions,
  reads: OrganizationLooks<Session>,
  memory: WriteMemory,
): Readonly<Partial<Record<WriteKind, Operation>>> {
  const writing: Writing<Session> = { session, reads, clock, instanceId, memory }
  const all = {
    ...directoryOperations(writing),
    'account.create': invitation(session.org, writing),
    'custom.update': single(updateCustom, writing),
  }
  const reach = reachOf(session)
  return Object.fromEntries(Object.entries(all).filter(([kind]) => isOffered(kind as WriteKind, reach)))
}
