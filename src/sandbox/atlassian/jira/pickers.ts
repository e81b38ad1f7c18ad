import type { Answer, Call } from '../../server/call.ts'
import { type Account, fold, isActiveIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, type Scopes, type Visit, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { isKnownAt, refuseOldNames } from './lookup.ts'
import { numberParam, pageBean } from './paging.ts'
import { matchingPeople } from './people.ts'
import { isAssignable, visibleProject } from './project-access.ts'
import { accountsWith } from './properties.ts'
import { userView } from './views.ts'

const readUsers: Scopes = { classic: 'read:jira-user', granular: ['read:user:jira'] }

/** None of these looks beyond the thousandth user. */
const reach = 1000

/**
 * GET /user/assignable/search: takes a page of everybody first and then keeps who can be assigned, so that a page may
 * be short or empty although more follow. An account id asks about one person.
 */
export function findAssignable(twin: Twin, call: Call): Answer {
  const granular = [
    'read:issue:jira',
    'read:project:jira',
    'read:user:jira',
    'read:application-role:jira',
    'read:avatar:jira',
    'read:group:jira',
  ]
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular })
  refuseOldNames(call)
  const { query } = call
  const idOrKey = query.get('project')
  if (idOrKey === null && !query.has('issueKey') && !query.has('issueId')) {
    refuse(400, "One of 'project', 'issueKey' and 'issueId' must be specified.")
  }
  if (idOrKey === null) refuse(404, 'Issue does not exist or you do not have permission to see it.')
  const [text, accountId] = [query.get('query'), query.get('accountId')]
  if ((text === null) === (accountId === null)) refuse(400, "One of 'query' and 'accountId' must be specified.")
  const project = visibleProject(twin, visitor, idOrKey)
  const candidates = accountId === null ? active(twin, visitor, text ?? '') : [twin.state.account(accountId)]
  const shown = page(call, candidates).filter(
    (account) => account !== undefined && isAssignable(twin, account, project),
  )
  return { status: 200, json: shown.map((account) => view(twin, visitor, account as Account)) }
}

/** GET /user/picker: open to everybody, who find exact names only. */
export function pickUsers(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, readUsers, 'yes')
  const { query } = call
  if (query.has('exclude')) refuse(400, "Query parameter 'exclude' is not supported in GDPR strict mode.")
  const text = query.get('query') ?? refuse(400, "Query parameter 'query' is required.")
  const excluded = new Set(query.getAll('excludeAccountIds').flatMap((each) => each.split(',')))
  const mayBrowse = hasPermission(twin, visitor, 'USER_PICKER')
  const found = active(twin, visitor, text)
    .filter(({ name }) => mayBrowse || fold(name) === fold(text))
    .filter(({ accountId }) => !excluded.has(accountId))
  const shown = found.slice(0, Math.min(numberParam(call, 'maxResults', 50), reach))
  return { status: 200, json: foundUsers(shown, found.length) }
}

/** GET /groupuserpicker: groups match by letter case unless told otherwise. */
export function pickUsersAndGroups(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'read:jira-work', granular: ['read:group:jira', 'read:user:jira'] }
  const visitor = visit(twin, call, scopes, 'yes')
  const { query } = call
  const text = query.get('query') ?? refuse(400, "Query parameter 'query' is required.")
  if (!hasPermission(twin, visitor, 'USER_PICKER')) {
    if (visitor.account !== undefined) refuse(403, 'Browse users and groups permission is required.')
    return { status: 200, json: { users: foundUsers([], 0), groups: foundGroups([], 0) } }
  }
  const most = numberParam(call, 'maxResults', 50)
  const people = active(twin, visitor, text).filter(
    ({ accountType }) => query.get('excludeConnectAddons') !== 'true' || accountType !== 'app',
  )
  const ignoreCase = query.get('caseInsensitive') === 'true'
  const names = twin.state.groups.items
    .filter((group) => group.directoryId === visitor.site.directoryId && twin.state.visibility.seen(group))
    .filter(({ name }) => (ignoreCase ? fold(name).includes(fold(text)) : name.includes(text)))
  return {
    status: 200,
    json: {
      users: foundUsers(people.slice(0, most), people.length),
      groups: foundGroups(names.slice(0, most), names.length),
    },
  }
}

/**
 * GET /user/search/query: `[key].path is "value"` statements with AND and OR. There are no issues here, so that nobody
 * is assignee, reporter or the like of one. Like above, a page of everybody is taken first.
 */
export function searchByQuery(twin: Twin, call: Call): Answer {
  const granular = [
    'read:comment:jira',
    'read:issue:jira',
    'read:issue.vote:jira',
    'read:issue.watcher:jira',
    'read:project:jira',
    'read:user:jira',
    'read:user.property:jira',
    'read:application-role:jira',
    'read:avatar:jira',
    'read:group:jira',
  ]
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular })
  if (!hasPermission(twin, visitor, 'USER_PICKER')) refuse(403, 'Browse users and groups permission is required.')
  const fits = readStatements(twin, visitor, call.query.get('query') ?? '')
  const sizes = { usual: 100, largest: reach }
  return pageBean(call, visitor.base, active(twin, visitor, ''), sizes, (account) => view(twin, visitor, account), fits)
}

/** A test for every statement: OR of ANDs. */
function readStatements(twin: Twin, visitor: Visit, query: string): (account: Account) => boolean {
  const alternatives = query.split(/\s+OR\s+/).map((part) =>
    part.split(/\s+AND\s+/).map((statement) => {
      if (/^is (assignee|reporter|watcher|voter|commenter|transitioner) of (\(.+\)|\S+)$/.test(statement.trim())) {
        return new Set<Account>()
      }
      const [, key, path, value] = /^\[([^\]]+)\]((?:\.[^.\s]+)*) is "([^"]*)"$/.exec(statement.trim()) ?? []
      if (key === undefined || path === undefined || value === undefined) refuse(400, 'The query is not valid.')
      return new Set(accountsWith(twin, visitor, key, path.split('.').slice(1), value))
    }),
  )
  return (account) => alternatives.some((all) => all.every((holders) => holders.has(account)))
}

/** Active people, apps and customers of the site whose name or address begins with the text, in order of names. */
function active(twin: Twin, { site }: Visit, text: string): Account[] {
  return matchingPeople(twin, site, text)
    .filter((account) => isKnownAt(twin, site, account))
    .filter((account) => isActiveIn(twin.state.visibility.shown(account), site.directoryId))
    .slice(0, reach)
}

function page<Item>(call: Call, items: readonly Item[]): readonly Item[] {
  const startAt = numberParam(call, 'startAt', 0)
  const cut = items.slice(startAt, startAt + Math.min(numberParam(call, 'maxResults', 50), reach))
  return call.shortPage === undefined ? cut : cut.slice(0, call.shortPage.keep)
}

function view(twin: Twin, { site, base }: Visit, account: Account): object {
  return userView(twin, site, base, account)
}

function foundUsers(shown: readonly Account[], total: number): object {
  return {
    users: shown.map(({ accountId, accountType, name }) => ({
      accountId,
      accountType,
      displayName: name,
      html: name,
      avatarUrl: 'https://avatar-management.invalid/default/16',
    })),
    total,
    header: `Showing ${shown.length} of ${total} matching users`,
  }
}

function foundGroups(shown: readonly { readonly name: string; readonly groupId: string }[], total: number): object {
  return {
    header: `Showing ${shown.length} of ${total} matching groups`,
    total,
    groups: shown.map(({ name, groupId }) => ({ name, groupId, html: name, labels: [] })),
  }
}
