import { fail } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import type { Client } from './client.ts'

/**
 * Jira Data Center has no list of groups, only a search for text in their names that gives no more than the system
 * property `jira.ajax.autocomplete.limit` says and tells how many match. Where not all came, it is asked letter by letter
 * until as many different groups came as there are.
 */

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789-_. @']
/** A text of three letters that still has too many matches is given up. */
const longestText = 3

export async function allGroupNames(client: Client, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>()
  const first = await client.groupsWith('', signal)
  for (const name of first.names) names.add(name)
  if (names.size >= first.total) return [...names]
  await search('', first.total, names, client, signal)
  const last = await client.groupsWith('', signal)
  for (const name of last.names) names.add(name)
  if (names.size >= last.total) return [...names]
  throw fail.incompleteRead(`Jira counts ${last.total} groups and tells ${names.size} of them.`, {
    hint: 'Raise the system property jira.ajax.autocomplete.limit above the number of groups; nothing is removed until then.',
  })
}

async function search(
  text: string,
  total: number,
  names: Set<string>,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  for (const letter of letters) {
    if (names.size >= total) return
    const longer = text + letter
    const hits = await client.groupsWith(longer, signal)
    for (const name of hits.names) names.add(name)
    const mayHoldMore = hits.names.length < hits.total && known(longer, names) < hits.total
    if (mayHoldMore && longer.length < longestText) await search(longer, total, names, client, signal)
  }
}

/** How many of the names found so far hold this text. */
function known(text: string, names: ReadonlySet<string>): number {
  let found = 0
  for (const name of names) if (foldCase(name).includes(foldCase(text))) found += 1
  return found
}
