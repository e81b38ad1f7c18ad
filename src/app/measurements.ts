import type { RunState } from '../domain/run.ts'
import { type CallCount, callCounts } from '../platform/traffic.ts'
import { expiryOf } from './ends.ts'
import type { UseCase } from './use-case.ts'

export interface ConnectionMeasurements {
  readonly key: string
  readonly isPaused: boolean
  readonly lastRun?: {
    readonly state: RunState
    readonly startedAt: number
    readonly outcomes: Readonly<Record<string, number | undefined>>
  }
  /** When the newest run ended that left nothing to do, undone or unproven: as old is what the site is known to be. */
  readonly trueAt?: number
  /** When the read was taken that the next one is judged by. */
  readonly lastGoodReadAt?: number
  /** Of the newest plan: changes that wait for a person, and the guards that hold them. */
  readonly held: number
  readonly trippedGuards: Readonly<Record<string, number>>
}

export interface Measurements {
  readonly now: number
  readonly connections: readonly ConnectionMeasurements[]
  /** Runs that are under way or wait for a person. */
  readonly openRuns: Readonly<Partial<Record<RunState, number>>>
  /** Credentials whose end is known. */
  readonly credentials: readonly { readonly end: string; readonly field: string; readonly expires: number }[]
  /** Calls of this process to other systems since it began. */
  readonly calls: readonly CallCount[]
  /** Work items that wait for a decision, by reason. */
  readonly openItems: Readonly<Record<string, number>>
}

const openStates = ['planning', 'waiting', 'applying', 'held'] as const satisfies readonly RunState[]
/** More open runs than this are not told apart. */
const mostRuns = 1000
/** How many runs back the last success is looked for. */
const recentRuns = 50

export async function measure(useCase: UseCase): Promise<Measurements> {
  const { store, clock } = useCase
  const objects = await useCase.objects()
  const paused = new Set((await store.pauses.list()).map(({ connection }) => connection))
  const connections: ConnectionMeasurements[] = []
  for (const { kind, key } of objects) {
    if (kind === 'connection') connections.push(await measureConnection(useCase, key, paused.has(key)))
  }
  const open = await store.runs.list({ states: openStates }, { limit: mostRuns })
  const openRuns = Object.fromEntries(
    openStates.map((state) => [state, open.items.filter((run) => run.state === state).length]),
  )
  const openItems: Record<string, number> = {}
  for (const { reason } of (await store.workItems.list({}, { limit: mostRuns })).items) {
    openItems[reason] = (openItems[reason] ?? 0) + 1
  }
  const credentials = objects.flatMap(({ kind, key, document }) =>
    Object.keys(document).flatMap((field) => {
      const expires = kind === 'connection' ? undefined : expiryOf(document, field)
      return expires === undefined ? [] : [{ end: `${kind}:${key}`, field, expires }]
    }),
  )
  return { now: clock.now(), connections, openRuns, openItems, credentials, calls: callCounts() }
}

async function measureConnection({ store }: UseCase, key: string, isPaused: boolean): Promise<ConnectionMeasurements> {
  const { items } = await store.runs.list({ connection: key }, { limit: recentRuns })
  const [last] = items
  const whole = items.find((run) => run.kind === 'full' && run.state === 'applied')
  const read = await store.snapshots.lastGood(key)
  const plan = last?.planId === undefined ? undefined : await store.plans.get(last.planId)
  const isOpen = last?.state === 'held' || last?.state === 'waiting' || last?.state === 'partial'
  const trippedGuards: Record<string, number> = {}
  for (const { guard, tripped } of isOpen ? (plan?.guards ?? []) : []) {
    if (tripped) trippedGuards[guard] = (trippedGuards[guard] ?? 0) + 1
  }
  return {
    key,
    isPaused,
    ...(last === undefined
      ? {}
      : { lastRun: { state: last.state, startedAt: last.startedAt, outcomes: last.outcomes } }),
    ...(whole?.endedAt === undefined ? {} : { trueAt: whole.endedAt }),
    ...(read === undefined ? {} : { lastGoodReadAt: read.takenAt }),
    held: isOpen ? (plan?.summary.held ?? 0) : 0,
    trippedGuards,
  }
}
