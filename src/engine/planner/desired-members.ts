import { has, sortInPlace, union } from '../../platform/sorted.ts'
import type { AccessRule } from './access/rules.ts'
import type { PlanInput } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'
import type { Flatten } from './nesting.ts'
import type { PeopleBook } from './people-book.ts'
import type { Why } from './trace.ts'

export interface Desired {
  /** Positions of accounts, ascending, each once. */
  readonly members: Int32Array
  readonly whyOf: (account: number) => Why
  /** True for somebody whom only access puts here that the target itself turned into this membership (D20). */
  readonly comesWithAccess: (account: number) => boolean
  /** Everything that could have added somebody was read completely, so absence means something (P1, P8). */
  readonly proven: boolean
}

/** Accounts of people who receive what the source says; ascending, each once. */
export interface Receivers {
  /** Of people at these positions of the source. */
  among(users: Int32Array): Int32Array
  all(): Int32Array
}

/** Asked once, when everything about people is decided. */
export function receiversOf({ accountOf, standingOf }: Pick<PeopleBook, 'accountOf' | 'standingOf'>): Receivers {
  const receives = (account: number) => account >= 0 && standingOf[account] === 'receives'
  const receiving = accountOf.map((account) => (receives(account) ? account : -1))
  let everybody: Int32Array | undefined
  return {
    among(users) {
      const accounts = new Int32Array(users.length)
      let count = 0
      for (let at = 0; at < users.length; at += 1) {
        const account = receiving[users[at]!]!
        if (account >= 0) accounts[count++] = account
      }
      return sortInPlace(accounts.subarray(0, count))
    },
    all() {
      everybody ??= sortInPlace(receiving.filter((account) => account >= 0))
      return everybody
    },
  }
}

/**
 * Everybody a rule puts into a group: members of its source groups, also nested ones, the defaults, and those whose access
 * to a product the group stands for. `lacks` = nothing else will let this account in.
 */
export function desiredMembers(
  input: PlanInput,
  people: PeopleBook,
  receivers: Receivers,
  group: ManagedGroup,
  flatten: Flatten,
  lacks: (account: number, rule: AccessRule) => boolean,
): Desired {
  const { source, target } = input
  let proven = source.usersComplete && source.groupsComplete
  const received = group.receipts.map((receipt) => {
    const flattened = flatten(receipt.group)
    proven &&= flattened.complete
    return receivers.among(flattened.users)
  })
  const defaults: Int32Array[] = []
  if (group.defaultForAll) defaults.push(receivers.all())
  if (group.defaultForNew) {
    defaults.push(Int32Array.from(people.creations.keys(), (index) => target.accounts.length + index))
  }
  const { access } = group
  const byAccess = (access?.wants ?? []).map((rule) => {
    const present = target.groups[group.position]!.accounts
    const isNeeded = (account: number) => has(present, account) || (access?.adds === true && lacks(account, rule))
    return receivers.all().filter(isNeeded)
  })
  const byRule = [...received, ...defaults]
  const parts = [...byRule, ...byAccess]
  return {
    comesWithAccess: (account) => access?.adds === false && !byRule.some((part) => has(part, account)),
    members: parts.length === 0 ? new Int32Array(0) : union(parts),
    proven,
    whyOf: (account) => {
      const by = received.findIndex((part) => has(part, account))
      const receipt = group.receipts[by]
      if (receipt !== undefined) {
        return { reason: 'member-at-source', rule: receipt.rule, sourceGroup: receipt.group }
      }
      const wanted = defaults.some((part) => has(part, account)) ? -1 : byAccess.findIndex((part) => has(part, account))
      if (wanted >= 0) return { reason: 'access-wanted', rule: access!.wants[wanted]!.rule }
      return group.defaultForAll
        ? { reason: 'default-for-all', rule: 'groups.defaultsForAll' }
        : { reason: 'default-for-new', rule: 'groups.defaultsForNew' }
    },
  }
}
