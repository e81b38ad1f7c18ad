import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { groupLines, plainHttp, siteBelongs } from '../../kit/atlassian-cloud/doctor.ts'
import { domains, forecast } from '../../kit/atlassian-cloud/doctor-audience.ts'
import { expiries } from '../../kit/atlassian-cloud/doctor-expiry.ts'
import { paceOf } from '../../kit/atlassian-cloud/forecast.ts'
import type { OrgAccess } from '../../kit/atlassian-cloud/organization.ts'
import { attempt, bad, listed, ok, skipped } from '../../kit/check-steps.ts'
import { capabilityTable, notPossible, type Reach } from './capabilities.ts'
import type { Reads } from './reads.ts'
import { reachOf, type Sessions, type SiteAccess } from './session.ts'

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  sessions: Sessions,
  reads: Reads,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { config, clock } = sessions
  yield* expiries(config, clock.now())
  yield* plainHttp([config.site, config.apiBase])

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
    const known = site?.cloudId
    const cloudId = async () => known ?? (await sessions.cloudId(signal))
    yield* siteBelongs(config.site, org, cloudId, signal)
    yield* domains(org, audience, signal)
  }
  yield* readable(sessions, reads, signal, audience)
  yield await capabilities(sessions, signal)
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

async function* readable(
  sessions: Sessions,
  reads: Reads,
  signal: AbortSignal,
  audience: Audience | undefined,
): AsyncGenerator<CheckStep> {
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
  yield* groupLines(groups, () => reads.groups(signal))
  const { orgApiKey, apiToken } = sessions.config
  const [key, token] = [orgApiKey !== undefined, apiToken !== undefined]
  const pace = paceOf(key, sessions.limitTold(key ? 'organization API key' : 'API token'))
  yield forecast({ accounts: users ?? 0, groups: groups ?? 0, key, token }, audience, pace)
}

/** Which groups everybody with a product is in by default, and how many seats are left. */
async function* products(site: SiteAccess, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const read = await attempt(() => site.client.applicationRoles(signal))
  if ('error' in read) {
    yield { ...bad('default-groups', read.error), status: 'warning' }
    return
  }
  const rows = read.value.map(({ key, defaultGroupsDetails, numberOfSeats, remainingSeats, hasUnlimitedSeats }) => {
    const isKnown = !hasUnlimitedSeats && typeof numberOfSeats === 'number' && typeof remainingSeats === 'number'
    const seats = isKnown && remainingSeats >= 0 ? [String(numberOfSeats), String(remainingSeats)] : undefined
    const unknown = hasUnlimitedSeats ? 'unlimited' : 'not told'
    const names = (defaultGroupsDetails ?? []).flatMap(({ name }) => (name ? [name] : []))
    return [key, ...(seats ?? [unknown, unknown]), listed(names)] as const
  })
  const said = rows.map(([key, , free, groups]) => `${key}: ${groups || 'no default group'}, ${free} seats left`)
  yield rows.length === 0
    ? ok('default-groups', 'The site tells of no product.')
    : ok('default-groups', `Default groups by product: ${said.join('; ')}.`, {
        columns: ['product', 'seats', 'free', 'default groups'],
        rows,
      })
}

/** What each credential could do, and what those of this target turned out to reach. */
async function capabilities(sessions: Sessions, signal: AbortSignal): Promise<CheckStep> {
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) return bad('capabilities', opened.error)
  const reach = reachOf(opened.value)
  const missing = notPossible(reach)
  const possible = 'Everything Muster can do here is possible.'
  const message = missing.length === 0 ? possible : `Not possible: ${missing.join(', ')}.`
  const step = ok('capabilities', message, capabilityTable(reach))
  return missing.length === 0 ? step : { ...step, remedy: remedyFor(reach) }
}

function remedyFor({ site, org, accounts }: Reach): string {
  if (!org) return 'Add an organization API key without scopes.'
  if (!accounts) return 'Use an organization API key without scopes; one with scopes does not reach user management.'
  if (site) return 'Look at the settings of the target.'
  return 'Add an API token with its e-mail address. Until then the account of the key cannot be told from others: name it in guards.neverTouch.'
}
