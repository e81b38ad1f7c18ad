import type { TargetGroup } from '../../../domain/account.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import { attempt, bad, listed, ok } from '../check-steps.ts'

/** Lines of the doctor that are the same for every product of Atlassian Cloud. */

/** How many groups there are, which are not ours to change, and which are protected. */
export async function* groupLines(
  counted: number | undefined,
  all: () => AsyncIterable<Page<TargetGroup>>,
): AsyncGenerator<CheckStep> {
  const read = await attempt(async () => {
    const groups: TargetGroup[] = []
    for await (const { items } of all()) groups.push(...items)
    return groups
  })
  if ('error' in read) {
    yield bad('read-groups', read.error)
    return
  }
  const groups = read.value
  const readOnly = groups.filter(({ readOnlyBecause }) => readOnlyBecause !== undefined).length
  const names = new Set(builtInProtectedGroups.map(foldCase))
  const protectedNames = groups.filter(({ name, grantsAdmin }) => grantsAdmin || names.has(foldCase(name)))
  const readOnlyWords = readOnly === 0 ? '' : `, ${readOnly} of them kept by an identity provider or not ours to change`
  yield ok('read-groups', `${counted ?? groups.length} groups${readOnlyWords}.`)
  yield ok(
    'protected-groups',
    protectedNames.length === 0
      ? 'No group that administers was found.'
      : `Nobody is ever taken out of ${listed(protectedNames.map(({ name }) => name))}.`,
  )
}

/** A warning for every address that is neither encrypted nor on this machine. */
export function* plainHttp(addresses: readonly string[]): Generator<CheckStep> {
  for (const address of new Set(addresses)) {
    const { protocol, hostname, host } = new URL(address)
    if (protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) continue
    yield {
      name: 'encryption',
      status: 'warning',
      message: `Credentials travel unencrypted to ${host}.`,
      remedy: 'Use https:// for every address that is not on this machine.',
    }
  }
}
