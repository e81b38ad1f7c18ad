import type { Drift, DriftKind, DriftLook } from '../domain/drift.ts'
import type { PageRequest, Slice } from './paging.ts'

/** What the last look at the target of each connection found (`findDrift`). */
export interface DriftStore {
  /** This look takes the place of the one before, as a whole. */
  replace(connection: string, look: DriftLook, found: readonly Drift[]): Promise<void>
  /** Undefined when nobody looked yet. */
  last(
    connection: string,
  ): Promise<(DriftLook & { readonly counts: Readonly<Partial<Record<DriftKind, number>>> }) | undefined>
  /** In the order they were found; `text` is part of a name or id, compared folded. */
  list(
    connection: string,
    filter: { readonly kinds?: readonly DriftKind[] | undefined; readonly text?: string | undefined },
    page: PageRequest,
  ): Promise<Slice<Drift>>
}
