import type { User } from '../data-center/model.ts'
import { type Answer, type Call, Refusal } from '../server/call.ts'
import { administrator, caller } from './access.ts'
import { refuse } from './dialect.ts'
import { expandOf, found, namedUser, numberParam } from './lookup.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'
import { fullUserView, userView } from './views.ts'

const largestSearchPage = 1000
/** Since Jira 10 a search finds no more than this, however it is paged. */
const mostFound = 100
const usualListPage = 2000

/** GET /user */
export function getUser(twin: JiraDcTwin, call: Call): Answer {
  const visitor = caller(twin, call)
  const expand = expandOf(call)
  if (call.query.get('includeDeleted') === 'true' && isAdministrator(visitor)) {
    const [name, key] = [call.query.get('username'), call.query.get('key')]
    const isThere = key === null ? twin.store.user(name ?? '') : twin.store.userByKey(key)
    const deleted = key === null ? twin.store.deletedUserNamed(name ?? '') : twin.store.deletedUser(key)
    if (isThere === undefined && deleted !== undefined) {
      return { status: 200, json: fullUserView(twin, deleted, expand, true) }
    }
  }
  return { status: 200, json: fullUserView(twin, namedUser(twin, call), expand) }
}

/** GET /user/search: a bare array. */
export function searchUsers(twin: JiraDcTwin, call: Call): Answer {
  caller(twin, call)
  const text = call.query.get('username')
  if (text === null) refuse(twin, 400, "The query parameter 'username' is required.")
  const startAt = numberParam(twin, call, 'startAt', 0)
  const maxResults = Math.min(numberParam(twin, call, 'maxResults', 50), largestSearchPage)
  const withActive = call.query.get('includeActive') !== 'false'
  const withInactive = call.query.get('includeInactive') === 'true'
  const isCapped = twin.version.isAtLeast('10.0')
  const hits = twin.store.users
    .filter((user) => (user.active ? withActive : withInactive) && found(user, text))
    .slice(0, isCapped ? mostFound : undefined)
  const page = hits.slice(startAt, startAt + maxResults).slice(0, call.shortPage?.keep)
  return { status: 200, json: page.map((user) => userView(twin, user)) }
}

/** GET /user/list: a stream of everybody by cursor, the order undefined. */
export function listUsers(twin: JiraDcTwin, call: Call): Answer {
  if (!twin.version.isAtLeast(twin.variants.get('userListSince'))) {
    throw new Refusal({ status: 404, json: { message: 'null for uri', 'status-code': 404 } })
  }
  administrator(twin, call)
  const maxResults = Math.max(1, Math.min(numberParam(twin, call, 'maxResults', usualListPage), usualListPage))
  const start = numberParam(twin, call, 'cursor', 0)
  const all = inListOrder(twin)
  let page = all.slice(start, start + maxResults)
  let isLast = start + page.length >= all.length
  if (call.shortPage !== undefined) {
    page = page.slice(0, call.shortPage.keep)
    isLast = true
  }
  return {
    status: 200,
    json: {
      self: `${twin.url}/rest/api/2/user/list?maxResults=${maxResults}&cursor=${start}`,
      maxResults,
      isLast,
      ...(isLast ? {} : { nextCursor: String(start + maxResults) }),
      values: page.map((user) => userView(twin, user)),
    },
  }
}

/** GET /user/duplicated/count and /list: names that stand in more than one directory. */
export function countDuplicates(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  return { status: 200, json: { count: duplicates(twin).length } }
}

export function listDuplicates(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const json = Object.fromEntries(
    duplicates(twin).map((accounts) => [
      (accounts[0] as User).name,
      accounts.map(({ directory, active }) => ({ directoryId: directory.id, directoryName: directory.name, active })),
    ]),
  )
  return { status: 200, json }
}

/** More than one account is active, or the only active one is not in the first directory of the name. */
function duplicates({ store }: JiraDcTwin): User[][] {
  return store.users
    .map(({ name }) => store.usersNamed(name))
    .filter((accounts) => accounts.length > 1)
    .filter((accounts) => {
      const active = accounts.filter((user) => user.active)
      return active.length > 1 || (active.length === 1 && active[0] !== accounts[0])
    })
}

function inListOrder({ store, variants }: JiraDcTwin): User[] {
  const users = store.users
  switch (variants.get('userListOrder')) {
    case 'by-name':
      return users
    case 'by-id':
      return users.sort((a, b) => a.id - b.id)
    case 'scattered':
      return users.sort((a, b) => ((a.id * 7919) % 10007) - ((b.id * 7919) % 10007) || a.id - b.id)
  }
}
