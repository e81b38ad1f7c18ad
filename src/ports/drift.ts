import type { Drift, DriftKind, DriftLook } from '../domain/drift.ts'
import type { StandingDecision } from './exceptions.ts'
import type { PageRequest, Slice } from './paging.ts'

/** A difference with the name it goes by in every look: the same thing has the same id. */
export interface FoundDrift extends Drift {
  readonly id: string
}

export interface DriftFilter {
  readonly kinds?: readonly DriftKind[] | undefined
  /** Part of a name or id, compared folded. */
  readonly text?: string | undefined
  /** Only what was decided about, or only what was not. */
  readonly decided?: boolean | undefined
  /** Only these. */
  readonly ids?: readonly string[] | undefined
}

/** What the last look at the target of each connection found (`findDrift`). */
export interface DriftStore {
  /** This look takes the place of the one before, as a whole. */
  replace(connection: string, look: DriftLook, found: readonly FoundDrift[]): Promise<void>
  /** Undefined when nobody looked yet. `decided` = how many of them somebody decided about. */
  last(connection: string): Promise<
    | (DriftLook & {
        readonly counts: Readonly<Partial<Record<DriftKind, number>>>
        readonly decided: number
      })
    | undefined
  >
  /** In the order they were found. */
  list(
    connection: string,
    filter: DriftFilter,
    page: PageRequest,
  ): Promise<Slice<FoundDrift & { readonly decided?: StandingDecision }>>
}
