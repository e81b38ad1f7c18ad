import type { Answer, Call } from '../../server/call.ts'
import { isActiveIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { hasPermission, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { groupParam } from './lookup.ts'
import { numberParam } from './paging.ts'
import { groupView, userView } from './views.ts'

/** GET /group, deprecated: at most 50 active members, and only with `expand=users`. */
export function getGroup(twin: Twin, call: Call): Answer {
  const scopes = {
    classic: 'read:jira-user',
    granular: ['read:group:jira', 'read:user:jira', 'read:avatar:jira'],
  }
  const visitor = visit(twin, call, scopes)
  if (!hasPermission(twin, visitor, 'USER_PICKER')) refuse(403, 'You do not have permission to view groups.')
  const { site, base } = visitor
  const group = groupParam(twin, call, site)
  const view = groupView(base, group) as Record<string, unknown>
  if (!(call.query.get('expand') ?? '').startsWith('users')) return { status: 200, json: view }
  const active = twin.state.visibility
    .membersOf(group)
    .filter((account) => isActiveIn(twin.state.visibility.shown(account), site.directoryId))
  const items = active.slice(0, 50).map((account) => userView(twin, site, base, account))
  const users = { size: active.length, items, 'max-results': 50, 'start-index': 0, 'end-index': items.length - 1 }
  return { status: 200, json: { ...view, users: { ...users, 'end-index': Math.max(0, users['end-index']) } } }
}

/** GET /user/bulk/migration: what became of user names and keys of old; here they were the first part of the address. */
export function migrateUsers(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular: ['read:user:jira'] })
  if (visitor.account === undefined) refuse(401, 'Client must be authenticated to access this resource.')
  const [usernames, keys] = [call.query.getAll('username'), call.query.getAll('key')]
  if (usernames.length === 0 && keys.length === 0) refuse(400, "One of 'username' and 'key' must be specified.")
  if (usernames.length > 0 && keys.length > 0) refuse(400, "Only one of 'username' and 'key' can be specified.")
  const field = usernames.length > 0 ? 'username' : 'key'
  const asked = usernames.length > 0 ? usernames : keys
  const startAt = numberParam(call, 'startAt', 0)
  const page = asked.slice(startAt, startAt + Math.min(numberParam(call, 'maxResults', 10), 100))
  const json = page.flatMap((name) => {
    const [account] = [...twin.state.accounts.byEmailOrder.startingWith(`${name.toLowerCase()}@`)]
    return account === undefined ? [] : [{ [field]: name, accountId: account.accountId }]
  })
  return { status: 200, json }
}

/** GET /user/email and /user/email/bulk: for apps that Atlassian approved, never for a person's token. */
export function refuseEmails(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'read:email-address:jira', granular: ['read:email-address:jira'] })
  if (visitor.account === undefined || twin.variants.is('emailsForTokens', '401')) {
    refuse(401, 'Client must be authenticated to access this resource.')
  }
  refuse(400, 'The calling app is not approved to use this API.')
}
