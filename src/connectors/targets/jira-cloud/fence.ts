import type { FenceMark } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { settled } from '../../kit/waiting.ts'
import type { OrgClient } from './org-client.ts'
import type { OrgGroup } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { groupIdOf } from './translate.ts'

/**
 * By what one Muster knows that another writes here (D12): with an organization key an empty group whose description names
 * the installation, since nothing else belongs to the directory itself; with a token alone a property of the token's own
 * account, which only a Muster with a token of the same account can see.
 */

/** Name of the group; never shown to the rules of a connection. */
export const fenceGroup = 'muster-writes-here'
const fenceProperty = 'muster-writes-here'
const description = /Muster installation (\S+) keeps this directory since (\S+?)\.?(\s|$)/

export function fenceText({ instanceId, since }: FenceMark): string {
  return `Muster installation ${instanceId} keeps this directory since ${new Date(since).toISOString()}. An empty group; leave it, so that no second Muster writes here.`
}

export function fenceIn(text: string | null | undefined): FenceMark | undefined {
  const [, instanceId, time = ''] = description.exec(text ?? '') ?? []
  const since = Date.parse(time)
  return instanceId === undefined || Number.isNaN(since) ? undefined : { instanceId, since }
}

export async function readFence(session: Session, signal: AbortSignal): Promise<FenceMark | undefined> {
  const { org, properties, identity } = session
  if (org !== undefined) return fenceIn((await fenceGroups(org, signal))[0]?.description)
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
  if (org === undefined) {
    if (properties === undefined || identity.ownAccountId === undefined) throw fail.bug('No place for a mark.')
    const answer = await properties.put(identity.ownAccountId, fenceProperty, { text: fenceText(mark) }, signal)
    if (answer.status >= 300) throw properties.api.refusal(answer, 'Marking the site as kept by this Muster')
    return
  }
  const act = 'Marking the directory as kept by this Muster'
  // A description cannot be changed: the old mark goes, a new one comes.
  for (const old of await fenceGroups(org, signal)) {
    const answer = await org.deleteGroup(groupIdOf(old.id), signal)
    if (answer.status >= 300 && answer.status !== 404) throw org.api.refusal(answer, act)
  }
  const answer = await org.createGroup(fenceGroup, fenceText(mark), signal)
  const isThere = async () => {
    const found = fenceIn((await fenceGroups(org, signal))[0]?.description)
    return found?.instanceId === mark.instanceId ? true : undefined
  }
  if ((await settled(clock, signal, isThere)) === true) return
  if (answer.status >= 300) throw org.api.refusal(answer, act)
  throw fail.unreachable('The mark of this Muster was written and cannot be seen yet.', { mayHaveApplied: true })
}

async function fenceGroups(org: OrgClient, signal: AbortSignal): Promise<readonly OrgGroup[]> {
  return (await org.groupsByName([fenceGroup], signal)).filter(({ name }) => name === fenceGroup)
}
