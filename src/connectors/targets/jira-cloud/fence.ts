import type { FenceMark } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { claimOrgFence, fenceIn, fenceText, orgFence } from '../../kit/atlassian-cloud/fence.ts'
import type { Session, Sessions } from './session.ts'

/**
 * By what one Muster knows that another writes here (D12): with an organization key a group of its directory; with a token
 * alone a property of the token's own account, which only a Muster with a token of the same account can see.
 */
const fenceProperty = 'muster-writes-here'

export async function readFence(session: Session, signal: AbortSignal): Promise<FenceMark | undefined> {
  const { org, properties, identity } = session
  if (org !== undefined) return orgFence(org, signal)
  const { ownAccountId } = identity
  if (properties === undefined || ownAccountId === undefined) return undefined
  const value = await properties.get(ownAccountId, fenceProperty, signal)
  return fenceIn(typeof value === 'object' && value !== null ? String((value as { text?: unknown }).text) : undefined)
}

/** Replaces whatever mark there is. */
export async function claimFence(
  { clock }: Pick<Sessions, 'clock'>,
  session: Session,
  mark: FenceMark,
  signal: AbortSignal,
): Promise<void> {
  const { org, properties, identity } = session
  if (org !== undefined) return claimOrgFence(org, clock, mark, signal)
  if (properties === undefined || identity.ownAccountId === undefined) throw fail.bug('No place for a mark.')
  const answer = await properties.put(identity.ownAccountId, fenceProperty, { text: fenceText(mark) }, signal)
  if (answer.status >= 300) throw properties.api.refusal(answer, 'Marking the site as kept by this Muster')
}
