import { type Account, type Group, isActiveIn } from '../model.ts'
import type { OwnGroup, Workspace } from '../state/workspaces.ts'
import { isOrgAdmin, type Twin } from '../twin.ts'

/** People and groups of the workspace are those of the organization. */
export function hasMoved({ variants }: Twin): boolean {
  return variants.is('bitbucketAdministration', 'moved')
}

/** Everybody in the workspace as reads show it, in order of account ids. */
export function membersOf(twin: Twin, workspace: Workspace): Account[] {
  const found = new Set<Account>()
  if (hasMoved(twin)) {
    const { resource } = workspace.product
    const { visibility, groups, accounts } = twin.state
    for (const group of groups.items) {
      if (visibility.shown(group).roles.has(resource)) for (const each of visibility.membersOf(group)) found.add(each)
    }
    for (const account of accounts.items) if (visibility.shown(account).roles.has(resource)) found.add(account)
  } else {
    for (const { members } of workspace.ownGroups) for (const account of members) found.add(account)
  }
  return [...found]
    .filter((account) => isShown(twin, workspace, account))
    .sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
}

/** Who can sign in to the workspace. */
export function isMember(twin: Twin, workspace: Workspace, account: Account): boolean {
  if (!isAlive(twin, workspace, account)) return false
  if (!hasMoved(twin)) return workspace.ownGroups.some(({ members }) => members.has(account))
  return rolesOf(twin, workspace, account).size > 0 || administersAll(twin, workspace, account)
}

export function isAdministrator(twin: Twin, workspace: Workspace, account: Account): boolean {
  if (!isAlive(twin, workspace, account)) return false
  if (!hasMoved(twin)) {
    return workspace.ownGroups.some(({ permission, members }) => permission === 'admin' && members.has(account))
  }
  return rolesOf(twin, workspace, account).has('atlassian/admin') || administersAll(twin, workspace, account)
}

/** A group as 1.0 and the permissions tell of it, whosever it is. */
export interface CodeGroup {
  readonly slug: string
  readonly name: string
  readonly permission: OwnGroup['permission']
  readonly autoAdd: boolean
  readonly members: readonly Account[]
}

export function ownGroup(group: OwnGroup): CodeGroup {
  const { slug, name, permission, autoAdd, members } = group
  return { slug, name, permission, autoAdd, members: [...members].sort((a, b) => (a.accountId < b.accountId ? -1 : 1)) }
}

export function organizationGroup(twin: Twin, { product }: Workspace, group: Group, slug: string): CodeGroup {
  const roles = twin.state.visibility.shown(group).roles.get(product.resource)
  const permission = roles?.has('atlassian/admin') === true ? 'admin' : null
  const members = twin.state.visibility
    .membersOf(group)
    .filter((account) => account.accountType === 'atlassian' && twin.state.visibility.seen(account))
  return { slug, name: group.name, permission, autoAdd: false, members }
}

function rolesOf(twin: Twin, { product }: Workspace, account: Account): ReadonlySet<string> {
  return twin.state.seats.rolesOn(account, product)
}

function administersAll(twin: Twin, { product }: Workspace, account: Account): boolean {
  return isOrgAdmin(twin, account, product.site.organization)
}

function isAlive(twin: Twin, { product }: Workspace, account: Account): boolean {
  if (account.accountStatus !== 'active') return false
  return !hasMoved(twin) || isActiveIn(account, product.site.directoryId)
}

function isShown(twin: Twin, { product }: Workspace, truth: Account): boolean {
  if (truth.accountType !== 'atlassian' || !twin.state.visibility.seen(truth)) return false
  if (!hasMoved(twin) || twin.variants.is('bitbucketSuspendedMembers', 'shown')) return truth.accountStatus === 'active'
  return isActiveIn(twin.state.visibility.shown(truth), product.site.directoryId)
}
