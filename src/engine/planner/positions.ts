import type { SourceUser } from '../../domain/identity.ts'

/** Positions of people by key. */
export function positionsByKey(people: readonly SourceUser[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>()
  for (const [position, { key }] of people.entries()) positions.set(key, position)
  return positions
}

/** Positions of records by id. */
export function positionsById(records: readonly { readonly id: string }[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>()
  for (const [position, { id }] of records.entries()) positions.set(id, position)
  return positions
}
