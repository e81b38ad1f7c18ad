import { createHash } from 'node:crypto'
import type { Drift } from '../domain/drift.ts'
import { fail } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { FoundDrift } from '../ports/drift.ts'
import type { Store } from '../ports/store.ts'
import { collectTarget } from './collect.ts'
import { findDrift } from './drift.ts'
import { unprovenNotices } from './planner/planner.ts'
import { targetEnd } from './planning.ts'
import type { OpenConnection } from './setup.ts'

export interface DriftLooking {
  readonly store: Pick<Store, 'directories'>
  readonly clock: Clock
  readonly open: OpenConnection
  readonly signal: AbortSignal
}

/**
 * Reads the target and compares it with what is remembered. Neither side is written, and no history: what this look saw is
 * for the next run to believe. Throws `conflict` where the connection never ran or the directory is another one.
 */
export async function lookForDrift({ store, clock, open, signal }: DriftLooking): Promise<{
  readonly readAt: Instant
  readonly unproven: readonly string[]
  readonly found: readonly FoundDrift[]
}> {
  const { connection } = open
  const now = () => clock.now()
  const target = open.openTarget()
  try {
    const identity = await target.identify(signal)
    const { directoryKey } = identity
    const nothingLeft = fail.conflict(`"${connection.key}" has left nothing in the directory ${directoryKey} yet.`, {
      hint: `Nothing can have drifted there. Plan first: muster plan ${connection.key}`,
    })
    if ((await store.directories.boundKey(connection.target)) !== directoryKey) throw nothingLeft
    const remembered = async () => {
      const [memory, foreign] = await Promise.all([
        store.directories.memory(connection.key, connection.source, directoryKey, now()),
        store.directories.foreignMembers(directoryKey, connection.source),
      ])
      return { memory, ...foreign }
    }
    const before = await remembered()
    const { links, groupLinks } = before.memory
    if (groupLinks.length === 0 && links.every(({ source }) => source !== connection.source)) throw nothingLeft
    const snapshot = await collectTarget(target, directoryKey, newId(now()), now, signal, () => undefined)
    const ends = targetEnd(target, identity, await target.products?.(signal))
    const seenWith = (known: typeof before) => findDrift({ connection, target: snapshot, ends, ...known })
    // What a run wrote while the target was read is no drift: it differs from what was remembered before, or after.
    const earlier = new Set(seenWith(before).map(nameOf))
    const found = seenWith(await remembered()).filter((each) => earlier.has(nameOf(each)))
    return {
      readAt: snapshot.takenAt,
      unproven: unprovenNotices(snapshot),
      found: found.map((each) => ({ ...each, id: idOf(each) })),
    }
  } finally {
    await target.close()
  }
}

function nameOf({ kind, account, group, attribute }: Drift): string {
  return JSON.stringify([kind, account?.id, group?.id, attribute])
}

/** 64 bits: no two differences of a look share an id, and people can still copy it. */
const idLength = 16

function idOf(drift: Drift): string {
  return createHash('sha256').update(nameOf(drift)).digest('hex').slice(0, idLength)
}
