import type { AccessRole, Product, ProductRole } from '../../../domain/access.ts'
import type { OrgClient } from './org-client.ts'
import { rolePrefix } from './org-roles.ts'
import { groupIdOf, isAdminName } from './translate.ts'

/** The products of a target, and how people get into them. */
export interface CloudProducts {
  readonly products: readonly Product[]
  /** Resource a role is given on, by product id. */
  readonly resources: ReadonlyMap<string, string>
  /** What members of a group may use, by group id; undefined = nobody tells. */
  readonly byGroup: ReadonlyMap<string, readonly AccessRole[]> | undefined
}

/** A product as the organization names it. */
export type OrgProduct = Pick<Product, 'id' | 'key' | 'title' | 'seats' | 'roles'> & { readonly resource: string }

export const role = (key: string, usesSeat: boolean, administers = false): ProductRole => ({
  key,
  usesSeat,
  administers,
})
/** Roles of every product. Which ones use a seat: the description of `roleIds` in the Organizations API. */
export const commonRoles = [role('user', true), role('admin', true, true), role('user-access-admin', false, true)]

/** The organization does not say which of the groups are default ones: all that give plain use count as such. */
export async function orgProducts(
  org: OrgClient | undefined,
  told: readonly OrgProduct[],
  admins: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<CloudProducts> {
  const byGroup = new Map<string, AccessRole[]>()
  const resources = new Map<string, string>()
  const products: Product[] = []
  if (org === undefined || told.length === 0) return { products, resources, byGroup: undefined }
  for (const { resource, ...product } of told) {
    resources.set(product.id, resource)
    const groups = await org.groupsWithRole(`${rolePrefix}user`, resource, signal)
    for (const group of groups) pushTo(byGroup, groupIdOf(group.id), { product: product.id, role: 'user' })
    const defaultGroupIds = groups
      .filter((group) => !admins.has(groupIdOf(group.id)) && !isAdminName(group.name))
      .map((group) => groupIdOf(group.id))
    products.push({ ...product, grantedBy: 'role', defaultGroupIds })
  }
  return { products, resources, byGroup }
}

export function pushTo(lists: Map<string, AccessRole[]>, groupId: string, access: AccessRole): void {
  const list = lists.get(groupId)
  if (list === undefined) lists.set(groupId, [access])
  else list.push(access)
}
