import type { Clock } from '../../../platform/clock.ts'
import type { Account, Group } from '../model.ts'

/** How long after a write reads and searches still show the old picture, in milliseconds. 0 = at once. */
export interface Delays {
  /** New accounts. */
  accounts: number
  /** New groups. */
  groups: number
  memberships: number
  /** Roles of the whole organization; documented as up to 30 seconds. */
  platformRoles: number
  /** Suspended, restored, removed, deactivated. */
  statuses: number
  /** Names, addresses and the rest of a profile. */
  profiles: number
  /** Roles on apps. */
  access: number
  /** Who leads projects and components. */
  leads: number
  /** Properties of users. */
  properties: number
}

interface Pending {
  readonly account: Account
  readonly group: Group
  readonly wasMember: boolean
  readonly visibleAt: number
}

interface Before {
  readonly values: Readonly<Record<string, unknown>>
  readonly visibleAt: number
}

/**
 * Eventual consistency. Writes hit the truth at once (a second one is refused as such); reads ask here what may be
 * seen yet. A write that names an account or group which cannot be seen yet is answered "not found", as documented
 * for a group add right after a create.
 */
export class Visibility {
  readonly delays: Delays = {
    accounts: 0,
    groups: 0,
    memberships: 0,
    platformRoles: 0,
    statuses: 0,
    profiles: 0,
    access: 0,
    leads: 0,
    properties: 0,
  }
  /** What the request being served writes is seen so late at least. */
  lateMs = 0
  /** The least delay of roles of the whole organization. */
  platformRolesMs = 0
  readonly #clock: Clock
  /** By account id, then group id; and the other way round. */
  readonly #pending = new Map<string, Map<string, Pending>>()
  readonly #pendingByGroup = new Map<string, Map<string, Pending>>()
  /** Old values of things that changed, by the kind of change. */
  readonly #before = new Map<object, Map<keyof Delays, Before>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From when on a thing made now is seen. */
  visibleAt(kind: 'accounts' | 'groups'): number {
    const delay = this.#delayOf(kind)
    return delay > 0 ? this.#clock.now() + delay : Number.NEGATIVE_INFINITY
  }

  seen(thing: Account | Group): boolean {
    return thing.visibleAt === Number.NEGATIVE_INFINITY || thing.visibleAt <= this.#clock.now()
  }

  /** To be told before these properties of a thing get new values. The values themselves must never change in place. */
  changes<Thing extends object>(thing: Thing, kind: keyof Delays, properties: readonly (keyof Thing & string)[]): void {
    const delay = this.#delayOf(kind)
    if (delay <= 0) return
    let kinds = this.#before.get(thing)
    if (kinds === undefined) {
      kinds = new Map()
      this.#before.set(thing, kinds)
    }
    const earlier = kinds.get(kind)
    const now = this.#clock.now()
    const isPending = earlier !== undefined && earlier.visibleAt > now
    const values = isPending ? earlier.values : Object.fromEntries(properties.map((name) => [name, thing[name]]))
    kinds.set(kind, { values, visibleAt: now + delay })
  }

  /** A thing as reads show it: itself, or a copy with the old values of what changed a moment ago. */
  shown<Thing extends object>(thing: Thing): Thing {
    if (this.#before.size === 0) return thing
    const kinds = this.#before.get(thing)
    if (kinds === undefined) return thing
    const now = this.#clock.now()
    let shown = thing
    for (const [kind, { values, visibleAt }] of kinds) {
      if (visibleAt > now) shown = { ...shown, ...values }
      else kinds.delete(kind)
    }
    if (kinds.size === 0) this.#before.delete(thing)
    return shown
  }

  /** To be told before a membership changes. */
  membershipChanges(account: Account, group: Group, wasMember: boolean): void {
    const delay = this.#delayOf('memberships')
    if (delay <= 0) return
    const earlier = this.#pendingOf(account, group)
    const pending: Pending = {
      account,
      group,
      wasMember: earlier?.wasMember ?? wasMember,
      visibleAt: this.#clock.now() + delay,
    }
    put(this.#pending, account.accountId, group.groupId, pending)
    put(this.#pendingByGroup, group.groupId, account.accountId, pending)
  }

  forgetGroup(group: Group): void {
    const pending = this.#pendingByGroup.get(group.groupId)
    for (const { account } of pending?.values() ?? []) this.#pending.get(account.accountId)?.delete(group.groupId)
    this.#pendingByGroup.delete(group.groupId)
    this.#before.delete(group)
  }

  /** Groups of an account as reads show them. */
  groupsOf(account: Account): Group[] {
    const groups = [...account.groups].filter((group) => this.seen(group))
    const changed = this.#pending.get(account.accountId)
    if (changed === undefined || changed.size === 0) return groups
    const shown = groups.filter((group) => this.#pendingOf(account, group)?.wasMember !== false)
    for (const { group } of [...changed.values()]) {
      if (!account.groups.has(group) && this.#pendingOf(account, group)?.wasMember) shown.push(group)
    }
    return shown
  }

  /** Members of a group as reads show them, ordered by account id. */
  membersOf(group: Group): readonly Account[] {
    const changed = this.#pendingByGroup.get(group.groupId)
    const everySeen = changed === undefined || changed.size === 0
    if (everySeen && this.delays.accounts <= 0) return group.members.items
    const shown = group.members.items.filter(
      (account) => this.seen(account) && this.#pendingOf(account, group)?.wasMember !== false,
    )
    if (everySeen) return shown
    for (const { account } of [...changed.values()]) {
      if (!account.groups.has(group) && this.#pendingOf(account, group)?.wasMember) shown.push(account)
    }
    return shown.sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
  }

  #delayOf(kind: keyof Delays): number {
    return Math.max(this.delays[kind], this.lateMs, kind === 'platformRoles' ? this.platformRolesMs : 0)
  }

  #pendingOf(account: Account, group: Group): Pending | undefined {
    const pending = this.#pending.get(account.accountId)?.get(group.groupId)
    if (pending === undefined || pending.visibleAt > this.#clock.now()) return pending
    this.#pending.get(account.accountId)?.delete(group.groupId)
    this.#pendingByGroup.get(group.groupId)?.delete(account.accountId)
    return undefined
  }
}

function put(map: Map<string, Map<string, Pending>>, outer: string, inner: string, pending: Pending): void {
  let found = map.get(outer)
  if (found === undefined) {
    found = new Map()
    map.set(outer, found)
  }
  found.set(inner, pending)
}
