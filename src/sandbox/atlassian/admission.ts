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

/**
 * Gives a person a role on a product: by itself, or a user role through the default groups (variant `roleGrant`).
 * False = it was held so already.
 */
export function giveRole(twin: Twin, account: Account, product: Product, role: string): boolean {
  if (!isByDefaultGroups(twin, product, role)) return twin.state.roles.grant(account, product.resource, role)
  const missing = [...product.defaultGroups].filter((group) => !account.groups.has(group))
  for (const group of missing) twin.state.groups.addMember(group, account)
  return missing.length > 0
}

/** Takes such a role away again; one that comes with other groups stays. False = it was not held so. */
export function takeRole(twin: Twin, account: Account, product: Product, role: string): boolean {
  const wasGiven = twin.state.roles.revoke(account, product.resource, role)
  if (!isByDefaultGroups(twin, product, role)) return wasGiven
  const left = [...product.defaultGroups].filter((group) => twin.state.groups.removeMember(group, account))
  return wasGiven || left.length > 0
}

function isByDefaultGroups(twin: Twin, product: Product, role: string): boolean {
  return role === 'atlassian/user' && product.defaultGroups.size > 0 && twin.variants.is('roleGrant', 'default-group')
}
