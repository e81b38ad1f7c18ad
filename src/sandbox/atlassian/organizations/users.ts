import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { type Account, membershipIn, type Organization } from '../model.ts'
import { isLastOrgAdmin, type Twin } from '../twin.ts'
import {
  belongsTo,
  bodyObject,
  directoryToRead,
  directoryToWrite,
  pathAccount,
  requireOrganization,
  textList,
} from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { refuse } from './dialect.ts'
import { readUserQuery } from './user-query.ts'
import { userView } from './views.ts'

const expansions = new Set(['platformRoles', 'counts.resources', 'productAccess', 'groups'])

/** POST …/users/search */
export function searchUsers(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const sent = bodyObject(call, true)
  const position = typeof sent.cursor === 'string' ? readCursor(sent.cursor, 'users') : undefined
  const { cursor: _, ...own } = sent
  const query = position !== undefined && twin.variants.is('searchCursor', 'carries-query') ? position.query : own
  const limit = pageLimit(query.limit, 50, 100)
  const expand = textList(query, 'expand', 4) ?? []
  const unknown = expand.find((each) => !expansions.has(each))
  if (unknown !== undefined) refuse('ADMIN-400-24', `expand: ${unknown} is not known`)
  const { candidates, fits } = readUserQuery(twin, organization, directoryId, query, position?.after ?? '')
  let page: Account[] = []
  let more = false
  for (const account of candidates()) {
    if (!fits(account)) continue
    if (page.length === limit) {
      more = true
      break
    }
    page.push(account)
  }
  if (call.shortPage !== undefined) {
    page = page.slice(0, call.shortPage.keep)
    more = false
  }
  const links: Record<string, string> = {}
  const last = page.at(-1)
  if (more && last !== undefined) links.next = writeCursor({ list: 'users', after: last.accountId, query })
  return {
    status: 200,
    json: { data: page.map((account) => userView(twin, organization, account, directoryId, expand)), links },
  }
}

/** GET …/users/count: the filters of the search as query parameters. */
export function countUsers(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const filters: Record<string, unknown> = {}
  for (const name of new Set(call.query.keys())) {
    const values = call.query.getAll(name)
    filters[name] =
      name === 'claimStatus' || name === 'searchTerm' ? values[0] : values.flatMap((each) => each.split(','))
  }
  const { candidates, fits } = readUserQuery(twin, organization, directoryId, filters, '')
  let count = 0
  for (const account of candidates()) if (fits(account)) count++
  return { status: 200, json: { count } }
}

/** GET …/users/{accountId} */
export function getUser(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const account = pathAccount(twin, call)
  if (!belongsTo(twin, account, organization, directoryId)) refuse('ADMIN-404-8')
  const data = userView(twin, organization, account, directoryId, ['platformRoles', 'counts.resources'])
  if (account.deactivatedAt !== undefined) data.deactivatedOn = isoTime(account.deactivatedAt)
  return { status: 200, json: { data } }
}

/** POST …/users/{accountId}/suspend */
export function suspendUser(twin: Twin, call: Call): Answer {
  const { organization, account, directoryId } = subject(twin, call)
  bodyObject(call)
  if (isLastOrgAdmin(twin, account, organization))
    refuse('ADMIN-403-3', 'The last organization admin cannot be suspended')
  if (!twin.state.people.setSuspended(account, directoryId, true) && twin.variants.is('suspendSuspended', '409')) {
    refuse('ADMIN-409-28', 'The user is suspended already')
  }
  return { status: 204 }
}

/** POST …/users/{accountId}/restore */
export function restoreUser(twin: Twin, call: Call): Answer {
  const { account, directoryId } = subject(twin, call)
  bodyObject(call)
  if (!twin.state.people.setSuspended(account, directoryId, false) && twin.variants.is('restoreActive', '409')) {
    refuse('ADMIN-409-28', 'The user is active already')
  }
  return { status: 204 }
}

/** DELETE …/users/{accountId}: out of the directory, with groups and roles; the account itself stays. */
export function removeUser(twin: Twin, call: Call): Answer {
  const { organization, account, directoryId } = subject(twin, call)
  if (isLastOrgAdmin(twin, account, organization))
    refuse('ADMIN-403-3', 'The last organization admin cannot be removed')
  twin.state.people.remove(account, directoryId)
  return { status: 204 }
}

interface Subject {
  readonly organization: Organization
  readonly account: Account
  readonly directoryId: string
}

function subject(twin: Twin, call: Call): Subject {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const account = twin.state.account(call.param('accountId'))
  const directoryId = directoryToWrite(twin, call, organization, account)
  const seen = pathAccount(twin, call)
  if (membershipIn(seen, directoryId) === undefined) refuse('ADMIN-404-8')
  return { organization, account: seen, directoryId }
}
