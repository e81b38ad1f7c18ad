import type { Account, Product } from './model.ts'
import type { Twin } from './twin.ts'

/** What joining the default groups of these products brings: resource -> roles. */
export function defaultRoles(products: readonly Product[]): Map<string, Set<string>> {
  const roles = new Map<string, Set<string>>()
  for (const product of products) {
    for (const group of product.defaultGroups) {
      for (const [resource, given] of group.roles)
        roles.set(resource, new Set([...(roles.get(resource) ?? []), ...given]))
    }
  }
  return roles
}

export function addToDefaultGroups(twin: Twin, account: Account, product: Product): void {
  for (const group of product.defaultGroups) twin.state.groups.addMember(group, account)
}

/** Gives a person a role on a product: by itself, or a user role through the default groups (variant `roleGrant`). */
export function giveRole(twin: Twin, account: Account, product: Product, role: string): void {
  if (role === 'atlassian/user' && product.defaultGroups.size > 0 && twin.variants.is('roleGrant', 'default-group')) {
    addToDefaultGroups(twin, account, product)
  } else twin.state.roles.grant(account, product.resource, role)
}
