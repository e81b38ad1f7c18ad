import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import type { Account, Organization } from '../model.ts'
import type { Twin } from '../twin.ts'
import { belongsTo, bodyObject, directoryToRead, pathAccount, requireOrganization, textList } from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { requireAlive } from './deprecated.ts'
import { refuse } from './dialect.ts'
import { queryFilters } from './query-string.ts'
import { readUserQuery } from './user-query.ts'
import { userView } from './views.ts'

const expansions = new Set(['platformRoles', 'counts.resources', 'productAccess', 'groups'])

/** POST …/users/search */
export function searchUsers(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const sent = bodyObject(call, true)
  const position = typeof sent.cursor === 'string' ? readCursor(sent.cursor, 'users') : undefined
  const { cursor: _, ...own } = sent
  const query = position !== undefined && twin.variants.is('searchCursor', 'carries-query') ? position.query : own
  const expand = textList(query, 'expand', 4) ?? []
  const unknown = expand.find((each) => !expansions.has(each))
  if (unknown !== undefined) refuse('ADMIN-400-24', `expand: ${unknown} is not known`)
  return userPage(twin, call, organization, { query, expand, usual: 50, after: position?.after })
}

/** GET …/users, deprecated: a cursor stands for everything else. */
export function listUsers(twin: Twin, call: Call): Answer {
  requireAlive(twin, call)
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const cursor = call.query.get('cursor')
  const position = cursor === null ? undefined : readCursor(cursor, 'users')
  const query = position?.query ?? queryFilters(call, [...singleFilters, 'limit'])
  return userPage(twin, call, organization, { query, expand: [], usual: 20, after: position?.after })
}

/** GET …/users/count: the filters of the list. */
export function countUsers(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const { accounts } = readUserQuery(
    twin,
    organization,
    directoryToRead(call, organization),
    queryFilters(call, singleFilters),
  )
  let count = 0
  for (const _ of accounts('')) count++
  return { status: 200, json: { count } }
}

/** GET …/users/{accountId} */
export function getUser(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const account = pathAccount(twin, call)
  if (!belongsTo(twin, account, organization, directoryId)) refuse('ADMIN-404-8')
  const data = userView(twin, organization, account, directoryId, ['platformRoles', 'counts.resources'])
  const { deactivatedAt } = twin.state.visibility.shown(account)
  if (deactivatedAt !== undefined) data.deactivatedOn = isoTime(deactivatedAt)
  return { status: 200, json: { data } }
}

const singleFilters = ['claimStatus', 'searchTerm', 'mfaEnabled']

interface UserPage {
  readonly query: Readonly<Record<string, unknown>>
  readonly expand: readonly string[]
  readonly usual: number
  readonly after: string | undefined
}

function userPage(twin: Twin, call: Call, organization: Organization, asked: UserPage): Answer {
  const { query, expand, usual, after = '' } = asked
  const directoryId = directoryToRead(call, organization)
  const limit = pageLimit(query.limit, usual, 100)
  const { accounts, positionOf } = readUserQuery(twin, organization, directoryId, query)
  let page: Account[] = []
  let more = false
  for (const account of accounts(after)) {
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
  if (more && last !== undefined) links.next = writeCursor({ list: 'users', after: positionOf(last), query })
  return {
    status: 200,
    json: { data: page.map((account) => userView(twin, organization, account, directoryId, expand)), links },
  }
}
