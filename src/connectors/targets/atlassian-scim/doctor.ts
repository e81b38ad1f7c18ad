import type { TargetGroup } from '../../../domain/account.ts'
import { firstValue, foldCase, foldKey } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import { counted } from '../../kit/counted.ts'
import { failedStep, okStep } from '../../kit/findings.ts'
import { discoverySteps, readSteps, settingsSteps } from '../../kit/scim/check-steps.ts'
import type { Directory } from '../../kit/scim/directory.ts'
import { pieces } from '../../kit/waiting.ts'
import type { AtlassianScimConfig } from './config.ts'
import type { OrganizationLook, SeenGroup } from './organization.ts'

/** So many groups are asked whether they give access to a product: a call each. */
const groupsAsked = 50
const namesAtMost = 10

/** Key, directory, and with an organization API key the prerequisites beyond it. Changes nothing. */
export async function* doctor(
  directory: Directory,
  settings: AtlassianScimConfig,
  look: OrganizationLook | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { server } = directory
  yield* settingsSteps(server.settings, server.clock.now())
  const isReadable = yield* readSteps(server, signal)
  if (!isReadable) return
  yield* discoverySteps(server, signal)
  const held = yield* contents(directory, signal)
  if (held === undefined) return
  if (look === undefined) {
    yield {
      name: 'organization',
      status: 'skipped',
      message:
        'Without an organization API key nobody can tell whether domains are verified, groups reach the sites, and give access to a product.',
      remedy: 'Enter an organization API key; nothing is written with it.',
    }
    return
  }
  yield* organization(look, signal)
  yield* domains(look, settings, held.domains, signal)
  yield* groups(look, held.groups, signal)
}

interface Held {
  readonly groups: readonly TargetGroup[]
  /** Mail domains of the people, with how many have one. */
  readonly domains: ReadonlyMap<string, number>
}

async function* contents(directory: Directory, signal: AbortSignal): AsyncGenerator<CheckStep, Held | undefined> {
  try {
    const domainsHeld = new Map<string, number>()
    for await (const { items } of directory.users(signal)) {
      for (const { email = '' } of items) {
        const domain = domainOf(firstValue(email) ?? '')
        domainsHeld.set(domain, (domainsHeld.get(domain) ?? 0) + 1)
      }
    }
    const groupsHeld: TargetGroup[] = []
    for await (const { items } of directory.groups(signal)) groupsHeld.push(...items)
    const protectedNames = new Set(builtInProtectedGroups.map(foldCase))
    const risky = groupsHeld.filter(({ name }) => protectedNames.has(foldCase(name)))
    if (risky.length > 0) {
      yield {
        name: 'default-groups',
        status: 'warning',
        message: `Named like groups that Atlassian products bring along: ${listed(risky)}. A group of the same name at a site keeps them from getting there.`,
        remedy: 'Give the source group another name by the rule of the connection, and give that group the access.',
      }
    }
    return { groups: groupsHeld, domains: domainsHeld }
  } catch (thrown) {
    yield failedStep('contents', thrown)
    return undefined
  }
}

async function* organization(look: OrganizationLook, signal: AbortSignal): AsyncGenerator<CheckStep> {
  try {
    const { id, name } = await look.organization(signal)
    yield okStep('organization', `Organization ${name} (${id}).`)
    const products = await look.products(signal)
    yield products > 0
      ? okStep('site', 'The organization has products on its sites.')
      : {
          name: 'site',
          status: 'warning',
          message: 'The organization has no product on any site: people would be synced to nowhere.',
          remedy: 'Link the site to the organization in Atlassian Administration.',
        }
  } catch (thrown) {
    yield failedStep('organization', thrown, 'warning')
  }
}

async function* domains(
  look: OrganizationLook,
  { mailDomains }: AtlassianScimConfig,
  held: ReadonlyMap<string, number>,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'domains'
  try {
    const verified = new Set(await look.verifiedDomains(signal))
    const wanted = [...new Set([...mailDomains.map(foldKey), ...[...held.keys()].filter((each) => each !== '')])]
    const lacking = wanted.filter((domain) => !verified.has(domain))
    if (verified.size === 0 || lacking.length > 0) {
      yield {
        name,
        status: 'failed',
        code: 'config-invalid',
        message:
          verified.size === 0
            ? 'The organization has no verified domain: Atlassian makes no account by SCIM.'
            : `Not verified: ${lacking.slice(0, namesAtMost).join(', ')}. Atlassian makes no account for such an address.`,
        remedy:
          'Verify the domain in Atlassian Administration, Directory, Domains, or leave these people out of the scope.',
      }
    } else {
      const which =
        wanted.length === 0
          ? 'name mailDomains to compare them with those of your people'
          : `all of ${wanted.slice(0, namesAtMost).join(', ')} are among them`
      yield okStep(name, `${counted(verified.size, 'verified domain')}; ${which}.`)
    }
  } catch (thrown) {
    yield failedStep(name, thrown, 'warning')
  }
}

/** Whether groups of the directory reach the organization, and what their members may use there. */
async function* groups(
  look: OrganizationLook,
  held: readonly TargetGroup[],
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  try {
    const seen = new Map<string, SeenGroup[]>()
    for (const some of pieces(held, 100)) {
      const names = some.map(({ name }) => name)
      for (const group of await look.groupsNamed(names, signal)) {
        const key = foldKey(group.name)
        seen.set(key, [...(seen.get(key) ?? []), group])
      }
    }
    const groupsOf = ({ name }: TargetGroup) => seen.get(foldKey(name)) ?? []
    const blocked = held.filter((group) => !groupsOf(group).some(({ externalSynced }) => externalSynced === true))
    if (blocked.length > 0) {
      yield {
        name: 'group-collisions',
        status: 'failed',
        code: 'conflict',
        message: `Not synced to the organization: ${listed(blocked)}. A group of that name that is not synced is in the way, or Atlassian has not finished.`,
        remedy:
          'Rename the group in Atlassian Administration or at the source; the audit log of the organization tells more.',
      }
    } else yield okStep('group-collisions', `${counted(held.length, 'group')} of the directory; each shows as synced.`)
    yield* access(look, held.flatMap(groupsOf), signal)
  } catch (thrown) {
    yield failedStep('group-collisions', thrown, 'warning')
  }
}

async function* access(
  look: OrganizationLook,
  seen: readonly SeenGroup[],
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const synced = seen.filter(({ externalSynced }) => externalSynced === true).slice(0, groupsAsked)
  if (synced.length === 0) return
  const without: SeenGroup[] = []
  for (const group of synced) if (!(await look.givesAccess(group, signal))) without.push(group)
  if (without.length < synced.length) {
    yield okStep(
      'product-access',
      `${counted(synced.length - without.length, 'synced group')} of ${synced.length} give access to a product.`,
    )
    return
  }
  yield {
    name: 'product-access',
    status: 'warning',
    message: `No synced group gives access to a product: ${listed(without)}. Their members cannot use anything yet.`,
    remedy: 'Give the groups their products once, in Atlassian Administration, Products, Groups.',
  }
}

function domainOf(address: string): string {
  return foldKey(address.slice(address.lastIndexOf('@') + 1))
}

function listed(named: readonly { readonly name: string }[]): string {
  const names = named.slice(0, namesAtMost).map(({ name }) => name)
  const more = named.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
