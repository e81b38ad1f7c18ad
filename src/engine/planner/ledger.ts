import type { Memory } from '../../domain/memory.ts'
import type { PlanInput } from './input.ts'
import { among, type IsAmong } from './positions.ts'

type Remembered = Pick<PlanInput, 'connection' | 'memory' | 'others'>

/**
 * The memory without what connections vouched for that are no longer there: a deleted connection, or one that was pointed
 * at another directory, turns its grants foreign and nothing is removed because of it (D4).
 */
export function memoryInUse({ connection, memory, others }: Remembered): Memory {
  const inUse = new Set([connection.key, ...others.map(({ key }) => key)])
  const isInUse = (row: { readonly connection: string }) => inUse.has(row.connection)
  return {
    ...memory,
    grants: memory.grants.filter(isInUse),
    accountGrants: memory.accountGrants.filter(isInUse),
    deliveries: memory.deliveries.filter(isInUse),
    written: memory.written.filter(isInUse),
    access: memory.access.filter(isInUse),
    custom: memory.custom.filter(isInUse),
  }
}

/** Which accounts of the target this connection vouches for, and which another one does, by position. */
export interface VouchedAccounts {
  readonly ours: IsAmong
  readonly others: IsAmong
}

export function vouchedAccounts({
  connection,
  memory,
  target,
}: Pick<PlanInput, 'connection' | 'memory' | 'target'>): VouchedAccounts {
  const isOurs = (row: { readonly connection: string }) => row.connection === connection.key
  const idsOf = (row: { readonly accountIds: readonly string[] }) => row.accountIds
  return {
    ours: among(target.accounts, memory.accountGrants.filter(isOurs).map(idsOf)),
    others: among(target.accounts, memory.accountGrants.filter((row) => !isOurs(row)).map(idsOf)),
  }
}

/** Ids of the accounts that this connection vouches for, and of those that another one does. */
export interface AccountVouchers {
  readonly ours: ReadonlySet<string>
  readonly others: ReadonlySet<string>
}

export function accountVouchers({ connection, memory }: Pick<Remembered, 'connection' | 'memory'>): AccountVouchers {
  const ours = new Set<string>()
  const others = new Set<string>()
  for (const { connection: key, accountIds } of memory.accountGrants) {
    const vouched = key === connection.key ? ours : others
    for (const id of accountIds) vouched.add(id)
  }
  return { ours, others }
}
