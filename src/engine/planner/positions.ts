import type { SourceUser } from '../../domain/identity.ts'
import { KeyIndex } from '../../platform/key-index.ts'

export type Positions = Pick<KeyIndex, 'get' | 'has' | 'findAll' | 'size'>

/** What was found for a list stays with it: lists of a read do not change, and an index of one takes megabytes. */
const known = new WeakMap<object, Positions>()

/** Positions of people by key. */
export function positionsByKey(people: readonly SourceUser[]): Positions {
  return positionsIn(people, ({ key }) => key)
}

/** Positions of records by id. */
export function positionsById(records: readonly { readonly id: string }[]): Positions {
  return positionsIn(records, ({ id }) => id)
}

/** Keeps the positions that were found while a list was read, for whoever asks for them later. */
export function keepPositions(list: readonly object[], positions: Positions): void {
  known.set(list, positions)
}

/** Tells whether an account of the target, by its position, is among some. */
export type IsAmong = (position: number) => boolean

/** Accounts that some lists of ids name, one byte each; ids of accounts that are not there any more are nobody's. */
export function among(accounts: readonly { readonly id: string }[], idLists: Iterable<readonly string[]>): IsAmong {
  const positions = positionsById(accounts)
  const named = new Uint8Array(accounts.length)
  for (const ids of idLists) {
    for (const id of ids) {
      const position = positions.get(id)
      if (position !== undefined) named[position] = 1
    }
  }
  return (position) => named[position] === 1
}

function positionsIn<Item extends object>(list: readonly Item[], nameOf: (item: Item) => string): Positions {
  const found = known.get(list)
  // A list that grew after all is looked through anew.
  if (found?.size === list.length) return found
  const positions = new KeyIndex()
  list.forEach((item, position) => {
    positions.set(nameOf(item), position)
  })
  known.set(list, positions)
  return positions
}
