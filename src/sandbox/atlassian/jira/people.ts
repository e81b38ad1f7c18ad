import type { Answer, Call } from '../../server/call.ts'
import { type Account, fold, isActiveIn, type Site } from '../model.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, requireBrowse, type Scopes, type Visit, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { accountIdParam, isKnownAt, refuseOldNames } from './lookup.ts'
import { numberParam, pageBean } from './paging.ts'
import { holdersOf } from './properties.ts'
import { fullUserView, groupNames, userView } from './views.ts'

const readUser: Scopes = {
  classic: 'read:jira-user',
  granular: ['read:application-role:jira', 'read:group:jira', 'read:user:jira', 'read:avatar:jira'],
}

/** The search gives up after this many hits, whatever `startAt` says. */
const searchReach = 1000

/** GET /user */
export function getUser(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readUser)
  requireBrowse(twin, visitor)
  const account = readableAccount(twin, visitor.site, accountIdParam(call))
  if (account === undefined) refuse(404, 'Specified user does not exist or you do not have required permissions')
  return { status: 200, json: fullUserView(twin, visitor.site, visitor.base, account, call.query.get('expand') ?? '') }
}

/** GET /user/bulk: accounts that do not exist are left out. */
export function getUsersBulk(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readUser)
  refuseOldNames(call)
  const ids = new Set(call.query.getAll('accountId').filter((id) => id !== ''))
  if (ids.size === 0) refuse(400, "Query parameter 'accountId' is required.")
  const found = [...ids].map((id) => readableAccount(twin, visitor.site, id)).filter((each) => each !== undefined)
  return pageBean(call, visitor.base, found, { usual: 10, largest: 200 }, view(twin, visitor))
}

/** GET /user/groups */
export function getUserGroups(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular: ['read:group:jira'] })
  requireBrowse(twin, visitor)
  const account = readableAccount(twin, visitor.site, accountIdParam(call))
  if (account === undefined) refuse(404, 'Specified user does not exist or you do not have required permissions')
  const groups = twin.state.visibility
    .groupsOf(account)
    .filter((group) => group.directoryId === visitor.site.directoryId)
  return { status: 200, json: groupNames(visitor.base, groups) }
}

/** GET /user/search: active people whose name or address begins with the query; open to everybody, who see nobody. */
export function searchUsers(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'read:jira-user', granular: [...readUser.granular, 'read:user.property:jira'] }
  const visitor = visit(twin, call, scopes, 'yes')
  for (const name of ['username', 'userKey', 'key']) {
    if (call.query.has(name)) refuse(400, `Query parameter '${name}' is not supported in GDPR strict mode.`)
  }
  const query = call.query.get('query')
  const accountId = call.query.get('accountId')
  if (query === null && accountId === null && !call.query.has('property')) {
    refuse(400, "One of 'query', 'accountId' and 'property' must be specified.")
  }
  if (query !== null && accountId !== null) refuse(400, "'query' and 'accountId' cannot both be specified.")
  if (!hasPermission(twin, visitor, 'USER_PICKER')) return { status: 200, json: [] }
  const hits = accountId !== null ? [twin.state.account(accountId)] : matchingPeople(twin, visitor.site, query ?? '')
  const property = call.query.get('property')
  const holders = property === null ? undefined : new Set(holdersOf(twin, visitor, property))
  const shown = hits
    .filter((account) => account !== undefined)
    .filter((account) => holders === undefined || holders.has(account))
    .filter((account) => isKnownAt(twin, visitor.site, account))
    .filter((account) => isActiveIn(twin.state.visibility.shown(account), visitor.site.directoryId))
  return arrayPage(twin, call, visitor, shown.slice(0, searchReach))
}

/** GET /users/search and GET /users: everybody there is or was, with apps and customers. */
export function listUsers(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readUser, 'maybe')
  if (visitor.account === undefined) return { status: 200, json: [] }
  if (!hasPermission(twin, visitor, 'USER_PICKER'))
    refuse(403, 'Browse users and groups permission is required to view users.')
  if (numberParam(call, 'maxResults', 50) > 500 && twin.variants.is('usersSearchTooSlow', 'above-500')) {
    refuse(409, 'The request takes longer than 10 seconds.')
  }
  const everybody = twin.state.accounts.items.filter((account) => isKnownAt(twin, visitor.site, account))
  return arrayPage(twin, call, visitor, everybody, twin.variants.is('usersSearchShortPages', 'yes'))
}

function readableAccount(twin: Twin, site: Site, accountId: string): Account | undefined {
  const account = twin.state.account(accountId)
  if (account === undefined || !isKnownAt(twin, site, account)) return undefined
  const isGone =
    account.accountType === 'atlassian' && account.directories.every((each) => each.directoryId !== site.directoryId)
  return isGone && twin.variants.is('removedUserRead', '404') ? undefined : account
}

/** Whose name or address begins with the text, in order of names; everybody for none. */
export function matchingPeople(twin: Twin, { organization }: Site, query: string): Account[] {
  const text = fold(query.trim())
  if (text === '') return [...twin.state.accounts.byNameOrder.items]
  const found = new Set<Account>()
  for (const account of twin.state.accounts.byNameOrder.startingWith(text)) found.add(account)
  for (const account of twin.state.accounts.byEmailOrder.startingWith(text)) {
    // Of a hidden address only the whole is found, and the answer does not show it.
    if (
      !account.emailHidden ||
      twin.state.organizations.isManagedBy(account, organization) ||
      fold(account.email) === text
    )
      found.add(account)
  }
  return [...found]
}

/** A bare array: no total, no end mark. */
function arrayPage(twin: Twin, call: Call, visitor: Visit, all: readonly Account[], mayBeShort = false): Answer {
  const startAt = numberParam(call, 'startAt', 0)
  const maxResults = Math.min(numberParam(call, 'maxResults', 50), 1000)
  const size = mayBeShort && maxResults > 3 ? maxResults - 1 - (startAt % 3) : maxResults
  let page = all.slice(startAt, startAt + size)
  if (call.shortPage !== undefined) page = page.slice(0, call.shortPage.keep)
  return { status: 200, json: page.map(view(twin, visitor)) }
}

function view(twin: Twin, { site, base }: Visit): (account: Account) => object {
  return (account) => userView(twin, site, base, account)
}
