import type { TargetGroup } from '../../../domain/account.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { CheckStep, Page } from '../../../ports/readable.ts'
import { attempt, bad, listed, ok } from '../check-steps.ts'
import type { OrgAccess } from './organization.ts'

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

/** A token of one company beside the key of another would protect the wrong account and the wrong groups. */
export async function* siteBelongs(
  address: string,
  { finder, organization }: OrgAccess,
  askCloudId: () => Promise<string>,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'site-in-organization'
  const products = await attempt(() => finder.workspaces(organization.id, signal))
  if ('error' in products) {
    yield { ...bad(name, products.error), status: 'warning' }
    return
  }
  const host = new URL(address).host
  const cloudId = await attempt(askCloudId).then((got) => ('value' in got ? got.value : undefined))
  const mine = products.value.some(
    ({ id, hostUrl }) =>
      (cloudId !== undefined && id.endsWith(`site/${cloudId}`)) || (hostUrl && URL.parse(hostUrl)?.host === host),
  )
  if (mine) yield ok(name, `${host} belongs to this organization.`)
  else {
    yield {
      name,
      status: products.value.length === 0 ? 'warning' : 'failed',
      code: 'config-invalid',
      message: `${host} is not among the products of ${organization.name}.`,
      remedy: 'Check that site and organization API key belong together.',
    }
  }
}
