import type { TargetGroup } from '../../../domain/account.ts'
import { asProvisioningError, type ProvisioningError } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { JiraCloudConfig } from './config.ts'
import type { Reads } from './reads.ts'
import type { OrgAccess, Sessions, SiteAccess } from './session.ts'

const dayMs = 86_400_000
const warnDays = 30

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(sessions: Sessions, reads: Reads, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const { config, clock } = sessions
  yield* expiries(config, clock.now())
  yield* plainHttp(config)

  let site: SiteAccess | undefined
  if (config.apiToken === undefined) {
    yield skipped('sign-in', 'No API token is set; the organization API key works alone.')
  } else {
    const signedIn = await attempt(() => sessions.signIn(signal))
    if ('error' in signedIn) {
      yield bad('sign-in', signedIn.error)
      return
    }
    site = signedIn.value
    const way =
      site.token === 'with scopes'
        ? 'through the API gateway (a token with scopes)'
        : 'at the site (a token without scopes)'
    yield ok('sign-in', `Signed in as ${site.displayName} ${way}.`)
    yield* rights(site, signal)
    yield* products(site, signal)
  }

  let org: OrgAccess | undefined
  if (config.orgApiKey === undefined) {
    yield {
      name: 'organization',
      status: 'warning',
      message:
        'No organization API key is set: people cannot be deactivated or reactivated, new accounts are always invited by mail, and hidden e-mail addresses stay hidden.',
      remedy: 'Make a key at admin.atlassian.com, Organization settings, API keys, without scopes, and enter it.',
    }
  } else {
    const found = await attempt(() => sessions.findOrganization(signal))
    if ('error' in found) {
      yield bad('organization', found.error)
      return
    }
    org = found.value
    yield ok('organization', `Organization ${org.organization.name} (${org.organization.id}).`)
    yield ok('directory', `Directory ${org.directory.name} (${org.directory.id}).`)
    yield* siteBelongs(sessions, org, site, signal)
    yield* domains(org, signal)
  }
  yield* readable(sessions, reads, signal)
  yield capabilities(site !== undefined, org !== undefined)
}

async function* rights(site: SiteAccess, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const asked = await attempt(() => site.client.may(['ADMINISTER', 'USER_PICKER'], signal))
  if ('error' in asked) {
    yield bad('rights', asked.error)
    return
  }
  const lacking = [
    ...(asked.value.has('ADMINISTER') ? [] : ['"Administer Jira"']),
    ...(asked.value.has('USER_PICKER') ? [] : ['"Browse users and groups"']),
  ]
  if (lacking.length === 0) {
    yield ok(
      'rights',
      'The account administers Jira. That it is also an organization admin shows only when something is written.',
    )
    return
  }
  yield {
    name: 'rights',
    status: asked.value.has('USER_PICKER') ? 'warning' : 'failed',
    code: 'forbidden',
    message: `The account lacks the global permission ${lacking.join(' and ')}.`,
    remedy: 'Give the account of the API token the role of an organization admin, or use the token of one.',
  }
}

/** A token of one company beside the key of another would protect the wrong account and the wrong groups. */
async function* siteBelongs(
  sessions: Sessions,
  { finder, organization }: OrgAccess,
  site: SiteAccess | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'site-in-organization'
  const products = await attempt(() => finder.workspaces(organization.id, signal))
  if ('error' in products) {
    yield { ...bad(name, products.error), status: 'warning' }
    return
  }
  const host = new URL(sessions.config.site).host
  const cloudId =
    site?.cloudId ??
    (await attempt(() => sessions.cloudId(signal)).then((got) => ('value' in got ? got.value : undefined)))
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

async function* domains({ finder, organization }: OrgAccess, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const read = await attempt(() => finder.verifiedDomains(organization.id, signal))
  if ('error' in read) {
    yield { ...bad('domains', read.error), status: 'warning' }
    return
  }
  const names = read.value
  yield names.length > 0
    ? ok('domains', `${names.length} verified domain${names.length === 1 ? '' : 's'}: ${listed(names)}.`)
    : {
        name: 'domains',
        status: 'warning',
        message:
          'The organization has no verified domain: all accounts are unmanaged and belong to the people themselves.',
        remedy: 'Verify your mail domains in Atlassian Administration, Directory, Domains, to manage their accounts.',
      }
}

async function* readable(sessions: Sessions, reads: Reads, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const counted = await attempt(async () => {
    const { org } = await sessions.open(signal)
    if (org !== undefined) return { users: await org.usersCount(signal), groups: await org.groupsCount(signal) }
    // Nothing counts the accounts of a site: one page shows that they can be read.
    for await (const _ of reads.users(signal)) break
    return { users: undefined, groups: undefined }
  })
  if ('error' in counted) {
    yield bad('read-users', counted.error)
    return
  }
  const { users, groups } = counted.value
  const readableUsers = 'Accounts can be read; how many there are shows with the first full read.'
  yield ok('read-users', users === undefined ? readableUsers : `${users} accounts.`)
  yield* groupLines(groups, reads, signal)
}

async function* groupLines(counted: number | undefined, reads: Reads, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const read = await attempt(async () => {
    const groups: TargetGroup[] = []
    for await (const { items } of reads.groups(signal)) groups.push(...items)
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

/** Which groups everybody with a product is in by default, and how many seats are left. */
async function* products(site: SiteAccess, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const read = await attempt(() => site.client.applicationRoles(signal))
  if ('error' in read) {
    yield { ...bad('default-groups', read.error), status: 'warning' }
    return
  }
  const lines = read.value.map(({ key, defaultGroupsDetails, remainingSeats, hasUnlimitedSeats }) => {
    const names = (defaultGroupsDetails ?? []).flatMap(({ name }) => (name ? [name] : []))
    const seats = hasUnlimitedSeats || remainingSeats === undefined || remainingSeats === null || remainingSeats < 0
    return `${key}: ${names.length === 0 ? 'no default group' : listed(names)}${seats ? '' : `, ${remainingSeats} seats left`}`
  })
  yield ok(
    'default-groups',
    lines.length === 0 ? 'The site tells of no product.' : `Default groups by product: ${lines.join('; ')}.`,
  )
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

function capabilities(token: boolean, key: boolean): CheckStep {
  if (key) {
    const beside = token
      ? ' The API token adds: which groups give product access, which account is our own.'
      : ' Without an API token the account of the key cannot be told from others; name it in guards.neverTouch.'
    return ok(
      'capabilities',
      `With the organization API key: create accounts quietly, deactivate, reactivate, create groups, change memberships.${beside}`,
    )
  }
  return ok(
    'capabilities',
    'With the API token alone: create groups, change memberships, create accounts with an invitation by mail (users.notify: true). Not possible: deactivate, reactivate.',
  )
}

function* expiries(config: JiraCloudConfig, now: number): Generator<CheckStep> {
  const dates = [
    ['token-expiry', 'API token', config.apiToken, config.apiTokenExpires],
    ['key-expiry', 'organization API key', config.orgApiKey, config.orgApiKeyExpires],
  ] as const
  for (const [name, what, credential, expires] of dates) {
    if (credential !== undefined) yield expiry(name, what, expires, now)
  }
}

/** A date without time ends at 00:00 UTC of the named day. */
function expiry(name: string, what: string, expires: string | undefined, now: number): CheckStep {
  const remedy = `Make a new ${what} and enter it with its new date.`
  if (expires === undefined) {
    return {
      name,
      status: 'warning',
      message: `It is not known when the ${what} expires; Atlassian lets none live longer than a year.`,
      remedy: `Enter the expiry date of the ${what} to be warned in time.`,
    }
  }
  const days = Math.floor((Date.parse(`${expires}T00:00:00Z`) - now) / dayMs)
  if (days < 0)
    return { name, status: 'failed', code: 'auth-failed', message: `The ${what} expired on ${expires}.`, remedy }
  if (days <= warnDays)
    return { name, status: 'warning', message: `The ${what} expires on ${expires}, in ${days} days.`, remedy }
  return ok(name, `The ${what} is valid until ${expires}.`)
}

function* plainHttp({ site, apiBase }: JiraCloudConfig): Generator<CheckStep> {
  for (const address of new Set([site, apiBase])) {
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

const ok = (name: string, message: string): CheckStep => ({ name, status: 'ok', message })
const skipped = (name: string, message: string): CheckStep => ({ name, status: 'skipped', message })

function bad(name: string, { code, message, hint }: ProvisioningError): CheckStep {
  return { name, status: 'failed', code, message, ...(hint === undefined ? {} : { remedy: hint }) }
}

/** Findings are values; only "cancelled" ends the doctor. */
async function attempt<Value>(
  work: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: ProvisioningError }> {
  try {
    return { value: await work() }
  } catch (thrown) {
    const error = asProvisioningError(thrown)
    if (error.code === 'cancelled' || error.code === 'bug') throw error
    return { error }
  }
}
