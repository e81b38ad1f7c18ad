import { effectiveGroups, type User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, licensed, visitor } from './access.ts'
import { refuse } from './dialect.ts'
import { type ConfluenceDcTwin, isLicensed } from './twin.ts'
import { anonymousView, byName, groupView, pageOf, personView } from './views.ts'

/** GET /user/current: a guest is told to be one. */
export function currentUser(twin: ConfluenceDcTwin, call: Call): Answer {
  const user = visitor(twin, call)
  if (user !== undefined) return { status: 200, json: personView(twin, user, call) }
  return anonymousUser(twin)
}

/** GET /user/anonymous */
export function anonymousUser({ variants }: ConfluenceDcTwin): Answer {
  if (variants.is('anonymousAccess', 'off')) refuse(403, 'Anonymous users may not use Confluence')
  return { status: 200, json: anonymousView }
}

/** GET /user: by username or key. */
export function getUser(twin: ConfluenceDcTwin, call: Call): Answer {
  licensed(twin, call)
  return { status: 200, json: personView(twin, queryUser(twin, call), call) }
}

/** GET /user/list: everybody, disabled ones as well. */
export function listUsers(twin: ConfluenceDcTwin, call: Call): Answer {
  licensed(twin, call)
  return pageOf(twin, call, twin.store.users, 100, (user) => personView(twin, user, call))
}

/** GET /admin/users/list/active: those who take a seat. */
export function listActiveUsers(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  return pageOf(twin, call, twin.store.users.filter(isLicensed), 100, (user) => personView(twin, user, call))
}

/** GET /user/memberof: groups of a user. */
export function groupsOfUser(twin: ConfluenceDcTwin, call: Call): Answer {
  licensed(twin, call)
  const user = queryUser(twin, call)
  const groups = twin.variants.is('groupMembers', 'nested') ? effectiveGroups(user) : user.groups
  return pageOf(twin, call, [...groups].sort(byName), 200, (group) => groupView(twin, group))
}

function queryUser(twin: ConfluenceDcTwin, call: Call): User {
  const [name, key] = [call.query.get('username'), call.query.get('key')]
  const user = key === null ? twin.store.user(name ?? '') : twin.store.userByKey(key)
  if (user === undefined || !twin.store.isSeen(user)) {
    return refuse(404, `No user found with ${key === null ? 'username' : 'key'}: ${key ?? name ?? ''}`)
  }
  return user
}
