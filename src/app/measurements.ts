import type { RunState } from '../domain/run.ts'
import type { UseCase } from './use-case.ts'

export interface ConnectionMeasurements {
  readonly key: string
  readonly lastRun?: {
    readonly state: RunState
    readonly startedAt: number
    readonly outcomes: Readonly<Record<string, number | undefined>>
  }
  /** When the read was taken that the next one is judged by. */
  readonly lastGoodReadAt?: number
}

export interface Measurements {
  readonly now: number
  readonly connections: readonly ConnectionMeasurements[]
  /** Runs that are under way or wait for a person. */
  readonly openRuns: Readonly<Partial<Record<RunState, number>>>
}

const openStates = ['planning', 'waiting', 'applying', 'held'] as const satisfies readonly RunState[]
/** More open runs than this are not told apart. */
const mostRuns = 1000

export async function measure(useCase: UseCase): Promise<Measurements> {
  const { store, clock } = useCase
  const connections: ConnectionMeasurements[] = []
  for (const { key } of await useCase.objects('connection')) {
    const [run] = (await store.runs.list({ connection: key }, { limit: 1 })).items
    const read = await store.snapshots.lastGood(key)
    connections.push({
      key,
      ...(run === undefined ? {} : { lastRun: { state: run.state, startedAt: run.startedAt, outcomes: run.outcomes } }),
      ...(read === undefined ? {} : { lastGoodReadAt: read.takenAt }),
    })
  }
  const open = await store.runs.list({ states: openStates }, { limit: mostRuns })
  const openRuns = Object.fromEntries(
    openStates.map((state) => [state, open.items.filter((run) => run.state === state).length]),
  )
  return { now: clock.now(), connections, openRuns }
}
