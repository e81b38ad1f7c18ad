import { fail } from '../../../domain/errors.ts'
import { everything } from './filter.ts'
import { type Range, rangedName, rangeFault, rangeOf } from './ranges.ts'
import { refuseWhenStopped } from './session.ts'
import { searchError } from './vendor-errors.ts'
import type { LdapConnection } from './wire/connection.ts'
import type { Entry, Value } from './wire/entry.ts'

/** A value list that changed while it was read is read again so often. */
const mostAttempts = 3
/** Pieces of a thousand values or more; a list without an end is given up. */
const mostPieces = 10_000

export interface RangedAttribute {
  readonly attribute: string
  /** Attribute that moves whenever the entry changes: the pieces belong together only while it stands still. */
  readonly changeMarker: string
  /** In words: `members of "dev"`. */
  readonly what: string
}

interface Piece {
  readonly range: Range
  /** Undefined = the reader may not see the marker. */
  readonly moment: string | undefined
}

/**
 * All values of an attribute that the server gives in pieces. Throws `incomplete-read` when they are not proven to be
 * all: a piece is missing, or the list changed again and again between two pieces, so that values may have slipped from
 * one into another.
 */
export async function wholeValues(
  connection: LdapConnection,
  entry: Entry,
  first: Range,
  ranged: RangedAttribute,
  signal: AbortSignal,
): Promise<readonly Value[]> {
  const from = (position: number) => pieceFrom(connection, entry.dn, ranged, position, signal)
  let start: Piece = { range: first, moment: entry.text(ranged.changeMarker.toLowerCase()) }
  let before: readonly Value[] | undefined
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    if (attempt > 1) start = await from(0)
    const values = await gather(start, from, ranged.what)
    if (values === undefined) continue
    if (start.moment !== undefined) return values
    // Without a marker the same list twice in a row is the proof.
    if (before !== undefined && isSame(before, values)) return values
    before = values
  }
  throw fail.incompleteRead(`The ${ranged.what} changed each of the ${mostAttempts} times they were read.`, {
    hint: 'Run again later.',
  })
}

/** Every piece from the first to the last; undefined = the entry changed meanwhile. */
async function gather(
  start: Piece,
  from: (position: number) => Promise<Piece>,
  what: string,
): Promise<readonly Value[] | undefined> {
  const values: Value[] = []
  let piece = start
  for (let count = 0; count < mostPieces; count++) {
    if (piece.moment !== start.moment) return undefined
    const fault = rangeFault(piece.range, values.length)
    if (fault !== undefined)
      throw fail.incompleteRead(`The ${what} were not delivered whole: ${fault}.`, { hint: 'Run again.' })
    for (const value of piece.range.values) values.push(value)
    if (piece.range.to === undefined) return values
    piece = await from(values.length)
  }
  throw fail.incompleteRead(`The ${what} come in pieces without an end.`)
}

function isSame(one: readonly Value[], other: readonly Value[]): boolean {
  return one.length === other.length && one.every((value, at) => String(value) === String(other[at]))
}

async function pieceFrom(
  connection: LdapConnection,
  dn: string,
  { attribute, changeMarker, what }: RangedAttribute,
  from: number,
  signal: AbortSignal,
): Promise<Piece> {
  const attributes = [rangedName(attribute, from), changeMarker]
  let found: Entry | undefined
  try {
    const answer = await connection.search({ base: dn, scope: 'entry', filter: everything, attributes }, signal)
    found = answer.entries[0]
  } catch (thrown) {
    refuseWhenStopped(signal)
    throw searchError(thrown, connection.endpoint, what, dn)
  }
  const whole = found?.all(attribute.toLowerCase()) ?? []
  const range = found === undefined ? undefined : rangeOf(found, attribute)
  if (found !== undefined && range !== undefined) return { range, moment: found.text(changeMarker.toLowerCase()) }
  // A list that became short meanwhile comes whole, under its plain name.
  if (found !== undefined && from === 0 && whole.length > 0) {
    return { range: { from: 0, to: undefined, values: whole }, moment: found.text(changeMarker.toLowerCase()) }
  }
  throw fail.incompleteRead(`The ${what} from ${from} on were not delivered.`, { hint: 'Run again.' })
}
