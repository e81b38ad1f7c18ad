import { type ChangeKind, changeKinds, type ItemState, kindOrder, outcomes } from '../../domain/change.ts'
import { type HoldReason, holdReasons, type ReasonCode, reasons } from '../../domain/reason.ts'

const states = ['ready', 'held', 'blocked'] as const satisfies readonly ItemState[]
const fates = ['open', ...outcomes] as const

/** What of a plan is shown; stands in the address, so that a view can be sent to somebody. */
export interface PlanFilter {
  readonly kind?: ChangeKind
  readonly state?: ItemState
  readonly outcome?: (typeof fates)[number]
  readonly reason?: ReasonCode
  readonly hold?: HoldReason
  readonly text?: string
}

/** Drops whatever an address says that is not a filter. */
export function planFilter(given: Record<string, unknown>): PlanFilter {
  const state = states.find((each) => each === given.state)
  const outcome = fates.find((each) => each === given.outcome)
  return {
    ...(isKeyOf(changeKinds, given.kind) ? { kind: given.kind } : {}),
    ...(state === undefined ? {} : { state }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(isKeyOf(reasons, given.reason) ? { reason: given.reason } : {}),
    ...(isKeyOf(holdReasons, given.hold) ? { hold: given.hold } : {}),
    ...(typeof given.text === 'string' && given.text !== '' ? { text: given.text.slice(0, 200) } : {}),
  }
}

function isKeyOf<Known extends object>(known: Known, value: unknown): value is keyof Known {
  return typeof value === 'string' && Object.hasOwn(known, value)
}

/** One combination of a plan with its count, as the server counts them. */
export interface Facet {
  readonly kind: ChangeKind
  readonly state: ItemState
  readonly outcome: NonNullable<PlanFilter['outcome']>
  readonly reason: ReasonCode
  readonly holds: readonly HoldReason[]
  readonly count: number
}

export type Dimension = 'kind' | 'state' | 'outcome' | 'reason' | 'hold'

function isIn(facet: Facet, filter: PlanFilter, except?: Dimension): boolean {
  return (
    (except === 'kind' || filter.kind === undefined || facet.kind === filter.kind) &&
    (except === 'state' || filter.state === undefined || facet.state === filter.state) &&
    (except === 'outcome' || filter.outcome === undefined || facet.outcome === filter.outcome) &&
    (except === 'reason' || filter.reason === undefined || facet.reason === filter.reason) &&
    (except === 'hold' || filter.hold === undefined || facet.holds.includes(filter.hold))
  )
}

/** How many changes the filter shows. */
export function countIn(facets: readonly Facet[], filter: PlanFilter): number {
  return facets.reduce((sum, facet) => (isIn(facet, filter) ? sum + facet.count : sum), 0)
}

/** The values of one dimension with their counts under the rest of the filter: what choosing each would show. */
export function valuesOf(
  facets: readonly Facet[],
  filter: PlanFilter,
  dimension: Dimension,
): readonly [string, number][] {
  const counts = new Map<string, number>()
  for (const facet of facets) {
    if (!isIn(facet, filter, dimension)) continue
    for (const value of dimension === 'hold' ? facet.holds : [facet[dimension]])
      counts.set(value, (counts.get(value) ?? 0) + facet.count)
  }
  const found = [...counts]
  if (dimension !== 'kind') return found.sort(([, left], [, right]) => right - left)
  return found.sort(([left], [right]) => kindOrder.indexOf(left as ChangeKind) - kindOrder.indexOf(right as ChangeKind))
}
