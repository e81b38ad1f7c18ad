import type { Clock } from '../../../platform/clock.ts'
import { type Account, membershipIn } from '../model.ts'
import { statusProperties } from './accounts.ts'
import type { EffectCounts } from './effects.ts'
import type { Groups } from './groups.ts'
import type { Organizations } from './organizations.ts'
import type { Seats } from './seats.ts'
import type { Visibility } from './visibility.ts'

/** Which accounts are in which directories, and whether their access there is suspended. */
export class DirectoryPeople {
  readonly #clock: Clock
  readonly #organizations: Organizations
  readonly #groups: Groups
  readonly #seats: Seats
  readonly #visibility: Visibility
  readonly #effects: EffectCounts

  constructor(parts: {
    clock: Clock
    organizations: Organizations
    groups: Groups
    seats: Seats
    visibility: Visibility
    effects: EffectCounts
  }) {
    this.#clock = parts.clock
    this.#organizations = parts.organizations
    this.#groups = parts.groups
    this.#seats = parts.seats
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  add(account: Account, directoryId: string, source: 'invited' | 'synced' = 'invited'): void {
    if (membershipIn(account, directoryId) !== undefined) return
    this.#visibility.changes(account, 'statuses', statusProperties)
    const membership = { directoryId, status: 'active', source, addedAt: this.#clock.now() } as const
    this.#seats.keeping(account, () => {
      account.directories = [...account.directories, membership]
    })
    this.#effects.count('peopleAdded')
  }

  /** Takes somebody out: groups and roles of that directory are gone for good, the account itself stays. */
  remove(account: Account, directoryId: string): boolean {
    if (membershipIn(account, directoryId) === undefined) return false
    for (const group of [...account.groups]) {
      if (group.directoryId === directoryId) this.#groups.removeMember(group, account)
    }
    this.#visibility.changes(account, 'statuses', statusProperties)
    this.#seats.keeping(account, () => {
      account.directories = account.directories.filter((each) => each.directoryId !== directoryId)
      account.roles = this.#rolesElsewhere(account, directoryId)
    })
    if (!account.formerDirectories.includes(directoryId)) {
      account.formerDirectories = [...account.formerDirectories, directoryId]
    }
    this.#effects.count('peopleRemoved')
    return true
  }

  /** Suspends or restores; false = it was so already or the person is not in the directory. */
  setSuspended(account: Account, directoryId: string, suspended: boolean): boolean {
    const membership = membershipIn(account, directoryId)
    const status = suspended ? 'suspended' : 'active'
    if (membership === undefined || membership.status === status) return false
    this.#visibility.changes(account, 'statuses', statusProperties)
    this.#seats.keeping(account, () => {
      account.directories = account.directories.map((each) => (each === membership ? { ...each, status } : each))
    })
    this.#effects.count(suspended ? 'suspended' : 'restored')
    return true
  }

  #rolesElsewhere(account: Account, directoryId: string): Account['roles'] {
    if (account.roles.size === 0) return account.roles
    const lost = this.#organizations.sites
      .filter((site) => site.directoryId === directoryId)
      .flatMap((site) => site.products.map(({ resource }) => resource))
    return new Map([...account.roles].filter(([resource]) => !lost.includes(resource)))
  }
}
