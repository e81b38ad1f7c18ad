import type { AccessRole, Product, ProductRole, Seats } from '../../../domain/access.ts'
import { ProvisioningError } from '../../../domain/errors.ts'
import { type CloudProducts, commonRoles, orgProducts, pushTo } from '../../kit/atlassian-cloud/org-products.ts'
import { cloudIdOf, productId } from '../../kit/atlassian-cloud/site-resources.ts'
import { isAdminName } from '../../kit/atlassian-cloud/translate.ts'
import type { ApplicationRoles } from './schemas.ts'
import type { Session, Sessions } from './session.ts'
import { type JiraResource, jiraResource } from './workspaces.ts'

const role = (key: string, usesSeat: boolean): ProductRole => ({ key, usesSeat, administers: false })
/** Roles that make sense in one product only. */
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
): Promise<CloudProducts> {
  const resources = await resourcesOfSite(sessions, session, signal)
  const applicationRoles =
    session.site === undefined ? undefined : await unlessForbidden(session.site.applicationRoles(signal))
  if (applicationRoles !== undefined) {
    const cloudId = resources[0]?.cloudId ?? session.cloudId ?? (await sessions.cloudId(signal))
    return fromSite(applicationRoles, resources, cloudId, admins)
  }
  const told = resources.map(({ key, cloudId, resource, title }) => ({
    id: productId({ key, cloudId }),
    key,
    title,
    seats: 'unknown' as const,
    roles: rolesOf(key),
    resource,
  }))
  return orgProducts(session.org, told, admins, signal)
}

function fromSite(
  applicationRoles: ApplicationRoles,
  resources: readonly JiraResource[],
  cloudId: string,
  admins: ReadonlySet<string>,
): CloudProducts {
  const byGroup = new Map<string, AccessRole[]>()
  const ids = new Map<string, string>()
  const products = applicationRoles.map((each): Product => {
    const id = productId({ key: each.key, cloudId })
    const resource = resources.find(({ key }) => key === each.key)?.resource
    if (resource !== undefined) ids.set(id, resource)
    for (const { groupId } of each.groupDetails ?? [])
      if (groupId) pushTo(byGroup, groupId, { product: id, role: 'user' })
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
