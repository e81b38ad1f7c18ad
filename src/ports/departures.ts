import type { Departure } from '../domain/memory.ts'

/** Who has left a source, since when (D7). */
export interface DepartureStore {
  /** Writes the first proof of new departures, clears those with a sign of life; existing rows keep their date. */
  save(connection: string, proven: readonly Departure[], clearedKeys: readonly string[]): Promise<void>
  get(connection: string, sourceKey: string): Promise<Departure | undefined>
}
