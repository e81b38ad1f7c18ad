import type { Answer, Call } from '../../server/call.ts'
import { fold } from '../model.ts'
import { type OwnGroup, slugOf, userUuid, type Workspace } from '../state/workspaces.ts'
import type { Twin } from '../twin.ts'
import { administrate, type Scopes, visit } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { type CodeGroup, hasMoved, organizationGroup, ownGroup } from './people.ts'
import { accountNamed } from './workspaces.ts'

const permissions: ReadonlySet<unknown> = new Set(['read', 'write', 'admin', null])

/** GET /1.0/groups/{workspace}: a bare array of all, with their members. */
export function listGroups(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = administrate(twin, call, scopes)
  return { status: 200, json: groupsOf(twin, workspace).map((group) => groupView1(twin, workspace, group)) }
}

/** GET /1.0/groups/{workspace}/{slug}/members */
export function listGroupMembers(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = visit(twin, call, scopes)
  const group = groupNamed(twin, workspace, call.param('slug'))
  return { status: 200, json: group.members.map((account) => memberView1(twin, account)) }
}

/** POST /1.0/groups/{workspace}: a form with the name. */
export function createGroup(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  const name = new URLSearchParams(call.rawBody).get('name') ?? ''
  if (name.trim() === '') return refuse(400, 'Bad request', 'The name is missing.')
  const answer = twin.variants.get('bitbucketGroupExists')
  const isTaken = workspace.ownGroups.some((group) => fold(group.name) === fold(name))
  if (isTaken && answer !== '200-suffixed') refuse(Number(answer), 'A group of this name exists already.')
  return {
    status: 200,
    json: groupView1(twin, workspace, ownGroup(twin.state.workspaces.createGroup(workspace, name))),
  }
}

/** PUT /1.0/groups/{workspace}/{slug}: name, permission, auto_add. */
export function updateGroup(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  const group = ownGroupNamed(workspace, call.param('slug'))
  const { name, permission, auto_add: autoAdd } = bodyObject(call)
  if (permission !== undefined && !permissions.has(permission))
    refuse(400, 'Bad request', 'There is no such permission.')
  if (typeof name === 'string' && name !== '') group.name = name
  if (permission !== undefined) group.permission = permission as OwnGroup['permission']
  if (typeof autoAdd === 'boolean') group.autoAdd = autoAdd
  return { status: 200, json: groupView1(twin, workspace, ownGroup(group)) }
}

/** DELETE /1.0/groups/{workspace}/{slug} */
export function deleteGroup(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  const group = ownGroupNamed(workspace, call.param('slug'))
  twin.state.workspaces.deleteGroup(workspace, group)
  return { status: 204 }
}

/** PUT /1.0/groups/{workspace}/{slug}/members/{member} */
export function addMember(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  const group = ownGroupNamed(workspace, call.param('slug'))
  const account = accountNamed(twin, call.param('member')) ?? refuse(404, 'No such user.')
  if (!isInside(workspace, account) && isFull(workspace)) refuse(402, 'The plan has no seat left.')
  const isNew = twin.state.workspaces.addMember(group, account)
  if (!isNew && twin.variants.is('bitbucketAddAgain', '409')) refuse(409, 'The user is in the group already.')
  return { status: 200, json: memberView1(twin, account) }
}

/** DELETE /1.0/groups/{workspace}/{slug}/members/{member} */
export function removeMember(twin: Twin, call: Call, scopes: Scopes): Answer {
  const workspace = toChange(twin, call, scopes)
  const group = ownGroupNamed(workspace, call.param('slug'))
  const account = accountNamed(twin, call.param('member')) ?? refuse(404, 'No such user.')
  const was = twin.state.workspaces.removeMember(group, account)
  if (!was && twin.variants.is('bitbucketRemoveNonMember', '404')) refuse(404, 'The user is not in the group.')
  return { status: 204 }
}

/** GET /1.0/group-privileges/{workspace}: what groups may do with each repository. */
export function listPrivileges(twin: Twin, call: Call, scopes: Scopes): Answer {
  const { workspace } = administrate(twin, call, scopes)
  const rows = workspace.repositories.flatMap((repository) =>
    [...repository.groups].map(([slug, privilege]) => ({
      repo: `${workspace.slug}/${repository.key}`,
      privilege,
      group: groupView1(twin, workspace, groupNamed(twin, workspace, slug)),
      repository: { name: repository.name, slug: repository.key },
    })),
  )
  return { status: 200, json: rows }
}

/** All groups of the workspace, by slug. */
export function groupsOf(twin: Twin, workspace: Workspace): CodeGroup[] {
  if (!hasMoved(twin)) return workspace.ownGroups.map(ownGroup)
  const { product } = workspace
  const { groups, visibility } = twin.state
  const isListed = twin.variants.is('bitbucketGroups1', 'all')
  return groups.items
    .filter(({ directoryId }) => directoryId === product.site.directoryId)
    .filter((group) => visibility.seen(group) && (isListed || visibility.shown(group).roles.has(product.resource)))
    .map((group) => organizationGroup(twin, workspace, group, slugOf(group.name)))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

export function groupNamed(twin: Twin, workspace: Workspace, slug: string): CodeGroup {
  return groupsOf(twin, workspace).find((group) => group.slug === slug) ?? refuse(404, 'No such group.')
}

/** The workspace of a call that the move has disabled. */
export function toChange(twin: Twin, call: Call, scopes: Scopes): Workspace {
  const { workspace } = administrate(twin, call, scopes)
  if (hasMoved(twin)) {
    refuse(
      Number(twin.variants.get('bitbucketDisabled1')),
      'This workspace is administered at admin.atlassian.com; the call is disabled.',
    )
  }
  return workspace
}

export function ownGroupNamed(workspace: Workspace, slug: string): OwnGroup {
  return workspace.ownGroups.find((group) => group.slug === slug) ?? refuse(404, 'No such group.')
}

/** A group of version 1.0. */
export function groupView1(twin: Twin, workspace: Workspace, group: CodeGroup) {
  const { name, slug, permission, autoAdd: auto_add, members } = group
  const owner = { display_name: workspace.name, uuid: workspace.uuid, nickname: workspace.slug, is_team: true }
  return {
    name,
    slug,
    permission,
    auto_add,
    email_forwarding_disabled: false,
    members: members.map((account) => memberView1(twin, account)),
    owner: { ...owner, account_id: null },
    workspace: { slug: workspace.slug, name: workspace.name, uuid: workspace.uuid },
  }
}

export function memberView1(twin: Twin, truth: CodeGroup['members'][number]) {
  const account = twin.state.visibility.shown(truth)
  return {
    display_name: account.name,
    account_id: account.accountId,
    uuid: userUuid(account),
    nickname: account.nickname,
    is_team: false,
    is_staff: false,
    resource_uri: `/1.0/users/${userUuid(account)}`,
  }
}

function isInside({ ownGroups }: Workspace, account: CodeGroup['members'][number]): boolean {
  return ownGroups.some(({ members }) => members.has(account))
}

function isFull({ product, ownGroups }: Workspace): boolean {
  return product.seats !== null && new Set(ownGroups.flatMap(({ members }) => [...members])).size >= product.seats
}
