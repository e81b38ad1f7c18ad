import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../app/app.ts'

export interface Metrics {
  /** `route` is the pattern, never an address somebody typed. */
  observe(method: string, route: string, status: number, seconds: number): void
  /** The page Prometheus reads; still answers with what it has when the store is away. */
  page(): Promise<string>
  readonly contentType: string
}

/** `waiting` = runs in the queue that nobody has taken. */
export function createMetrics(app: App, waiting: () => Promise<number>): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const registers = [register]
  const duration = new Histogram({
    name: 'muster_http_request_duration_seconds',
    help: 'Time until a request was answered.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  })
  const failures = new Counter({
    name: 'muster_metrics_failures_total',
    help: 'How often the numbers of runs could not be read from the store.',
    registers,
  })
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers })
  const openRuns = gauge('muster_open_runs', 'Runs that are under way or wait for a person, by state.', 'state')
  const lastState = gauge(
    'muster_last_run_state',
    '1 for the state of the last run of a connection.',
    'connection',
    'state',
  )
  const lastStart = gauge(
    'muster_last_run_start_seconds',
    'When the last run of a connection began, Unix time.',
    'connection',
  )
  const changes = gauge(
    'muster_last_run_changes',
    'Changes of the last run of a connection by outcome.',
    'connection',
    'outcome',
  )
  const readAge = gauge(
    'muster_last_good_read_age_seconds',
    'Age of the last good read of the source of a connection.',
    'connection',
  )

  const truthAge = gauge(
    'muster_truth_age_seconds',
    'Time since a whole run of a connection last ended with everything applied and verified.',
    'connection',
  )
  const paused = gauge('muster_connection_paused', '1 while a person has paused the connection.', 'connection')
  const held = gauge(
    'muster_held_changes',
    'Changes of the newest plan of a connection that wait for a person.',
    'connection',
  )
  const guards = gauge(
    'muster_tripped_guards',
    'Guards that hold something of the newest plan of a connection.',
    'connection',
    'guard',
  )
  const items = gauge('muster_open_items', 'Work items that wait for a decision, by reason.', 'reason')
  const credentialDays = gauge(
    'muster_credential_days_left',
    'Days until a credential whose end is known expires; negative = expired.',
    'end',
    'field',
  )
  const queued = gauge('muster_queued_runs', 'Runs that are due and that no instance has taken yet.')
  const calls = new Counter({
    name: 'muster_calls_total',
    help: 'Calls of this instance to other systems since it began; the result 429 = asked to slow down.',
    labelNames: ['host', 'operation', 'result'],
    registers,
  })

  const refresh = async () => {
    const measured = await app.measure()
    const { now, connections, openRuns: open } = measured
    const all = [openRuns, lastState, lastStart, changes, readAge, truthAge, paused, held, guards, items]
    for (const each of [...all, credentialDays, calls]) each.reset()
    for (const [state, count] of Object.entries(open)) openRuns.set({ state }, count)
    for (const [reason, count] of Object.entries(measured.openItems)) items.set({ reason }, count)
    for (const { count, ...call } of measured.calls) calls.inc(call, count)
    for (const { end, field, expires } of measured.credentials) {
      credentialDays.set({ end, field }, (expires - now) / 86_400_000)
    }
    queued.set(await waiting())
    for (const { key: connection, lastRun, lastGoodReadAt, trueAt, isPaused, ...rest } of connections) {
      paused.set({ connection }, isPaused ? 1 : 0)
      held.set({ connection }, rest.held)
      for (const [guard, count] of Object.entries(rest.trippedGuards)) guards.set({ connection, guard }, count)
      if (trueAt !== undefined) truthAge.set({ connection }, Math.max(0, now - trueAt) / 1000)
      if (lastGoodReadAt !== undefined) readAge.set({ connection }, Math.max(0, now - lastGoodReadAt) / 1000)
      if (lastRun === undefined) continue
      lastState.set({ connection, state: lastRun.state }, 1)
      lastStart.set({ connection }, lastRun.startedAt / 1000)
      for (const [outcome, count] of Object.entries(lastRun.outcomes)) changes.set({ connection, outcome }, count ?? 0)
    }
  }

  return {
    observe: (method, route, status, seconds) => duration.observe({ method, route, status }, seconds),
    async page() {
      await refresh().catch(() => failures.inc())
      return register.metrics()
    },
    contentType: register.contentType,
  }
}
