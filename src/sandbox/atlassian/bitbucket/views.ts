import type { Answer, Call } from '../../server/call.ts'
import type { Account } from '../model.ts'
import { type CodePlace, userUuid, type Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { refuse } from './dialect.ts'
import type { CodeGroup } from './people.ts'

const usualPage = 10
const largestPage = 100

export function apiUrl({ url }: Twin): string {
  return `${url}/2.0`
}

/** A user. The address is told only where it was asked for by a filter. */
export function userView(twin: Twin, truth: Account, withEmail = false) {
  const account = twin.state.visibility.shown(truth)
  const { accountId: account_id, nickname, name, email } = account
  const uuid = userUuid(account)
  return {
    type: 'user',
    uuid,
    display_name: account.nameHidden === true ? nickname : name,
    account_id,
    account_status: 'active',
    nickname,
    ...(withEmail ? { email } : {}),
    links: {
      self: { href: `${apiUrl(twin)}/users/${encodeURIComponent(uuid)}` },
      html: { href: `https://bitbucket.org/${encodeURIComponent(uuid)}/` },
      avatar: { href: `https://bitbucket.org/account/${encodeURIComponent(uuid)}/avatar` },
    },
  }
}

export function workspaceView(twin: Twin, { uuid, slug, name }: Workspace) {
  return { type: 'workspace', uuid, slug, name, is_private: true, links: workspaceLinks(twin, slug) }
}

export function workspaceBaseView(twin: Twin, { uuid, slug }: Workspace) {
  const { self, avatar } = workspaceLinks(twin, slug)
  return { type: 'workspace_base', uuid, slug, links: { self, avatar } }
}

/** A person in a workspace; `more` is what some lists add. */
export function membershipView(
  twin: Twin,
  workspace: Workspace,
  account: Account,
  more: Readonly<Record<string, unknown>> = {},
  withEmail = false,
) {
  const { uuid, slug, name } = workspace
  return {
    type: 'workspace_membership',
    user: userView(twin, account, withEmail),
    workspace: { type: 'workspace', uuid, slug, name },
    links: { self: { href: `${apiUrl(twin)}/workspaces/${slug}/members/${encodeURIComponent(userUuid(account))}` } },
    ...more,
  }
}

export function groupView({ slug: workspaceSlug }: Workspace, { name, slug }: CodeGroup) {
  return { type: 'group', name, slug, full_slug: `${workspaceSlug}:${slug}` }
}

export function projectView(workspace: Workspace, { key, uuid, name }: CodePlace) {
  return { type: 'project', key, uuid, name, is_private: true, owner: { type: 'team', uuid: workspace.uuid } }
}

export function repositoryView({ slug }: Workspace, { key, uuid, name }: CodePlace) {
  return { type: 'repository', uuid, name, full_name: `${slug}/${key}` }
}

/** A page of a list: `pagelen` and where to begin; only `next` tells whether more follow. */
export function pageOf<Item>(
  twin: Twin,
  call: Call,
  all: readonly Item[],
  view: (item: Item) => unknown,
): Answer & { readonly json: object } {
  const { variants } = twin
  const asked = wholeNumber(call, 'pagelen', usualPage)
  if (asked > largestPage && variants.is('bitbucketLargePage', '400')) refuse(400, 'Invalid pagelen')
  const pagelen = Math.min(asked, largestPage)
  const isOpaque = variants.is('bitbucketNext', 'opaque')
  const position = call.query.get('page')
  const from = position === null ? 0 : isOpaque ? readPosition(position) : (wholeNumber(call, 'page', 1) - 1) * pagelen
  const page = all.slice(from, from + pagelen).slice(0, call.shortPage?.keep)
  const hasMore = call.shortPage === undefined && from + page.length < all.length
  const total = call.shortPage?.totalIsTrue === false ? from + page.length : all.length
  const query = new URLSearchParams(call.query)
  query.set('pagelen', String(pagelen))
  query.set('page', isOpaque ? writePosition(from + pagelen) : String(from / pagelen + 2))
  return {
    status: 200,
    json: {
      pagelen,
      values: page.map(view),
      ...(isOpaque ? {} : { page: Math.floor(from / pagelen) + 1 }),
      ...(variants.is('bitbucketSize', 'told') ? { size: total } : {}),
      ...(hasMore ? { next: `${twin.url}${call.path}?${query}` } : {}),
    },
  }
}

function workspaceLinks(twin: Twin, slug: string) {
  const below = (path: string) => ({ href: `${apiUrl(twin)}/workspaces/${slug}${path}` })
  return {
    self: below(''),
    avatar: { href: `https://bitbucket.org/workspaces/${slug}/avatar/` },
    html: { href: `https://bitbucket.org/${slug}/` },
    members: below('/members'),
    projects: below('/projects'),
  }
}

/** A whole number of the query, 1 or more. */
function wholeNumber(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name)
  if (text === null || text === '') return fallback
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : refuse(400, `Invalid ${name}`)
}

function writePosition(from: number): string {
  return Buffer.from(`from ${from}`).toString('base64url')
}

function readPosition(text: string): number {
  const found = /^from (\d+)$/.exec(Buffer.from(text, 'base64url').toString('utf8'))
  return found === null ? refuse(400, 'Invalid page') : Number(found[1])
}
