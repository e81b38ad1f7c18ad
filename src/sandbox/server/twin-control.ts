import type { Clock } from '../../platform/clock.ts'
import type { LimitSettings } from './bucket.ts'
import type { LoggedRequest, OperationCount } from './counters.ts'
import type { Fault, FaultState } from './faults.ts'
import { requireOperations } from './patterns.ts'
import type { LimitUse } from './rate-limit.ts'
import type { Exchange, TwinServer } from './server.ts'

/** What was asked of a twin, and how its limits were used. */
export interface RequestReport {
  /** All requests to the vendor's APIs. */
  readonly total: number
  readonly operations: Readonly<Record<string, OperationCount>>
  readonly limits: readonly LimitUse[]
}

/** What a test or a rehearsal may do to any twin: faults, limits, time, counts. Each twin adds what it has of its own. */
export class TwinControl {
  protected readonly server: TwinServer
  protected readonly clock: Clock

  constructor(server: TwinServer, clock: Clock) {
    this.server = server
    this.clock = clock
  }

  /** Sets a fault; the id removes it again. Throws for operations that the twin does not have. */
  addFault(fault: Fault): number {
    requireOperations(fault.operations, this.server.operationNames)
    return this.server.faults.add(fault)
  }

  removeFault(id?: number): void {
    this.server.faults.remove(id)
  }

  get faults(): readonly FaultState[] {
    return this.server.faults.list
  }

  /** Requests being held back right now. */
  get held(): number {
    return this.server.faults.held
  }

  /** Lets held answers go; returns how many. */
  release(): number {
    return this.server.faults.release()
  }

  /** Sets or changes the limit of the operations that fit. Throws for operations that the twin does not have. */
  setLimit(settings: LimitSettings): void {
    requireOperations(settings.operations, this.server.operationNames)
    this.server.limits.set(settings, this.clock.now())
  }

  clearLimits(operations?: string): void {
    this.server.limits.clear(operations)
  }

  get limits(): readonly LimitSettings[] {
    return this.server.limits.settings
  }

  get limitUse(): readonly LimitUse[] {
    return this.server.limits.use(this.clock.now())
  }

  /** Every call to a vendor's API takes at least so long. */
  setLatency(ms: number): void {
    if (!(ms >= 0 && ms <= 60_000)) throw new Error('The latency is 0 to 60000 ms')
    this.server.latencyMs = ms
  }

  /** Tells of every exchange from now on; in this process only. */
  watch(watcher: (exchange: Exchange) => void): void {
    this.server.watch(watcher)
  }

  /** Requests of one operation since the last reset. Throws for one that the twin does not have: its count would be 0. */
  requests(operation: string): number {
    requireOperations(operation, [...this.server.operationNames, 'unknown'])
    return this.server.counters.requests(operation)
  }

  /** The newest requests, oldest first; at most 2000. */
  log(last?: number): readonly LoggedRequest[] {
    return this.server.counters.log(last)
  }

  resetCounters(): void {
    this.server.counters.reset()
    this.server.limits.resetUse(this.clock.now())
  }

  /** Back to no faults, no limits, no latency; held answers go. State, variants and counters stay. */
  calm(): void {
    this.server.faults.remove()
    this.server.faults.release()
    this.server.limits.clear()
    this.server.latencyMs = 0
  }

  protected requestReport(): RequestReport {
    return {
      total: this.server.counters.total,
      operations: this.server.counters.byOperation,
      limits: this.limitUse,
    }
  }
}
