import type { Answer, Call } from '../../server/call.ts'
import { type Account, fold, type Site } from '../model.ts'
import type { Twin } from '../twin.ts'
import { visit, visitor } from './access.ts'
import { refuse } from './dialect.ts'
import { anonymousView, groupView, isKnownAt, numberParam, pageOf, userView } from './views.ts'

const mostAtOnce = 100

/** GET /user/current: a stranger is told to be one, or refused. */
export function currentUser(twin: Twin, call: Call): Answer {
  const { site, account } = visitor(twin, call)
  if (account === undefined) return anonymous(twin, call)
  return { status: 200, json: userView(twin, site, account) }
}

/** GET /user/anonymous */
export function anonymousUser(twin: Twin, call: Call): Answer {
  visitor(twin, call)
  return anonymous(twin, call)
}

/** GET /user */
export function getUser(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  return { status: 200, json: userView(twin, site, accountNamed(twin, call, site, call.query.get('accountId'))) }
}

/** GET /user/bulk: a hundred at most; what is more, or not there, is silently dropped. */
export function bulkUsers(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  const ids = call.query.getAll('accountId').flatMap((each) => each.split(','))
  const results = known(twin, site, ids.slice(0, mostAtOnce)).map((account) => userView(twin, site, account))
  return { status: 200, json: { results, start: 0, limit: mostAtOnce, size: results.length, _links: {} } }
}

/** GET /user/memberof */
export function groupsOfUser(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  const account = accountNamed(twin, call, site, call.query.get('accountId'))
  const groups = twin.state.visibility
    .groupsOf(account)
    .filter(({ directoryId }) => directoryId === site.directoryId)
    .sort((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1))
  return pageOf(twin, call, groups, groupView)
}

/** GET /user/email and /user/email/bulk: for apps that Atlassian approved; a person's token is none. */
export function userEmail(twin: Twin, call: Call): Answer {
  visit(twin, call)
  return refuse(twin, call, 400, 'The calling app is not approved to use this API')
}

/** GET /search/user: `user.fullname ~ "text"`, `user = "accountId"`, joined by `or`. */
export function searchUsers(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  const cqlQuery = call.query.get('cql') ?? ''
  const tests = cqlQuery.split(/\s+or\s+/i).map((each) => testOf(twin, call, each))
  const hits = twin.state.accounts.items.filter(
    (account) => isKnownAt(twin, site, account) && tests.some((test) => test(twin.state.visibility.shown(account))),
  )
  const start = numberParam(twin, call, 'start', 0)
  const limit = Math.min(numberParam(twin, call, 'limit', 25), 200)
  const page = hits.slice(start, start + limit).slice(0, call.shortPage?.keep)
  const results = page.map((account) => ({
    user: userView(twin, site, account),
    title: account.name,
    excerpt: '',
    url: `/people/${account.accountId}`,
    breadcrumbs: [],
    entityType: 'user',
    iconCssClass: 'aui-icon-user',
    lastModified: new Date(call.at).toISOString(),
  }))
  return {
    status: 200,
    json: {
      results,
      start,
      limit,
      size: results.length,
      totalSize: hits.length,
      cqlQuery,
      searchDuration: 1,
      _links: {},
    },
  }
}

/** The account of that id at the site; a refusal when there is none. */
export function accountNamed(twin: Twin, call: Call, site: Site, accountId: string | null): Account {
  if (accountId === null || accountId === '') return refuse(twin, call, 400, 'accountId is required')
  const account = twin.state.account(accountId)
  if (account === undefined || !isKnownAt(twin, site, account)) {
    return refuse(twin, call, 404, `No user found with account id: ${accountId}`)
  }
  return account
}

/** Those of the ids that are there. */
export function known(twin: Twin, site: Site, ids: readonly string[]): Account[] {
  return ids
    .map((id) => twin.state.account(id))
    .filter((account): account is Account => account !== undefined && isKnownAt(twin, site, account))
}

function anonymous(twin: Twin, call: Call): Answer {
  if (twin.variants.is('confluenceAnonymous', '403')) refuse(twin, call, 403, 'Anonymous users may not use Confluence')
  return { status: 200, json: anonymousView }
}

function testOf(twin: Twin, call: Call, text: string): (account: Account) => boolean {
  const [, field, value = ''] = /^\s*user(\.fullname\s*~|\s*=)\s*"?([^"]+)"?\s*$/i.exec(text) ?? []
  if (field === undefined) return refuse(twin, call, 400, `Could not parse cql : ${text}`)
  if (field.includes('~')) return ({ name }) => fold(name).includes(fold(value))
  return ({ accountId }) => accountId === value
}
