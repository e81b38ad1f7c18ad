import { asProvisioningError } from '../domain/errors.ts'
import type { Memory } from '../domain/memory.ts'
import type { SourceSnapshot, Unproven } from '../domain/snapshot.ts'
import type { Source } from '../ports/source.ts'

/** Asked about one by one; a list that was cut leaves out more than these cannot show. */
const mostKeys = 500
const namesShown = 3

/**
 * Asks a source that can be asked about those whom we knew and whom this read did not tell. Somebody who is there all the
 * same shows that the list was cut although it said that it was whole; then it proves nothing (P1). Nothing is asked when
 * nobody is missing.
 */
export async function lookTwice(
  source: Pick<Source, 'overlooked'>,
  name: string,
  snapshot: SourceSnapshot,
  memory: Pick<Memory, 'links' | 'groupLinks' | 'departures'>,
  signal: AbortSignal,
): Promise<SourceSnapshot> {
  if (source.overlooked === undefined) return snapshot
  const departed = new Set(memory.departures.map(({ sourceKey }) => sourceKey))
  const linked = memory.links.flatMap((link) => (link.source === name ? [link.sourceKey] : []))
  // Who is missing for the first time matters most.
  const people = missing(linked, snapshot.users).sort((a, b) => Number(departed.has(a)) - Number(departed.has(b)))
  const groups = missing(
    memory.groupLinks.flatMap((link) => (link.source === name ? [link.groupKey] : [])),
    snapshot.groups,
  )
  const doubts: Unproven[] = []
  const doubt = async (kind: 'user' | 'group', keys: readonly string[]): Promise<boolean> => {
    if (keys.length === 0) return false
    const found = await ask(source, kind, keys.slice(0, mostKeys), signal)
    if (found === undefined) return false
    doubts.push({ part: kind === 'user' ? 'users' : 'groups', ...found })
    return true
  }
  const usersDoubted = snapshot.usersComplete && (await doubt('user', people))
  const groupsDoubted = snapshot.groupsComplete && (await doubt('group', groups))
  return {
    ...snapshot,
    usersComplete: snapshot.usersComplete && !usersDoubted,
    groupsComplete: snapshot.groupsComplete && !groupsDoubted,
    unproven: [...snapshot.unproven, ...doubts],
  }
}

/** What speaks against the list; undefined = nobody of them should have been told. */
async function ask(
  source: Pick<Source, 'overlooked'>,
  kind: 'user' | 'group',
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Pick<Unproven, 'code' | 'message'> | undefined> {
  try {
    const found = (await source.overlooked?.(kind, keys, signal)) ?? []
    if (found.length === 0) return undefined
    const [people, one] = kind === 'user' ? ['people', 'person'] : ['groups', 'group']
    const names = `${found.slice(0, namesShown).join(', ')}${found.length > namesShown ? ', …' : ''}`
    const message = `The list of ${people} said that it was whole, but ${found.length} ${found.length === 1 ? one : people} it left out ${found.length === 1 ? 'is' : 'are'} there: ${names}.`
    return { code: 'incomplete-read', message }
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, message } = asProvisioningError(thrown)
    if (code === 'bug') throw thrown
    return { code, message: `Who is missing could not be looked for a second time. ${message}` }
  }
}

function missing(keys: readonly string[], told: readonly { readonly key: string }[]): string[] {
  const present = new Set(told.map(({ key }) => key))
  return [...new Set(keys)].filter((key) => !present.has(key))
}
