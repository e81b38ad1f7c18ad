import { effectiveGroups, type User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, caller } from './access.ts'
import { refuse, required } from './dialect.ts'
import { type BitbucketDcTwin, licensedUsers } from './twin.ts'
import { byName, detailedGroupView, detailedUserView, fits, pageOf, slugOf, userView } from './views.ts'

/** GET /admin/users */
export function listDetailedUsers(twin: BitbucketDcTwin, call: Call): Answer {
  caller(twin, call, 'LICENSED_USER')
  const filter = call.query.get('filter')
  const withInactive = twin.variants.is('inactiveUsers', 'shown')
  const hits = twin.store.users.filter((user) => fits(user, filter) && (withInactive || user.active))
  return pageOf(twin, call, hits, detailedUserView)
}

/** GET /users: licensed people, without what only administrators see. */
export function listUsers(twin: BitbucketDcTwin, call: Call): Answer {
  caller(twin, call, 'LICENSED_USER')
  const group = call.query.get('group')
  const filter = call.query.get('filter')
  const members = group === null ? undefined : twin.store.group(group)?.members
  const hits = licensedUsers(twin).filter((user) => fits(user, filter) && (group === null || members?.has(user)))
  return pageOf(twin, call, hits, userView)
}

/** GET /users/{userSlug} */
export function getUser(twin: BitbucketDcTwin, call: Call): Answer {
  caller(twin, call, 'LICENSED_USER')
  const slug = call.param('userSlug')
  const user = twin.store.users.find((each) => slugOf(each) === slug)
  return { status: 200, json: userView(user ?? refuse(404, `The user ${slug} does not exist`)) }
}

/** GET /admin/users/more-members: the groups of a user, whatever the name says. */
export function groupsOfUser(twin: BitbucketDcTwin, call: Call): Answer {
  return groups(twin, call, true)
}

/** GET /admin/users/more-non-members: the groups a user is not in. */
export function otherGroupsOfUser(twin: BitbucketDcTwin, call: Call): Answer {
  return groups(twin, call, false)
}

/** GET /admin/user-directories: a bare array. */
export function listDirectories(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const withInactive = call.query.get('includeInactive') === 'true'
  const shown = twin.store.directories.filter(({ active }) => active || withInactive)
  return {
    status: 200,
    json: shown.map(({ name, type, active, description }) => ({ name, type, active, description })),
  }
}

/** GET /admin/license */
export function license(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const serverId = 'BSAN-DBOX-ACME-0001'
  return {
    status: 200,
    json: {
      serverId,
      maximumNumberOfUsers: twin.seats ?? -1,
      unlimitedNumberOfUsers: twin.seats === null,
      status: { serverId, currentNumberOfUsers: licensedUsers(twin).length },
    },
  }
}

/** GET /application-properties: open to everybody. */
export function applicationProperties({ version }: BitbucketDcTwin): Answer {
  const [major = 0, minor = 0, patch = 0] = version.numbers
  const buildNumber = String(major * 1_000_000 + minor * 1000 + patch)
  return {
    status: 200,
    json: { version: version.text, buildNumber, buildDate: '1729123200000', displayName: 'Bitbucket' },
  }
}

/** The user of that name; a refusal when there is none. */
export function userNamed({ store }: BitbucketDcTwin, name: string): User {
  return store.user(name) ?? refuse(404, `The user ${name} does not exist`)
}

function groups(twin: BitbucketDcTwin, call: Call, isMember: boolean): Answer {
  caller(twin, call, 'LICENSED_USER')
  const user = twin.store.user(required(call, 'context'))
  if (user === undefined && twin.variants.is('unknownContext', '404')) refuse(404, 'The user does not exist')
  const filter = (call.query.get('filter') ?? '').toLowerCase()
  const mine = new Set(
    user === undefined ? [] : twin.variants.is('groupMembers', 'nested') ? effectiveGroups(user) : user.groups,
  )
  const hits = twin.store.groups.filter(
    (group) => user !== undefined && mine.has(group) === isMember && group.name.toLowerCase().includes(filter),
  )
  return pageOf(twin, call, hits.sort(byName), detailedGroupView)
}
