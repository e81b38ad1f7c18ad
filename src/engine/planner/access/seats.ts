import type { Product } from '../../../domain/access.ts'
import type { Change, ItemState } from '../../../domain/change.ts'
import type { EffectsInput } from '../guards/judgement.ts'
import { accessEffects, type ProductEffect } from './effects.ts'

/**
 * Blocks whoever would need a licence seat that is not there (D20). Seats that the plan makes free count as far as what
 * frees them goes on: what is ready serves what is ready, and whatever is held is measured as if a person released all of
 * it. People are served in the order of their keys. A newcomer without a seat is not created at all.
 */
export function limitSeats(input: EffectsInput, changes: readonly Change[]): readonly Change[] {
  const limited = (input.ends.products ?? []).filter(({ seats }) => typeof seats === 'object')
  if (limited.length === 0) return changes
  const lists = (states: readonly ItemState[]) => accessEffects(input, changes, ({ state }) => states.includes(state))
  const isGain = ({ hadSeat, hasSeat }: ProductEffect) => !hadSeat && hasSeat
  const ready = lists(['ready'])
  const all = lists(['ready', 'held'])
  const servedNow = new Set(ready.filter(isGain).map(nameOf))

  const blocked = new Set<Change>()
  const free = new Map(limited.map((product) => [product.id, freeSeats(product, ready)]))
  serve(ready.filter(isGain), free, blocked)
  const freeLater = new Map(limited.map((product) => [product.id, freeSeats(product, all)]))
  for (const effect of ready.filter(isGain)) {
    if (!effect.giving.some((change) => blocked.has(change))) take(freeLater, effect.product)
  }
  serve(
    all.filter((effect) => isGain(effect) && !servedNow.has(nameOf(effect))),
    freeLater,
    blocked,
  )
  if (blocked.size === 0) return changes
  return changes.map((change) =>
    blocked.has(change) ? { ...change, state: 'blocked', stateReasons: ['seats'] } : change,
  )
}

/** Seats that are free before anybody is served, with those that the plan itself makes free. */
function freeSeats({ id, seats }: Product, effects: readonly ProductEffect[]): number {
  const freed = effects.filter(({ product, hadSeat, hasSeat }) => product === id && hadSeat && !hasSeat).length
  return typeof seats === 'object' ? Math.max(0, seats.total - seats.used) + freed : Number.POSITIVE_INFINITY
}

/** One person after the other gets a seat in every product they are to use; whoever finds none is blocked. */
function serve(gains: readonly ProductEffect[], free: Map<string, number>, blocked: Set<Change>): void {
  const people = [...Map.groupBy(gains, ({ account }) => account).values()].sort((a, b) =>
    a[0]!.key < b[0]!.key ? -1 : 1,
  )
  for (const wanted of people) {
    const missing = wanted.filter(({ product }) => (free.get(product) ?? 1) <= 0)
    const { account } = wanted[0]!
    if (missing.length > 0 && typeof account !== 'string') {
      blocked.add(account)
      continue
    }
    for (const effect of missing) for (const change of effect.giving) blocked.add(change)
    for (const effect of wanted) if (!missing.includes(effect)) take(free, effect.product)
  }
}

function take(free: Map<string, number>, product: string): void {
  const left = free.get(product)
  if (left !== undefined) free.set(product, left - 1)
}

function nameOf({ account, product }: ProductEffect): string {
  return `${product} ${typeof account === 'string' ? account : `+${account.seq}`}`
}
