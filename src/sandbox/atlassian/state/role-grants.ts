import type { Account, Group, Organization, Roles } from '../model.ts'
import type { EffectCounts } from './effects.ts'
import type { Seats } from './seats.ts'
import type { Visibility } from './visibility.ts'

/** Roles given to accounts and groups on apps, and to accounts in a whole organization. */
export class RoleGrants {
  readonly #seats: Seats
  readonly #visibility: Visibility
  readonly #effects: EffectCounts

  constructor(parts: { seats: Seats; visibility: Visibility; effects: EffectCounts }) {
    this.#seats = parts.seats
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  /** False = was given already. */
  grant(holder: Account | Group, resource: string, role: string): boolean {
    return this.#change(holder, plus(holder.roles, resource, role))
  }

  /** False = was not given. */
  revoke(holder: Account | Group, resource: string, role: string): boolean {
    return this.#change(holder, minus(holder.roles, resource, role))
  }

  setPlatform(account: Account, organization: Organization, role: string, granted: boolean): void {
    const { orgId } = organization
    const roles = granted ? plus(account.platformRoles, orgId, role) : minus(account.platformRoles, orgId, role)
    if (roles === undefined) return
    this.#visibility.changes(account, 'platformRoles', ['platformRoles'])
    account.platformRoles = roles
    this.#effects.count('rolesChanged')
  }

  #change(holder: Account | Group, roles: Roles | undefined): boolean {
    if (roles === undefined) return false
    this.#visibility.changes<Account | Group>(holder, 'access', ['roles'])
    const people = 'members' in holder ? holder.members.items : [holder]
    this.#seats.keepingAll(people, () => {
      holder.roles = roles
    })
    this.#effects.count('rolesChanged')
    return true
  }
}

/** The roles with one more; undefined = it is there already. */
function plus(roles: Roles, key: string, role: string): Roles | undefined {
  const given = roles.get(key)
  if (given?.has(role)) return undefined
  return new Map([...roles, [key, new Set([...(given ?? []), role])]])
}

/** The roles without that one; undefined = it is not there. */
function minus(roles: Roles, key: string, role: string): Roles | undefined {
  const given = roles.get(key)
  if (!given?.has(role)) return undefined
  const rest = new Map(roles)
  if (given.size === 1) rest.delete(key)
  else rest.set(key, new Set([...given].filter((each) => each !== role)))
  return rest
}
