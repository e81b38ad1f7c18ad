import { type Account, isActiveIn, membershipIn, type Product, type Roles, seatRoles } from '../model.ts'
import type { Organizations } from './organizations.ts'

/** Who has which roles on which app, and who takes a licence seat of it. Keeps `used` of every product true. */
export class Seats {
  readonly #organizations: Organizations

  constructor(organizations: Organizations) {
    this.#organizations = organizations
  }

  /** Roles somebody has on a product, by themselves or through groups. */
  rolesOn(account: Account, product: Product): Set<string> {
    const roles = new Set(account.roles.get(product.resource))
    for (const group of account.groups) for (const role of group.roles.get(product.resource) ?? []) roles.add(role)
    return roles
  }

  /** Products this account takes a seat of. */
  takenBy(account: Account): Product[] {
    if (account.accountType !== 'atlassian') return []
    const taken: Product[] = []
    for (const site of this.#organizations.sites) {
      if (!isActiveIn(account, site.directoryId)) continue
      for (const product of site.products) {
        if (hasSeatRole(account.roles.get(product.resource)) || viaGroup(account, product)) taken.push(product)
      }
    }
    return taken
  }

  /** Whether getting these roles on the product would take a seat the account does not have yet. */
  isNeededFor(account: Account | undefined, roles: ReadonlySet<string>, product: Product): boolean {
    if (!hasSeatRole(roles)) return false
    if (account === undefined) return true
    const isSuspended = membershipIn(account, product.site.directoryId)?.status === 'suspended'
    return account.accountStatus === 'active' && !isSuspended && !this.takenBy(account).includes(product)
  }

  /** The product that has no seat left for an account that gets these roles; undefined = it fits. */
  missingFor(account: Account | undefined, roles: Roles): Product | undefined {
    if (roles.size === 0) return undefined
    for (const site of this.#organizations.sites) {
      for (const product of site.products) {
        const given = roles.get(product.resource)
        const isFull = product.seats !== null && product.used >= product.seats
        if (isFull && given !== undefined && this.isNeededFor(account, given, product)) return product
      }
    }
    return undefined
  }

  /** Makes a change of one account with the seats counted anew. */
  keeping(account: Account, change: () => void): void {
    this.keepingAll([account], change)
  }

  /** The same for many accounts at once. */
  keepingAll(accounts: readonly Account[], change: () => void): void {
    for (const account of accounts) for (const product of this.takenBy(account)) product.used--
    change()
    for (const account of accounts) for (const product of this.takenBy(account)) product.used++
  }
}

function hasSeatRole(roles: ReadonlySet<string> | undefined): boolean {
  if (roles === undefined) return false
  for (const role of roles) if (seatRoles.has(role)) return true
  return false
}

function viaGroup(account: Account, product: Product): boolean {
  for (const group of account.groups) {
    if (group.roles.size > 0 && hasSeatRole(group.roles.get(product.resource))) return true
  }
  return false
}
