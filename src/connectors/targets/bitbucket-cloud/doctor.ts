import type { Audience, CheckStep } from '../../../ports/readable.ts'
import { abilityTable, inWords } from '../../kit/abilities.ts'
import { groupLines, plainHttp } from '../../kit/atlassian-cloud/doctor.ts'
import { domains, forecast } from '../../kit/atlassian-cloud/doctor-audience.ts'
import { expiries } from '../../kit/atlassian-cloud/doctor-expiry.ts'
import { paceOf } from '../../kit/atlassian-cloud/forecast.ts'
import { attempt, bad, listed, ok } from '../../kit/check-steps.ts'
import { abilities, callsBeside } from './capabilities.ts'
import type { Reads } from './reads.ts'
import type { Membership } from './schemas.ts'
import { type BitbucketAccess, keptByBitbucket, type Sessions } from './session.ts'

/** Up to so many accounts the doctor holds the members of the workspace against the directory. */
const comparedAtMost = 2_000

/** Says line by line what works and what to do about the rest. Changes nothing; findings are lines, never thrown. */
export async function* doctor(
  sessions: Sessions,
  reads: Reads,
  signal: AbortSignal,
  audience?: Audience,
): AsyncGenerator<CheckStep> {
  const { config, clock } = sessions
  yield* expiries(config, clock.now())
  yield* plainHttp([config.apiBase, config.bitbucketApi])

  let bitbucket: BitbucketAccess | undefined
  if (config.apiToken === undefined) {
    yield {
      name: 'sign-in',
      status: 'warning',
      message:
        'No Bitbucket API token is set: which account is our own and how many seats are taken cannot be told, and who is in the workspace is not compared.',
      remedy:
        'Enter an API token with its e-mail address. Until then name the account that made the organization API key in guards.neverTouch.',
    }
  } else {
    const signedIn = await attempt(() => sessions.signIn(signal))
    if ('error' in signedIn) {
      yield bad('sign-in', signedIn.error)
      return
    }
    bitbucket = signedIn.value
    yield* signedInAs(bitbucket)
  }

  const found = await attempt(() => sessions.findOrganization(signal))
  if ('error' in found) {
    yield bad('organization', found.error)
    return
  }
  const { organization, directory } = found.value
  yield ok('organization', `Organization ${organization.name} (${organization.id}).`)
  yield ok('directory', `Directory ${directory.name} (${directory.id}).`)
  const workspace = await attempt(() => sessions.findWorkspace(found.value, bitbucket, signal))
  if ('error' in workspace) {
    yield bad('workspace', workspace.error)
    return
  }
  if (workspace.value === undefined) {
    yield {
      name: 'workspace',
      status: 'warning',
      message: 'The organization API key may not read the products of the organization: roles cannot be given.',
      remedy: 'Use an organization API key without scopes.',
    }
  } else yield ok('workspace', `The workspace ${workspace.value.name} belongs to this organization.`)
  if (bitbucket?.glance?.keepsItsPeople === true) {
    yield {
      name: 'administration',
      status: 'failed',
      code: 'config-invalid',
      message: `Nothing can be done here: ${keptByBitbucket}.`,
      remedy: 'Move the administration of the workspace to Atlassian Administration, then check again.',
    }
  }
  yield* domains(found.value, audience, signal)
  yield* readable(sessions, reads, bitbucket, signal, audience)
  yield await capabilities(sessions, signal)
}

function* signedInAs({ displayName, accountId, workspace }: BitbucketAccess): Generator<CheckStep> {
  const name = 'sign-in'
  const words = `Signed in to Bitbucket as ${displayName}, in the workspace ${workspace.slug ?? workspace.uuid}.`
  if (!workspace.administers) {
    yield {
      name,
      status: 'warning',
      message: `${words} The account does not administer the workspace.`,
      remedy: 'Use the token of an administrator of the workspace, so that everybody in it is shown.',
    }
  } else if (accountId === undefined) {
    yield {
      name,
      status: 'warning',
      message: `${words} Bitbucket does not say which Atlassian account that is.`,
      remedy: 'Name the account of the token in guards.neverTouch.',
    }
  } else yield ok(name, words)
}

async function* readable(
  sessions: Sessions,
  reads: Reads,
  bitbucket: BitbucketAccess | undefined,
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
  yield ok('read-users', users === undefined ? 'Accounts can be read.' : `${users} accounts in the directory.`)
  yield* groupLines(groups, () => reads.groups(signal))
  if (bitbucket !== undefined) yield* members(bitbucket, reads, users, signal)
  const pace = paceOf(true, sessions.limitTold('organization API key'))
  const counts = { accounts: users ?? 0, groups: groups ?? 0 }
  const here = { ...counts, key: true, token: bitbucket !== undefined, beside: callsBeside }
  yield forecast(here, audience, pace)
}

/** Two lists tell who is in the workspace; each is held against the other, and both against the directory. */
async function* members(
  { client, workspace: { uuid } }: BitbucketAccess,
  reads: Reads,
  counted: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const read = await attempt(async () => ({
    members: await client.members(uuid, signal),
    permissions: await client.permissions(uuid, signal),
  }))
  if ('error' in read) {
    yield { ...bad('members', read.error), status: 'warning' }
    return
  }
  const { members: all, permissions } = read.value
  const owners = permissions.filter(({ permission }) => permission === 'owner')
  const onOneOnly = [...without(all, permissions), ...without(permissions, all)]
  if (onOneOnly.length > 0) {
    yield {
      name: 'members',
      status: 'warning',
      message: `Of the two lists of who is in the workspace only one has ${listed(onOneOnly.map(nameOf))}.`,
      remedy: 'Repeat the check; if it stays so, one of the two lists of Bitbucket is not complete.',
    }
    return
  }
  yield ok('members', `${all.length} people in the workspace; ${owners.length} with the permission owner.`)
  if (counted === undefined || counted > comparedAtMost) return
  const compared = await attempt(async () => {
    const known = new Set<string>()
    for await (const { items } of reads.users(signal)) for (const { id } of items) known.add(id)
    return all.filter(({ user }) => !user.account_id || !known.has(user.account_id))
  })
  if ('error' in compared) {
    yield { ...bad('outsiders', compared.error), status: 'warning' }
  } else if (compared.value.length > 0) {
    yield {
      name: 'outsiders',
      status: 'warning',
      message: `In the workspace but not in the directory of the organization, so out of our reach: ${listed(compared.value.map(nameOf))}.`,
      remedy: 'Invite them in Atlassian Administration, or take them out of the workspace in Bitbucket.',
    }
  } else yield ok('outsiders', 'Everybody in the workspace is in the directory of the organization.')
}

/** Those of one list who are not on the other. */
function without(list: readonly Membership[], other: readonly Membership[]): readonly Membership[] {
  const there = new Set(other.map(({ user }) => user.uuid))
  return list.filter(({ user }) => !there.has(user.uuid))
}

function nameOf({ user }: Membership): string {
  return user.display_name ?? user.account_id ?? user.uuid
}

async function capabilities(sessions: Sessions, signal: AbortSignal): Promise<CheckStep> {
  const opened = await attempt(() => sessions.open(signal))
  if ('error' in opened) return bad('capabilities', opened.error)
  const { notOffered } = opened.value.identity
  return ok('capabilities', `Not possible: ${inWords(Object.keys(notOffered))}.`, abilityTable(abilities, notOffered))
}
