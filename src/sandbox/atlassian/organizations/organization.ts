import type { Answer, Call } from '../../server/call.ts'
import { type Domain, fold, type Organization, type Product } from '../model.ts'
import { siteUrl, type Twin } from '../twin.ts'
import { bodyObject, requireKey, requireOrganization } from './access.ts'
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
  const fitting = organization.directories.filter((each) => fold(each.name).includes(term))
  const from = position === undefined ? 0 : fitting.findIndex((each) => each.directoryId === position.after) + 1
  const page = fitting.slice(from, from + limit)
  const last = page.at(-1)
  const links: Record<string, string> = {}
  if (last !== undefined && from + limit < fitting.length) {
    links.next = writeCursor({ list: 'directories', after: last.directoryId, query: { limit, searchTerm: term } })
  }
  const data = page.map(({ directoryId, name }) => ({ directoryId, name, icon: '' }))
  return { status: 200, json: { data, links } }
}

/** POST /v2/orgs/{orgId}/workspaces: the apps. A cursor stands alone in the body. */
export function listWorkspaces(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:workspaces:admin')
  const body = bodyObject(call, true)
  if (body.cursor !== undefined && body.cursor !== null && Object.keys(body).length > 1) {
    refuse('ADMIN-400-24', 'When a cursor is given, no other properties may be present')
  }
  const position = typeof body.cursor === 'string' ? readCursor(body.cursor, 'workspaces') : undefined
  const limit = pageLimit(position?.query.limit ?? body.limit, 20, 1000)
  const all = organization.sites.flatMap((site) => site.products)
  const from = position === undefined ? 0 : all.findIndex((each) => each.resource === position.after) + 1
  const page = all.slice(from, from + limit)
  const last = page.at(-1)
  const links: Record<string, string> = {}
  if (last !== undefined && from + limit < all.length) {
    links.next = writeCursor({ list: 'workspaces', after: last.resource, query: { limit } })
  }
  const meta = { total: all.length, pageSize: limit, startIndex: from, endIndex: from + page.length }
  return { status: 200, json: { data: page.map((product) => workspaceView(twin, product)), links, meta } }
}

function workspaceView(twin: Twin, product: Product): object {
  const asJira = product.key === 'jira-software' && twin.variants.is('jiraWorkspaceAri', 'jira')
  const id = asJira ? product.resource.replace('jira-software::', 'jira::') : product.resource
  const hostUrl = siteUrl(twin, product.site)
  return {
    id,
    type: 'workspaces',
    attributes: {
      name: product.site.name,
      type: product.name,
      typeKey: product.key,
      owner: null,
      status: 'online',
      statusDetails: [],
      icons: {},
      avatars: {},
      labels: [],
      sandbox: { type: 'NONE' },
      usage: product.used,
      capacity: product.seats,
      hostUrl,
      realm: 'global',
      regions: [],
    },
    links: {
      self: `${twin.url}/admin/v2/orgs/${product.site.organization.orgId}/workspaces/${encodeURIComponent(id)}`,
    },
    relationships: {},
  }
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
