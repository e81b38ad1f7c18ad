import type { Answer, Call } from '../../server/call.ts'
import type { Product } from '../model.ts'
import { siteUrl, type Twin } from '../twin.ts'
import { bodyObject, requireOrganization } from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { refuse } from './dialect.ts'
import { ordered, readQuery } from './workspace-query.ts'

/** POST /v2/orgs/{orgId}/workspaces: the apps. A cursor stands alone in the body. */
export function listWorkspaces(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:workspaces:admin')
  const body = bodyObject(call, true)
  if (body.cursor !== undefined && body.cursor !== null && Object.keys(body).length > 1) {
    refuse('ADMIN-400-24', 'When a cursor is given, no other properties may be present')
  }
  const position = typeof body.cursor === 'string' ? readCursor(body.cursor, 'workspaces') : undefined
  const limit = pageLimit(position?.query.limit ?? body.limit, 20, 1000)
  const asked = position?.query ?? body
  const every = organization.sites.flatMap((site) => site.products).filter(readQuery(twin, asked.query))
  const all = ordered(twin, every, asked.sort)
  const from = position === undefined ? 0 : all.findIndex((each) => each.resource === position.after) + 1
  const page = all.slice(from, from + limit)
  const last = page.at(-1)
  const links: Record<string, string> = {}
  if (last !== undefined && from + limit < all.length) {
    links.next = writeCursor({
      list: 'workspaces',
      after: last.resource,
      query: { limit, query: asked.query, sort: asked.sort },
    })
  }
  const meta = { total: all.length, pageSize: limit, startIndex: from, endIndex: from + page.length }
  return { status: 200, json: { data: page.map((product) => workspaceView(twin, product)), links, meta } }
}

function workspaceView(twin: Twin, product: Product): object {
  const asJira = product.key === 'jira-software' && twin.variants.is('jiraWorkspaceAri', 'jira')
  const id = asJira ? product.resource.replace('jira-software::', 'jira::') : product.resource
  const hostUrl =
    product.key === 'bitbucket' ? `https://bitbucket.org/${product.site.name}` : siteUrl(twin, product.site)
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
