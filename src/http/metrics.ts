import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../app/app.ts'

export interface Metrics {
  /** `route` is the pattern, never an address somebody typed. */
  observe(method: string, route: string, status: number, seconds: number): void
  /** The page Prometheus reads; still answers with what it has when the store is away. */
  page(): Promise<string>
  readonly contentType: string
}

export function createMetrics(app: App): Metrics {
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

  const refresh = async () => {
    const { now, connections, openRuns: open } = await app.measure()
    for (const each of [openRuns, lastState, lastStart, changes, readAge]) each.reset()
    for (const [state, count] of Object.entries(open)) openRuns.set({ state }, count)
    for (const { key: connection, lastRun, lastGoodReadAt } of connections) {
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
