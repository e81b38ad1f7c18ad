import type { Answer, Call } from '../../server/call.ts'
import { type Account, type Group, membershipIn, type Site } from '../model.ts'
import type { Twin } from '../twin.ts'
import { refuse } from './dialect.ts'

const picture = { path: '/wiki/aa-avatar/default', width: 48, height: 48, isDefault: true }
const largestPage = 200
const managers = { admins: 'ADMINS', 'team-members': 'TEAM_MEMBERS', open: 'OPEN' } as const

/** How a stranger looks. */
export const anonymousView = { type: 'anonymous', profilePicture: picture, displayName: 'Anonymous', _links: {} }

/** A user of version 1: an empty address where its owner hides it and the organization does not manage the account. */
export function userView(twin: Twin, site: Site, truth: Account) {
  const account = twin.state.visibility.shown(truth)
  const { accountId, accountType, nickname: publicName, timeZone } = account
  const isManaged = twin.state.organizations.isManagedBy(account, site.organization)
  return {
    type: 'known',
    accountId,
    accountType: accountType === 'customer' ? '' : accountType,
    email: accountType === 'app' || (account.emailHidden && !isManaged) ? '' : account.email,
    publicName,
    displayName: account.nameHidden && !isManaged ? publicName : account.name,
    profilePicture: picture,
    timeZone,
    isExternalCollaborator: false,
    isGuest: false,
    _expandable: { operations: '', personalSpace: '' },
    _links: { self: `${twin.url}/site/${site.name}/wiki/rest/api/user?accountId=${encodeURIComponent(accountId)}` },
  }
}

export function groupView({ groupId: id, name, synced, managedBy }: Group) {
  return {
    type: 'group',
    name,
    id,
    usageType: managedBy === 'team-members' ? 'TEAM_COLLABORATION' : 'USERBASE_GROUP',
    managedBy: synced ? 'EXTERNAL' : managers[managedBy],
    _links: {},
  }
}

/** Everybody Confluence knows at the site: people of its directory and apps. */
export function isKnownAt(twin: Twin, site: Site, account: Account): boolean {
  if (!twin.state.visibility.seen(account)) return false
  return account.accountType !== 'atlassian' || membershipIn(account, site.directoryId) !== undefined
}

/** Groups of the site's directory as reads show them, in order of names. */
export function groupsAt(twin: Twin, site: Site): Group[] {
  return twin.state.groups.items.filter(
    (group) => group.directoryId === site.directoryId && twin.state.visibility.seen(group),
  )
}

/** A whole number of the query, 0 or more. */
export function numberParam(twin: Twin, call: Call, name: string, fallback: number): number {
  const text = call.query.get(name)
  if (text === null || text === '') return fallback
  return /^\d+$/.test(text) ? Number(text) : refuse(twin, call, 400, `${name} must be a whole number of 0 or more`)
}

/** A page of a list: `start` and `limit`, `_links.next` while more follow. A larger limit is lowered silently. */
export function pageOf<Item>(
  twin: Twin,
  call: Call,
  all: readonly Item[],
  view: (item: Item) => unknown,
  sizes: { readonly usual: number; readonly largest: number } = { usual: largestPage, largest: largestPage },
): Answer {
  const start = numberParam(twin, call, 'start', 0)
  const limit = Math.min(numberParam(twin, call, 'limit', sizes.usual), sizes.largest)
  const page = all.slice(start, start + limit).slice(0, call.shortPage?.keep)
  const hasMore = call.shortPage === undefined && start + page.length < all.length
  const at = call.path.indexOf('/rest/api/')
  const query = new URLSearchParams(call.query)
  query.set('start', String(start + limit))
  query.set('limit', String(limit))
  const total = call.shortPage?.totalIsTrue === false ? start + page.length : all.length
  return {
    status: 200,
    json: {
      results: page.map(view),
      start,
      limit,
      size: page.length,
      ...(call.query.get('shouldReturnTotalSize') === 'true' ? { totalSize: total } : {}),
      _links: {
        base: `${twin.url}${call.path.slice(0, at)}`,
        context: '/wiki',
        self: `${twin.url}${call.path}`,
        ...(hasMore ? { next: `${call.path.slice(at)}?${query}` } : {}),
      },
    },
  }
}
