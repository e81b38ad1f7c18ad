import type { Answer, Call } from '../../server/call.ts'
import { type Domain, fold, membershipIn, type Organization } from '../model.ts'
import type { Twin } from '../twin.ts'
import { requireKey, requireOrganization } from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { refuse } from './dialect.ts'

const organizationPageSize = 20
const managedPageSize = 100
const domainPageSize = 20

/** GET /v1/orgs: the organizations of the key. Every key may ask. */
export function listOrgs(twin: Twin, call: Call): Answer {
  const mine = requireKey(twin, call, '')
  const { page, links } = urlPage(twin, call, mine, ({ orgId }) => orgId, organizationPageSize)
  return { status: 200, json: { data: page.map((organization) => orgView(twin, organization)), links } }
}

/** GET /v1/orgs/{orgId} */
export function getOrg(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:orgs:admin')
  return { status: 200, json: { data: orgView(twin, organization) } }
}

/** GET /v1/orgs/{orgId}/domains */
export function listDomains(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:domains:admin')
  const { page, links } = urlPage(twin, call, organization.domains, (domain) => domain.id, domainPageSize)
  return { status: 200, json: { data: page.map((domain) => domainView(twin, organization, domain)), links } }
}

/** GET /v1/orgs/{orgId}/domains/{domainId} */
export function getDomain(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:domains:admin')
  const domain = organization.domains.find(({ id }) => id === call.param('domainId'))
  if (domain === undefined) refuse('ADMIN-404-3')
  return { status: 200, json: { data: domainView(twin, organization, domain) } }
}

/** GET /v1/orgs/{orgId}/users: managed accounts, in a directory or not. Field names of v1. */
export function listManaged(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:accounts:admin')
  const { state } = twin
  const managed = state.accounts.items.filter(
    (account) => state.organizations.isManagedBy(account, organization) && state.visibility.seen(account),
  )
  const { page, links } = urlPage(twin, call, managed, (account) => account.accountId, managedPageSize)
  const data = page
    .map((account) => state.visibility.shown(account))
    .map((account) => ({
      account_id: account.accountId,
      account_type: 'atlassian',
      account_status: account.accountStatus,
      name: account.name,
      picture: '',
      email: account.email,
      access_billable: state.seats.takenBy(account).length > 0,
      product_access: [],
      links: { self: `${twin.url}/users/${account.accountId}/manage/profile` },
    }))
  return { status: 200, json: { data, meta: { total: managed.length }, links } }
}

/** GET /v2/orgs/{orgId}/directories */
export function listDirectories(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const { query } = call
  const cursor = query.get('cursor')
  const position = cursor === null ? undefined : readCursor(cursor, 'directories')
  const limit = pageLimit(position?.query.limit ?? query.get('limit') ?? undefined, 20, 100)
  const term = fold(String(position?.query.searchTerm ?? query.get('searchTerm') ?? ''))
  const wanted: Readonly<Record<string, unknown>> = position?.query ?? {
    ids: query.getAll('directoryIds'),
    member: query.get('accountId'),
  }
  const ids = wanted.ids as readonly string[]
  const member = wanted.member === null ? undefined : twin.state.account(String(wanted.member))
  const fitting = organization.directories
    .filter(({ name }) => fold(name).includes(term))
    .filter(({ directoryId }) => ids.length === 0 || ids.includes(directoryId))
    .filter(
      ({ directoryId }) =>
        wanted.member === null || (member !== undefined && membershipIn(member, directoryId) !== undefined),
    )
  const from = position === undefined ? 0 : fitting.findIndex((each) => each.directoryId === position.after) + 1
  const page = fitting.slice(from, from + limit)
  const last = page.at(-1)
  const links: Record<string, string> = {}
  if (last !== undefined && from + limit < fitting.length) {
    links.next = writeCursor({
      list: 'directories',
      after: last.directoryId,
      query: { ...wanted, limit, searchTerm: term },
    })
  }
  const data = page.map(({ directoryId, name }) => ({ directoryId, name, icon: '' }))
  return { status: 200, json: { data, links } }
}

function orgView(twin: Twin, { orgId, name }: Organization): object {
  const self = `${twin.url}/admin/v1/orgs/${orgId}`
  return {
    id: orgId,
    type: 'orgs',
    attributes: { name },
    relationships: {
      domains: { links: { related: `${self}/domains` } },
      users: { links: { related: `${self}/users` } },
    },
    links: { self },
  }
}

function domainView(twin: Twin, { orgId }: Organization, { id, name, type, status }: Domain): object {
  const self = `${twin.url}/admin/v1/orgs/${orgId}/domains/${id}`
  return { id, type: 'domains', attributes: { name, claim: { type, status } }, links: { self } }
}

/** v1 paging: a fixed page size, and `next` is a whole URL. */
function urlPage<Item>(
  twin: Twin,
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  size: number,
): { page: readonly Item[]; links: Record<string, string> } {
  const list = call.path
  const cursor = call.query.get('cursor')
  const after = cursor === null ? undefined : readCursor(cursor, list).after
  const from = after === undefined ? 0 : all.findIndex((item) => keyOf(item) === after) + 1
  let page = all.slice(from, from + size)
  const links: Record<string, string> = { self: `${twin.url}${call.path}${cursor === null ? '' : `?cursor=${cursor}`}` }
  const last = page.at(-1)
  if (call.shortPage !== undefined) page = page.slice(0, call.shortPage.keep)
  else if (last !== undefined && from + size < all.length) {
    links.next = `${twin.url}${call.path}?cursor=${writeCursor({ list, after: keyOf(last), query: {} })}`
  }
  return { page, links }
}
