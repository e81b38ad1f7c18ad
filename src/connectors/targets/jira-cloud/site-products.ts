import type { AccessRole, Product, ProductRole, Seats } from '../../../domain/access.ts'
import { ProvisioningError } from '../../../domain/errors.ts'
import { rolePrefix } from '../../kit/atlassian-cloud/org-roles.ts'
import { groupIdOf, isAdminName } from '../../kit/atlassian-cloud/translate.ts'
import type { ApplicationRoles } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { cloudIdOf, type JiraResource, jiraResource, productId } from './workspaces.ts'

/** The Jira products of the site, and how people get into them. */
export interface SiteProducts {
  readonly products: readonly Product[]
  /** Resource a role is given on, by product id. */
  readonly resources: ReadonlyMap<string, string>
  /** What members of a group may use, by group id; undefined = nobody tells. */
  readonly byGroup: ReadonlyMap<string, readonly AccessRole[]> | undefined
}

const role = (key: string, usesSeat: boolean, administers = false): ProductRole => ({ key, usesSeat, administers })
/** Roles of every Jira product, then those that make sense in one. Which ones use a seat: the description of `roleIds`. */
const commonRoles = [role('user', true), role('admin', true, true), role('user-access-admin', false, true)]
const ownRoles: Readonly<Record<string, readonly ProductRole[]>> = {
  'jira-servicedesk': [role('customer', false), role('stakeholder', false)],
  'jira-product-discovery': [role('contributor', false)],
}

/**
 * With a token Jira itself names its products, their groups and seats; with a key alone the organization names the
 * products, and the groups that let people into each. `admins`: groups that administer, which nobody is put into.
 */
export async function siteProducts(
  sessions: Sessions,
  session: Session,
  admins: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SiteProducts> {
  const resources = await resourcesOfSite(sessions, session, signal)
  const applicationRoles =
    session.site === undefined ? undefined : await unlessForbidden(session.site.applicationRoles(signal))
  if (applicationRoles !== undefined) {
    const cloudId = resources[0]?.cloudId ?? session.cloudId ?? (await sessions.cloudId(signal))
    return fromSite(applicationRoles, resources, cloudId, admins)
  }
  return fromOrganization(session, resources, admins, signal)
}

function fromSite(
  applicationRoles: ApplicationRoles,
  resources: readonly JiraResource[],
  cloudId: string,
  admins: ReadonlySet<string>,
): SiteProducts {
  const byGroup = new Map<string, AccessRole[]>()
  const ids = new Map<string, string>()
  const products = applicationRoles.map((each): Product => {
    const id = productId({ key: each.key, cloudId })
    const resource = resources.find(({ key }) => key === each.key)?.resource
    if (resource !== undefined) ids.set(id, resource)
    for (const { groupId } of each.groupDetails ?? [])
      if (groupId) push(byGroup, groupId, { product: id, role: 'user' })
    const defaults = (each.defaultGroupsDetails ?? []).filter(({ name }) => !isAdminName(name ?? ''))
    return {
      id,
      key: each.key,
      title: each.name ?? each.key,
      seats: seatsOf(each),
      roles: rolesOf(each.key),
      grantedBy: resource === undefined ? 'group' : 'role',
      defaultGroupIds: defaults.flatMap(({ groupId }) => (groupId && !admins.has(groupId) ? groupId : [])),
    }
  })
  return { products, resources: ids, byGroup }
}

/** The organization does not say which of the groups are default ones: all that give plain use count as such. */
async function fromOrganization(
  { org }: Session,
  resources: readonly JiraResource[],
  admins: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SiteProducts> {
  const byGroup = new Map<string, AccessRole[]>()
  const ids = new Map<string, string>()
  const products: Product[] = []
  if (org === undefined || resources.length === 0) return { products, resources: ids, byGroup: undefined }
  for (const { key, cloudId, resource, title } of resources) {
    const id = productId({ key, cloudId })
    ids.set(id, resource)
    const groups = await org.groupsWithRole(`${rolePrefix}user`, resource, signal)
    for (const group of groups) push(byGroup, groupIdOf(group.id), { product: id, role: 'user' })
    const defaultGroupIds = groups
      .filter((group) => !admins.has(groupIdOf(group.id)) && !isAdminName(group.name))
      .map((group) => groupIdOf(group.id))
    products.push({ id, key, title, seats: 'unknown', roles: rolesOf(key), grantedBy: 'role', defaultGroupIds })
  }
  return { products, resources: ids, byGroup }
}

function push(lists: Map<string, AccessRole[]>, groupId: string, access: AccessRole): void {
  const list = lists.get(groupId)
  if (list === undefined) lists.set(groupId, [access])
  else list.push(access)
}

async function resourcesOfSite(
  sessions: Sessions,
  session: Session,
  signal: AbortSignal,
): Promise<readonly JiraResource[]> {
  const workspaces = session.workspaces && (await unlessForbidden(session.workspaces(signal)))
  if (workspaces === undefined || workspaces.length === 0) return []
  const cloudId = session.cloudId ?? cloudIdOf(sessions.config.site, workspaces) ?? (await sessions.cloudId(signal))
  const here = workspaces
    .flatMap((workspace) => jiraResource(workspace) ?? [])
    .filter((each) => each.cloudId === cloudId)
  return [...new Map(here.map((each) => [each.key, each])).values()]
}

function rolesOf(key: string): readonly ProductRole[] {
  return [...commonRoles, ...(ownRoles[key] ?? [])]
}

function seatsOf({ hasUnlimitedSeats, numberOfSeats, remainingSeats, userCount }: ApplicationRoles[number]): Seats {
  if (hasUnlimitedSeats) return 'unlimited'
  if (typeof numberOfSeats !== 'number' || numberOfSeats < 0) return 'unknown'
  const used = typeof remainingSeats === 'number' ? numberOfSeats - remainingSeats : userCount
  return typeof used === 'number' && used >= 0 ? { total: numberOfSeats, used } : 'unknown'
}

/** Jira's needs Administer Jira, the organization's a scope: without them nobody can tell, which is no failure. */
async function unlessForbidden<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code === 'forbidden') return undefined
    throw thrown
  }
}
