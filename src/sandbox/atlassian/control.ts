import type { Clock } from '../../platform/clock.ts'
import type { LimitSettings } from '../server/bucket.ts'
import type { LoggedRequest, OperationCount } from '../server/counters.ts'
import type { Fault, FaultState } from '../server/faults.ts'
import type { PointsSettings, PointsUse } from '../server/points.ts'
import type { LimitUse } from '../server/rate-limit.ts'
import type { Exchange, TwinServer } from '../server/server.ts'
import { type Edit, edit } from './edit.ts'
import type { Effects, InvitationCount } from './state/effects.ts'
import type { Delays } from './state/visibility.ts'
import { digest, exportLines, type StatePart, type StateSummary, summarize } from './summary.ts'
import type { Twin } from './twin.ts'
import type { VariantChoice } from './variants.ts'

export interface CounterReport {
  /** All requests to the vendor's APIs. */
  readonly total: number
  readonly operations: Readonly<Record<string, OperationCount>>
  /** What truly changed. */
  readonly effects: Readonly<Effects>
  /** By address, folded. */
  readonly invitations: Readonly<Record<string, Readonly<InvitationCount>>>
  readonly limits: readonly LimitUse[]
  readonly quota?: PointsUse
}

/** Everything a test or a rehearsal may do to the twin. The same over HTTP: `/__sandbox/…`. */
export class SandboxControl {
  readonly twin: Twin
  readonly #server: TwinServer
  readonly #clock: Clock

  constructor(twin: Twin, server: TwinServer, clock: Clock) {
    this.twin = twin
    this.#server = server
    this.#clock = clock
    this.#followVariants()
  }

  /** Sets a fault; the id removes it again. */
  addFault(fault: Fault): number {
    return this.#server.faults.add(fault)
  }

  removeFault(id?: number): void {
    this.#server.faults.remove(id)
  }

  get faults(): readonly FaultState[] {
    return this.#server.faults.list
  }

  /** Requests being held back right now. */
  get held(): number {
    return this.#server.faults.held
  }

  /** Lets held answers go; returns how many. */
  release(): number {
    return this.#server.faults.release()
  }

  setVariants(chosen: Partial<VariantChoice> | Readonly<Record<string, string>>): void {
    this.twin.variants.set(chosen as Record<string, string>)
    this.#followVariants()
  }

  /** Sets or changes the limit of the operations that fit. */
  setLimit(settings: LimitSettings): void {
    this.#server.limits.set(settings, this.#clock.now())
  }

  clearLimits(operations?: string): void {
    this.#server.limits.clear(operations)
  }

  /** Sets a quota of points; undefined ends it. */
  setQuota(settings: PointsSettings | undefined): void {
    if (settings !== undefined && !(settings.points >= 0 && settings.windowSeconds > 0)) {
      throw new Error('points is a number of 0 or more, windowSeconds one of more than 0')
    }
    this.#server.quota.settings = settings
    this.#server.quota.reset()
  }

  /**
   * Limits of the size that was told or seen: bursts of 350 a second for each call of Jira, one limit that the searches
   * for users share, 200 a minute for the organization. The vendor publishes no numbers for tokens and keys.
   */
  setUsualLimits(): void {
    this.setLimit({ operations: 'jira.*', perSecond: 350, perOperation: true })
    const searches = ['search', 'searchQuery', 'assignable', 'picker'].map((each) => `jira.user.${each}`)
    this.setLimit({ operations: [...searches, 'jira.groupuserpicker'].join(), perSecond: 20 })
    this.setLimit({ operations: 'org.*,account.*', perSecond: 200 / 60, windowSeconds: 60 })
  }

  /** Every call to a vendor's API takes at least so long. */
  setLatency(ms: number): void {
    if (!(ms >= 0 && ms <= 60_000)) throw new Error('The latency is 0 to 60000 ms')
    this.#server.latencyMs = ms
  }

  /** How long reads lag behind writes; holds for writes from now on. */
  setDelays(delays: Partial<Delays>): void {
    for (const [name, ms] of Object.entries(delays)) {
      if (!(name in this.twin.state.visibility.delays)) throw new Error(`There is no delay ${name}`)
      if (!(ms >= 0 && ms <= 600_000)) throw new Error('A delay is 0 to 600000 ms')
    }
    Object.assign(this.twin.state.visibility.delays, delays)
  }

  /** Something changed by hand. */
  edit(change: Edit): void {
    edit(this.twin, change)
  }

  /** Tells of every exchange from now on; in this process only. */
  watch(watcher: (exchange: Exchange) => void): void {
    this.#server.watch(watcher)
  }

  counters(): CounterReport {
    const quota = this.#server.quota.use
    return {
      total: this.#server.counters.total,
      operations: this.#server.counters.byOperation,
      effects: { ...this.twin.state.effects.effects },
      invitations: Object.fromEntries([...this.twin.state.effects.invitations].sort(([a], [b]) => (a < b ? -1 : 1))),
      limits: this.#server.limits.use(this.#clock.now()),
      ...(quota === undefined ? {} : { quota }),
    }
  }

  /** Requests of one operation since the last reset. */
  requests(operation: string): number {
    return this.#server.counters.requests(operation)
  }

  resetCounters(): void {
    this.#server.counters.reset()
    this.#server.limits.resetUse(this.#clock.now())
    this.#server.quota.reset()
    this.twin.state.effects.reset()
  }

  /** The newest requests, oldest first; at most 2000. */
  log(last?: number): readonly LoggedRequest[] {
    return this.#server.counters.log(last)
  }

  state(): StateSummary {
    return summarize(this.twin.state)
  }

  /** The truth as lines of JSON in a fixed order, without ids and dates: equal worlds have equal exports. */
  export(parts?: readonly StatePart[]): Generator<string> {
    return exportLines(this.twin.state, parts)
  }

  /** SHA-256 of the export. */
  digest(parts?: readonly StatePart[]): string {
    return digest(this.twin.state, parts)
  }

  /** Back to no faults, no limits, no quota, no latency, no delays; held answers go. State, variants and counters stay. */
  calm(): void {
    this.#server.faults.remove()
    this.#server.faults.release()
    this.#server.limits.clear()
    this.#server.quota.settings = undefined
    this.#server.latencyMs = 0
    const { delays } = this.twin.state.visibility
    for (const name of Object.keys(delays) as (keyof Delays)[]) delays[name] = 0
  }

  /** The control API, with `further` routes of what stands beside the twin. */
  /** Tokens may have a quota of points like apps. */
  #followVariants(): void {
    if (this.twin.variants.is('tokenLimits', 'points-too') && this.#server.quota.settings === undefined) {
      this.setQuota({ operations: 'jira.*', points: 65_000, windowSeconds: 3600 })
    }
  }

  get limits(): readonly LimitSettings[] {
    return this.#server.limits.settings
  }
}
