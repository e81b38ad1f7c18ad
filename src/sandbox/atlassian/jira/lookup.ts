import type { Call } from '../../server/call.ts'
import { type Account, type Group, membershipIn, type Site } from '../model.ts'
import type { Twin } from '../twin.ts'
import { refuse } from './dialect.ts'

/** Usernames and user keys went away with the privacy changes. */
export function refuseOldNames(call: Call): void {
  for (const name of ['username', 'userKey', 'key']) {
    if (call.query.has(name)) refuse(400, `Query parameter '${name}' is not supported in GDPR strict mode.`)
  }
}

export function accountIdParam(call: Call): string {
  refuseOldNames(call)
  const id = call.query.get('accountId')
  if (id === null || id === '') refuse(400, "Query parameter 'accountId' is required.")
  if (id.length > 128) refuse(400, "The value of 'accountId' is too long.")
  return id
}

/** Everybody Jira knows: people of the site's directory, people removed from it, apps and customers. */
export function isKnownAt(twin: Twin, site: Site, account: Account): boolean {
  if (!twin.state.visibility.seen(account)) return false
  if (account.accountType !== 'atlassian') return true
  return membershipIn(account, site.directoryId) !== undefined || account.formerDirectories.includes(site.directoryId)
}

/** In the site's user base right now, so that groups can take them. */
function isAt(twin: Twin, site: Site, account: Account): boolean {
  return (
    isKnownAt(twin, site, account) &&
    (account.accountType !== 'atlassian' || membershipIn(account, site.directoryId) !== undefined)
  )
}

export function presentAccount(twin: Twin, site: Site, accountId: string): Account {
  const account = twin.state.account(accountId)
  if (account === undefined || !isAt(twin, site, account))
    refuse(404, `Specified user does not exist or you do not have required permissions`)
  return account
}

/** The group named by `groupId` or `groupname`. */
export function groupParam(twin: Twin, call: Call, site: Site): Group {
  const id = call.query.get('groupId')
  const name = call.query.get('groupname')
  if (id && name) refuse(400, "Only one of 'groupId' and 'groupname' can be specified.")
  if (!id && !name) refuse(400, "Query parameter 'groupname' or 'groupId' is required.")
  const group = id ? twin.state.group(id) : twin.state.groups.byName(name ?? '', site.directoryId)
  if (group === undefined || !twin.state.visibility.seen(group) || group.directoryId !== site.directoryId) {
    refuse(404, id ? `Group with id '${id}' does not exist.` : `The group named '${name}' does not exist.`)
  }
  return group
}

/** The JSON object in the body. */
export function bodyObject(call: Call): Record<string, unknown> {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) refuse(415, 'Unsupported Media Type')
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    refuse(400, 'There was an error parsing JSON. Check that your request body is valid.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    refuse(400, 'Invalid request payload. Refer to the REST API documentation and try again.')
  return body as Record<string, unknown>
}
