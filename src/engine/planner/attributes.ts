import { markOf } from '../../domain/memory.ts'
import type { OtherConnection, PlanInput } from './input.ts'
import { among, type IsAmong, positionsById } from './positions.ts'

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
  target,
}: Pick<PlanInput, 'connection' | 'memory' | 'others' | 'target'>): AttributeLedger {
  const above = others.filter((other) => outranks(other, connection)).map(({ key }) => decisionsOf(key, memory, target))
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
  const decidedHere = ours === undefined ? () => false : decisionsOf(connection.key, memory, target)
  return {
    deliveredBefore: (accountId) =>
      Object.keys(ours?.accountIds ?? {}).filter((attribute) => decidedHere(attribute, accountId)),
    isDecidedAbove: (attribute, accountId) => above.some((decides) => decides(attribute, accountId)),
    isOurs: (attribute, accountId, value) => marksOf(attribute).get(accountId) === markOf(attribute, value),
  }
}

/** What one connection decides. Until it has noted what it delivers, everything of whom it vouches for. */
function decisionsOf(
  key: string,
  memory: PlanInput['memory'],
  { accounts }: PlanInput['target'],
): AttributeLedger['isDecidedAbove'] {
  const positionOf = positionsById(accounts)
  const has = (isAmong: IsAmong, accountId: string) => {
    const position = positionOf.get(accountId)
    return position !== undefined && isAmong(position)
  }
  const delivered = memory.deliveries.find(({ connection }) => connection === key)
  if (delivered === undefined) {
    const grants = memory.accountGrants.filter(({ connection }) => connection === key)
    const vouched = among(
      accounts,
      grants.map(({ accountIds }) => accountIds),
    )
    return (_, accountId) => has(vouched, accountId)
  }
  const sets = new Map<string, IsAmong>()
  return (attribute, accountId) => {
    let named = sets.get(attribute)
    if (named === undefined) {
      const list = Object.hasOwn(delivered.accountIds, attribute) ? delivered.accountIds[attribute] : undefined
      named = among(accounts, list === undefined ? [] : [list])
      sets.set(attribute, named)
    }
    return has(named, accountId)
  }
}
