import type { Clock } from '../../../platform/clock.ts'
import type { Account } from '../model.ts'
import type { Accounts } from './accounts.ts'
import type { EffectCounts } from './effects.ts'
import type { DirectoryPeople } from './people.ts'

/** How long a deletion can be taken back. */
const graceMs = 14 * 24 * 60 * 60 * 1000

/** Whole accounts switched off, on, and deleted: in every directory of every organization at once. */
export class Lifecycle {
  readonly #clock: Clock
  readonly #accounts: Accounts
  readonly #people: DirectoryPeople
  readonly #effects: EffectCounts
  readonly #scheduled = new Set<Account>()

  constructor(parts: { clock: Clock; accounts: Accounts; people: DirectoryPeople; effects: EffectCounts }) {
    this.#clock = parts.clock
    this.#accounts = parts.accounts
    this.#people = parts.people
    this.#effects = parts.effects
  }

  /** False = it was off already. */
  disable(account: Account): boolean {
    if (account.accountStatus !== 'active') return false
    this.#accounts.setStatus(account, 'inactive')
    this.#effects.count('accountsDisabled')
    this.#effects.count('sessionsEnded')
    return true
  }

  /** False = it was on already. */
  enable(account: Account): boolean {
    if (account.accountStatus === 'active') return false
    this.#accounts.setStatus(account, 'active')
    this.#effects.count('accountsEnabled')
    return true
  }

  /** Looks deactivated until the grace is over. */
  scheduleDeletion(account: Account): void {
    this.disable(account)
    this.#accounts.setDeletion(account, this.#clock.now() + graceMs)
    this.#scheduled.add(account)
    this.#effects.count('deletionsScheduled')
  }

  /** Takes the deletion back and switches the account on; false = none was scheduled. */
  cancelDeletion(account: Account): boolean {
    if (!this.#scheduled.delete(account)) return false
    this.#accounts.setDeletion(account, undefined)
    this.enable(account)
    this.#effects.count('deletionsCancelled')
    return true
  }

  /** Deletes for good what is due; to be asked before anything is read. */
  closeDue(): void {
    if (this.#scheduled.size === 0) return
    const now = this.#clock.now()
    for (const account of [...this.#scheduled]) {
      if (account.deletionAt === undefined || account.deletionAt > now) continue
      this.#scheduled.delete(account)
      for (const { directoryId } of account.directories) this.#people.remove(account, directoryId)
      this.#accounts.close(account)
      this.#effects.count('accountsClosed')
    }
  }
}
