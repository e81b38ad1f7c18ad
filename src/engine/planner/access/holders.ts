import type { AccessRole } from '../../../domain/access.ts'
import { has } from '../../../platform/sorted.ts'
import type { EffectsInput } from '../guards/judgement.ts'

/** One name for a role in a product. */
export function accessKey({ product, role }: AccessRole): string {
  return `${product} ${role}`
}

/** Who may use what right now: by groups, and by roles given to the account itself. */
export interface Holders {
  /** Positions of the groups that give something to their members, with what they give. */
  readonly groups: ReadonlyMap<number, readonly AccessRole[]>
  /** Roles of the account itself: as the target shows them, else as the ledger of all connections has them. */
  direct(account: number): readonly AccessRole[]
  /** Everything that comes with the groups an account is in. */
  byGroups(account: number): readonly AccessRole[]
}

const nothing: readonly AccessRole[] = []

export function holdersOf({ target, memory }: Pick<EffectsInput, 'target' | 'memory'>): Holders {
  const groups = new Map<number, readonly AccessRole[]>()
  target.groups.forEach(({ grantsAccess = nothing }, position) => {
    if (grantsAccess.length > 0) groups.set(position, grantsAccess)
  })
  const ledger = new Map<string, AccessRole[]>()
  for (const { product, role, accountIds } of memory.access) {
    for (const id of accountIds) {
      const list = ledger.get(id)
      if (list === undefined) ledger.set(id, [{ product, role }])
      else if (!list.some((each) => each.product === product && each.role === role)) list.push({ product, role })
    }
  }
  return {
    groups,
    direct: (account) => {
      const actual = target.accounts[account]
      if (actual === undefined) return nothing
      return actual.access ?? ledger.get(actual.id) ?? nothing
    },
    byGroups: (account) => {
      const roles: AccessRole[] = []
      for (const [position, granted] of groups) {
        if (has(target.groups[position]!.accounts, account)) roles.push(...granted)
      }
      return roles
    },
  }
}
