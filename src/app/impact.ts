import type { ConnectionImpact } from '../contract/connections.ts'
import type { Principal } from '../contract/routes.ts'
import type { Change } from '../domain/change.ts'
import { type Connection, connectionSchema } from '../domain/connection.ts'
import { fail } from '../domain/errors.ts'
import { impactOf } from '../engine/explain/impact.ts'
import { readAsARun } from '../engine/explain/reading.ts'
import { suppose } from '../engine/explain/supposition.ts'
import type { PlanInput } from '../engine/planner/input.ts'
import { makePlan } from '../engine/planner/planner.ts'
import type { OpenConnection } from '../engine/setup.ts'
import { isoTime } from '../platform/clock.ts'
import type { Document } from './documents.ts'
import { findingsFor, refuseFindings } from './objects.ts'
import { createConnections } from './setups.ts'
import type { UseCase } from './use-case.ts'

/** Both sides are read once while somebody edits, and again after this. */
const keptMs = 5 * 60_000
/** A read for somebody who waits; a longer one is left to a preview. */
const longestMs = 2 * 60_000
/** More people than these are planned for in a preview, which shows how far it is and can be left alone. */
const mostPeople = 20_000
const examples = 5
/** Reads of so many connections are kept: two people who edit two connections do not have both read again and again. */
const mostReads = 3

interface Kept {
  readonly key: string
  /** Settings that were read by, of the connection and of both its ends. */
  readonly settings: string
  /** What was read; of too many people only how many they are. */
  readonly input: Promise<PlanInput | number>
  /** What a run would do under the saved rules; planned when it is first asked for. */
  now?: readonly Change[]
  /** Ends the wait after which it is let go of. */
  readonly leaving: AbortController
}

export interface Impacts {
  /** How many people a run would change under these rules, which are saved nowhere. Throws `config-invalid`, `usage`. */
  of(principal: Principal, key: string, document: Document, signal: AbortSignal): Promise<ConnectionImpact>
}

/** Keeps the last reads of a few connections in memory: whoever edits rules asks again and again. */
export function createImpacts(useCase: UseCase): Impacts {
  const { store, clock } = useCase
  const reads = new Map<string, Kept>()

  const letGo = (mine: Kept) => {
    mine.leaving.abort()
    if (reads.get(mine.key) === mine) reads.delete(mine.key)
  }

  const read = async (open: OpenConnection): Promise<PlanInput | number> => {
    const [source, target] = [open.openSource(), open.openTarget()]
    try {
      const input = await readAsARun({ store, clock, open, source, target, signal: AbortSignal.timeout(longestMs) })
      const { length } = input.source.users
      return length > mostPeople ? length : input
    } finally {
      await Promise.allSettled([source.close(), target.close()])
    }
  }

  const readFor = async (principal: Principal, open: OpenConnection): Promise<Kept> => {
    const { key, version } = open.connection
    const settings = JSON.stringify([version, open.settings.source.version, open.settings.target.version])
    const known = reads.get(key)
    if (known?.settings === settings) return known
    const [oldest] = reads.values()
    const gone = known ?? (reads.size >= mostReads ? oldest : undefined)
    if (gone !== undefined) letGo(gone)
    const mine: Kept = { key, settings, input: read(open), leaving: new AbortController() }
    reads.set(key, mine)
    mine.input.catch(() => letGo(mine))
    clock.sleep(keptMs, mine.leaving.signal).then(
      () => letGo(mine),
      () => undefined,
    )
    await useCase.audit(principal, 'connection.impact', `connection:${key}`)
    return mine
  }

  return {
    async of(principal, key, document, signal) {
      refuseFindings('connection', key, (await findingsFor(useCase, 'connection', key, document)).findings, 'counted')
      const open = await createConnections(useCase).open(key)
      const { connection } = open
      const rules: Connection = { ...connectionSchema.parse(document), key, version: connection.version }
      if (rules.source !== connection.source || rules.target !== connection.target) {
        throw fail.usage(`"${key}" would join another source or target; only its rules can be counted.`)
      }
      const { users = 0 } = (await store.snapshots.lastGood(key)) ?? {}
      if (users > mostPeople) return { tooMany: users }
      const mine = await readFor(principal, open)
      const input = await mine.input
      // Whoever typed on has asked again; nobody waits for this answer.
      signal.throwIfAborted()
      if (typeof input === 'number') return { tooMany: input }
      mine.now ??= makePlan(input).changes
      const then = makePlan(suppose(input, { people: {}, connection: rules })).changes
      const { examples: some, ...counts } = impactOf(mine.now, then, examples)
      return {
        counted: {
          ...counts,
          examples: some.map(({ label, more, fewer }) => ({ label, more: [...more], fewer: [...fewer] })),
          readAt: isoTime(input.source.takenAt),
        },
      }
    },
  }
}
