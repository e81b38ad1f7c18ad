import type { FenceMark } from '../../../domain/account.ts'
import { markPrefix } from '../../kit/data-center/mark.ts'
import type { Client } from './client.ts'

/** By what one Muster knows that another writes here (D12): the description of an empty group, found by its name. */

const groupName = markPrefix.replace(/-$/, '')
const description = /Muster installation (\S+) keeps this directory since (\S+?)\.?(\s|$)/

export function isMark(name: string): boolean {
  return name.toLowerCase() === groupName
}

export async function readMark(client: Client, signal: AbortSignal): Promise<FenceMark | undefined> {
  const [, instanceId, time = ''] = description.exec((await client.group(groupName, signal))?.description ?? '') ?? []
  const since = Date.parse(time)
  return instanceId === undefined || Number.isNaN(since) ? undefined : { instanceId, since }
}

/** Replaces whatever mark there is. */
export async function claimMark(client: Client, mark: FenceMark, signal: AbortSignal): Promise<void> {
  const text = `Muster installation ${mark.instanceId} keeps this directory since ${new Date(mark.since).toISOString()}. An empty group; leave it.`
  const isThere = (await client.group(groupName, signal)) !== undefined
  const answer = isThere
    ? await client.putGroup(groupName, text, signal)
    : await client.createGroup(groupName, text, signal)
  if (answer.status < 300 || (await readMark(client, signal))?.instanceId === mark.instanceId) return
  throw client.server.refusal(answer, 'Marking the directory as kept by this Muster')
}
