import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { groupLines, plainHttp, siteBelongs } from '../../kit/atlassian-cloud/doctor.ts'
import { domains, forecast } from '../../kit/atlassian-cloud/doctor-audience.ts'
import { expiries } from '../../kit/atlassian-cloud/doctor-expiry.ts'
import { paceOf } from '../../kit/atlassian-cloud/forecast.ts'
import type { OrgAccess } from '../../kit/atlassian-cloud/organization.ts'
import type { OrganizationLooks } from '../../kit/atlassian-cloud/organization-looks.ts'
import { siteResource } from '../../kit/atlassian-cloud/site-resources.ts'
import type { SignedIn } from '../../kit/atlassian-cloud/site-sign-in.ts'
import { attempt, bad, listed, ok } from '../../kit/check-steps.ts'
import { callsBeside, capabilityTable, notPossible } from './capabilities.ts'
import { reachOf, type Session, type Sessions, scopesNeeded } from './session.ts'
import type { ConfluenceClient } from './site-client.ts'

type Looks = OrganizationLooks<Session>

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  sessions: Sessions,
  reads: Looks,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { config, clock } = sessions
  yield* expiries(config, clock.now())
  yield* plainHttp([config.site, config.apiBase])
  const signedIn = yield* signIn(sessions, signal)
  if (signedIn === 'refused') return
  const found = await attempt(() => sessions.findOrganization(signal))
  if ('error' in found) {
    yield bad('organization', found.error)
    return
  }
  const org = found.value
  yield ok('organization', `Organization ${org.organization.name} (${org.organization.id}).`)
  yield ok('directory', `Directory ${org.directory.name} (${org.directory.id}).`)
  const cloudId = async () => signedIn?.cloudId ?? (await sessions.cloudId(signal))
  yield* siteBelongs(config.site, org, cloudId, signal)
  yield* besides(org, cloudId, signal)
  yield* domains(org, audience, signal)
  yield* readable(sessions, reads, signal, audience)
  yield* access(reads, signal)
  if (signedIn !== undefined) yield* customAttributes(sessions, signedIn, signal)
  yield await capabilities(sessions, signal)
}

/** Returns who the token is, and `refused` where it is no good. */
async function* signIn(
  sessions: Sessions,
  signal: AbortSignal,
): AsyncGenerator<CheckStep, 'refused' | SignedIn<ConfluenceClient> | undefined> {
  if (sessions.config.apiToken === undefined) {
    yield {
      name: 'sign-in',
      status: 'warning',
      message:
        'No API token is set: custom attributes cannot be written, and the account of the key cannot be told from others.',
      remedy: 'Add an API token with its e-mail address; until then name the account of the key in guards.neverTouch.',
    }
    return undefined
  }
  const signedIn = await attempt(() => sessions.signIn(signal))
  if ('error' in signedIn) {
    yield bad('sign-in', signedIn.error)
    return 'refused'
  }
  const { displayName, token } = signedIn.value
  const way =
    token === 'with scopes' ? 'through the API gateway (a token with scopes)' : 'at the site (a token without scopes)'
  yield ok('sign-in', `Signed in as ${displayName} ${way}.`)
  return signedIn.value
}

/** People and groups of a site belong to all its products: two targets for them would be one too many. */
async function* besides(
  { finder, organization }: OrgAccess,
  askCloudId: () => Promise<string>,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const asked = await attempt(async () => {
    const cloudId = await askCloudId()
    const products = await finder.workspaces(organization.id, signal)
    return products.flatMap(({ id }) => {
      const resource = siteResource(id)
      return resource?.cloudId === cloudId ? [resource.owner] : []
    })
  })
  const name = 'products'
  if ('error' in asked) {
    yield { ...bad(name, asked.error), status: 'warning' }
    return
  }
  const owners = [...new Set(asked.value)]
  if (!owners.includes('confluence')) {
    yield {
      name,
      status: 'warning',
      message: 'The organization does not list Confluence at this site, so nobody can be given a role in it.',
      remedy: 'Check the address of the site, and that the key may list the products of the organization.',
    }
  } else if (owners.some((owner) => owner.startsWith('jira'))) {
    yield {
      name,
      status: 'warning',
      message: 'Jira stands beside Confluence at this site; both have the same people and groups.',
      remedy: 'Write to them by one target of type jira-cloud, which hands over leads as well.',
    }
  } else yield ok(name, `At this site: ${listed(owners)}.`)
}

async function* readable(
  sessions: Sessions,
  reads: Looks,
  signal: AbortSignal,
  audience: Audience | undefined,
): AsyncGenerator<CheckStep> {
  const counted = await attempt(async () => {
    const { org } = await sessions.open(signal)
    return { users: await org.usersCount(signal), groups: await org.groupsCount(signal) }
  })
  if ('error' in counted) {
    yield bad('read-users', counted.error)
    return
  }
  const { users, groups } = counted.value
  yield ok('read-users', users === undefined ? 'Accounts can be read.' : `${users} accounts.`)
  yield* groupLines(groups, () => reads.groups(signal))
  const pace = paceOf(true, sessions.limitTold('organization API key'))
  const token = sessions.config.apiToken !== undefined
  yield forecast({ accounts: users ?? 0, groups: groups ?? 0, key: true, token, beside: callsBeside }, audience, pace)
}

/** Which groups let people into Confluence. */
async function* access(reads: Looks, signal: AbortSignal): AsyncGenerator<CheckStep> {
  const asked = await attempt(() => reads.facts(signal))
  if ('error' in asked) {
    yield { ...bad('default-groups', asked.error), status: 'warning' }
    return
  }
  const [product] = asked.value.products.products
  if (product === undefined) return
  const count = product.defaultGroupIds.length
  yield ok(
    'default-groups',
    count === 0
      ? 'No group lets people into Confluence; roles have to be given to people, or to a group.'
      : `${count} group${count === 1 ? ' lets' : 's let'} people into Confluence.`,
  )
}

/** Whether the token may write them. A scope it lacks shows only when something is written, and the doctor writes nothing. */
async function* customAttributes(
  sessions: Sessions,
  { token }: SignedIn<ConfluenceClient>,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const name = 'custom-attributes'
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) return
  const { whyNoCustom } = opened.value
  if (whyNoCustom !== undefined) {
    yield {
      name,
      status: 'warning',
      code: 'forbidden',
      message: `Custom attributes cannot be written: ${whyNoCustom}`,
      remedy: `Use the token of an account that administers the site and may use Confluence; one with scopes needs ${scopesNeeded}.`,
    }
  } else if (token === 'with scopes') {
    yield {
      ...ok(
        name,
        'The user properties of others can be read; whether the token may write them shows with the first write.',
      ),
      remedy: 'Make sure that the token has the scope write:user.property:confluence.',
    }
  } else yield ok(name, 'The user properties of others can be read, and so written: custom attributes are possible.')
}

/** What the credentials could do, and what those of this target turned out to reach. */
async function capabilities(sessions: Sessions, signal: AbortSignal): Promise<CheckStep> {
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) return bad('capabilities', opened.error)
  const reach = reachOf(opened.value)
  const missing = notPossible(reach)
  const possible = 'Everything Confluence Cloud offers is possible.'
  const message = missing.length === 0 ? possible : `Not possible: ${missing.join(', ')}.`
  const step = ok('capabilities', message, capabilityTable(reach))
  if (missing.length === 0) return step
  const aboutToken = sessions.config.apiToken === undefined ? 'Add an API token with its e-mail address.' : undefined
  const remedy = reach.accounts
    ? (aboutToken ?? 'Look at the line about custom attributes above.')
    : 'Use an organization API key without scopes; one with scopes does not reach user management.'
  return { ...step, remedy }
}
