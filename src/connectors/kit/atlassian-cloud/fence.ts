import type { FenceMark } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import { settled } from '../waiting.ts'
import type { OrgClient } from './org-client.ts'
import type { OrgGroup } from './schemas.ts'
import { groupIdOf } from './translate.ts'

/**
 * By what one Muster knows that another writes to a directory of an organization (D12): an empty group whose description
 * names the installation, since nothing else belongs to the directory itself.
 */

/** Name of the group; never shown to the rules of a connection. */
export const fenceGroup = 'muster-writes-here'
const description = /Muster installation (\S+) keeps this directory since (\S+?)\.?(\s|$)/

export function fenceText({ instanceId, since }: FenceMark): string {
  return `Muster installation ${instanceId} keeps this directory since ${new Date(since).toISOString()}. An empty group; leave it, so that no second Muster writes here.`
}

export function fenceIn(text: string | null | undefined): FenceMark | undefined {
  const [, instanceId, time = ''] = description.exec(text ?? '') ?? []
  const since = Date.parse(time)
  return instanceId === undefined || Number.isNaN(since) ? undefined : { instanceId, since }
}

export async function orgFence(org: OrgClient, signal: AbortSignal): Promise<FenceMark | undefined> {
  return fenceIn((await fenceGroups(org, signal))[0]?.description)
}

/** Replaces whatever mark there is. */
export async function claimOrgFence(org: OrgClient, clock: Clock, mark: FenceMark, signal: AbortSignal): Promise<void> {
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
