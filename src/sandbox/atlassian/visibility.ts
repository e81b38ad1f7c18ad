import type { Clock } from '../../platform/clock.ts'
import type { Account, Group } from './model.ts'

/** How long after a write reads and searches still show the old picture, in milliseconds. 0 = at once. */
export interface Delays {
  accounts: number
  groups: number
  memberships: number
  platformRoles: number
}

interface Pending {
  readonly wasMember: boolean
  readonly visibleAt: number
}

/**
 * Eventual consistency. Writes hit the truth at once (a second one is refused as such); reads ask here what may be
 * seen yet. A write that names an account or group which cannot be seen yet is answered "not found", as documented
 * for a group add right after a create.
 */
export class Visibility {
  readonly delays: Delays = { accounts: 0, groups: 0, memberships: 0, platformRoles: 0 }
  readonly #clock: Clock
  readonly #pending = new Map<Account, Map<Group, Pending>>()
  readonly #pendingByGroup = new Map<Group, Map<Account, Pending>>()
  readonly #oldRoles = new Map<Account, { readonly roles: ReadonlySet<string>; readonly visibleAt: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  accountVisibleAt(): number {
    return this.delays.accounts > 0 ? this.#clock.now() + this.delays.accounts : Number.NEGATIVE_INFINITY
  }

  groupVisibleAt(): number {
    return this.delays.groups > 0 ? this.#clock.now() + this.delays.groups : Number.NEGATIVE_INFINITY
  }

  seen(thing: Account | Group): boolean {
    return thing.visibleAt === Number.NEGATIVE_INFINITY || thing.visibleAt <= this.#clock.now()
  }

  /** To be told before a membership changes. */
  membershipChanges(account: Account, group: Group, wasMember: boolean): void {
    if (this.delays.memberships <= 0) return
    const earlier = this.#pendingOf(account, group)
    const pending: Pending = {
      wasMember: earlier?.wasMember ?? wasMember,
      visibleAt: this.#clock.now() + this.delays.memberships,
    }
    put(this.#pending, account, group, pending)
    put(this.#pendingByGroup, group, account, pending)
  }

  platformRolesChange(account: Account): void {
    if (this.delays.platformRoles <= 0) return
    const visibleAt = this.#clock.now() + this.delays.platformRoles
    this.#oldRoles.set(account, { roles: new Set(this.seenPlatformRoles(account)), visibleAt })
  }

  seenPlatformRoles(account: Account): ReadonlySet<string> {
    const old = this.#oldRoles.get(account)
    if (old === undefined) return account.platformRoles
    if (old.visibleAt > this.#clock.now()) return old.roles
    this.#oldRoles.delete(account)
    return account.platformRoles
  }

  forgetGroup(group: Group): void {
    for (const account of this.#pendingByGroup.get(group)?.keys() ?? []) this.#pending.get(account)?.delete(group)
    this.#pendingByGroup.delete(group)
  }

  /** Groups of an account as reads show them. */
  groupsOf(account: Account): Group[] {
    const groups = [...account.groups].filter((group) => this.seen(group))
    if (this.#pending.size === 0) return groups
    const changed = this.#pending.get(account)
    if (changed === undefined) return groups
    const shown = groups.filter((group) => this.#pendingOf(account, group)?.wasMember !== false)
    for (const group of changed.keys()) {
      if (!account.groups.has(group) && this.#pendingOf(account, group)?.wasMember) shown.push(group)
    }
    return shown
  }

  /** Members of a group as reads show them, ordered by account id. */
  membersOf(group: Group): readonly Account[] {
    const changed = this.#pendingByGroup.get(group)
    const everySeen = changed === undefined || changed.size === 0
    if (everySeen && this.delays.accounts <= 0) return group.members.items
    const shown = group.members.items.filter(
      (account) => this.seen(account) && this.#pendingOf(account, group)?.wasMember !== false,
    )
    if (everySeen) return shown
    for (const account of [...changed.keys()]) {
      if (!account.groups.has(group) && this.#pendingOf(account, group)?.wasMember) shown.push(account)
    }
    return shown.sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
  }

  #pendingOf(account: Account, group: Group): Pending | undefined {
    const pending = this.#pending.get(account)?.get(group)
    if (pending === undefined || pending.visibleAt > this.#clock.now()) return pending
    this.#pending.get(account)?.delete(group)
    this.#pendingByGroup.get(group)?.delete(account)
    return undefined
  }
}

function put<A, B>(map: Map<A, Map<B, Pending>>, a: A, b: B, pending: Pending): void {
  let inner = map.get(a)
  if (inner === undefined) {
    inner = new Map()
    map.set(a, inner)
  }
  inner.set(b, pending)
}
