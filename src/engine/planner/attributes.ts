import { markOf } from '../../domain/memory.ts'
import type { OtherConnection, PlanInput } from './input.ts'

/** Who decides about an attribute of an account, and what of it is ours. */
export interface AttributeLedger {
  /**
   * A connection with more say delivers this attribute of this account: what it set is neither written nor corrected here.
   * One whose source says nothing about it passes it on (D4).
   */
  isDecidedAbove(attribute: string, accountId: string): boolean
  /** Attributes that this connection delivered for an account in its last good read. */
  deliveredBefore(accountId: string): readonly string[]
  /** True while the value is what Muster wrote there last; only that is ever emptied (D21). */
  isOurs(attribute: string, accountId: string, value: string): boolean
}

/** Higher priority wins, ties by name. */
function outranks(one: OtherConnection, other: OtherConnection): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.key < other.key)
}

/** `memory` without what connections left behind that are no longer there. */
export function attributeLedger({
  connection,
  memory,
  others,
}: Pick<PlanInput, 'connection' | 'memory' | 'others'>): AttributeLedger {
  const above = others.filter((other) => outranks(other, connection)).map(({ key }) => decisionsOf(key, memory))
  const marks = new Map<string, ReadonlyMap<string, number>>()
  const marksOf = (attribute: string) => {
    const known = marks.get(attribute)
    if (known !== undefined) return known
    const made = new Map<string, number>()
    for (const written of memory.written) {
      if (written.attribute !== attribute) continue
      for (const [at, accountId] of written.accountIds.entries()) made.set(accountId, written.marks[at]!)
    }
    marks.set(attribute, made)
    return made
  }
  const ours = memory.deliveries.find((each) => each.connection === connection.key)
  const decidedHere = ours === undefined ? () => false : decisionsOf(connection.key, memory)
  return {
    deliveredBefore: (accountId) =>
      Object.keys(ours?.accountIds ?? {}).filter((attribute) => decidedHere(attribute, accountId)),
    isDecidedAbove: (attribute, accountId) => above.some((decides) => decides(attribute, accountId)),
    isOurs: (attribute, accountId, value) => marksOf(attribute).get(accountId) === markOf(attribute, value),
  }
}

/** What one connection decides. Until it has noted what it delivers, everything of whom it vouches for. */
function decisionsOf(key: string, memory: PlanInput['memory']): AttributeLedger['isDecidedAbove'] {
  const delivered = memory.deliveries.find(({ connection }) => connection === key)
  if (delivered === undefined) {
    const vouched = memory.accountGrants.flatMap((grant) => (grant.connection === key ? grant.accountIds : []))
    const accounts = new Set(vouched)
    return (_, accountId) => accounts.has(accountId)
  }
  const sets = new Map<string, ReadonlySet<string>>()
  return (attribute, accountId) => {
    let accounts = sets.get(attribute)
    if (accounts === undefined) {
      const list = Object.hasOwn(delivered.accountIds, attribute) ? delivered.accountIds[attribute] : undefined
      accounts = new Set(list)
      sets.set(attribute, accounts)
    }
    return accounts.has(accountId)
  }
}
