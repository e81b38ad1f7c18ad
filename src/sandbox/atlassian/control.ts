import type { Clock } from '../../platform/clock.ts'
import { type ControlHandler, ControlRoutes } from '../server/control.ts'
import type { LoggedRequest, OperationCount } from '../server/counters.ts'
import type { Fault, FaultState } from '../server/faults.ts'
import type { LimitSettings, LimitUse } from '../server/rate-limit.ts'
import type { Exchange, TwinServer } from '../server/server.ts'
import { type Edit, edit } from './edit.ts'
import type { Effects, InvitationCount } from './state/effects.ts'
import type { Delays } from './state/visibility.ts'
import { digest, type StateSummary, summarize } from './summary.ts'
import type { Twin } from './twin.ts'
import { type VariantChoice, variantTable } from './variants.ts'

export interface CounterReport {
  /** All requests to the vendor's APIs. */
  readonly total: number
  readonly operations: Readonly<Record<string, OperationCount>>
  /** What truly changed. */
  readonly effects: Readonly<Effects>
  /** By address, folded. */
  readonly invitations: Readonly<Record<string, Readonly<InvitationCount>>>
  readonly limits: readonly LimitUse[]
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
  }

  /** Sets or changes the limit of the operations that fit. */
  setLimit(settings: LimitSettings): void {
    this.#server.limits.set(settings, this.#clock.now())
  }

  clearLimits(operations?: string): void {
    this.#server.limits.clear(operations)
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
    return {
      total: this.#server.counters.total,
      operations: this.#server.counters.byOperation,
      effects: { ...this.twin.state.effects.effects },
      invitations: Object.fromEntries([...this.twin.state.effects.invitations].sort(([a], [b]) => (a < b ? -1 : 1))),
      limits: this.#server.limits.use(this.#clock.now()),
    }
  }

  /** Requests of one operation since the last reset. */
  requests(operation: string): number {
    return this.#server.counters.requests(operation)
  }

  resetCounters(): void {
    this.#server.counters.reset()
    this.#server.limits.resetUse(this.#clock.now())
    this.twin.state.effects.reset()
  }

  /** The newest requests, oldest first; at most 2000. */
  log(last?: number): readonly LoggedRequest[] {
    return this.#server.counters.log(last)
  }

  state(): StateSummary {
    return summarize(this.twin.state)
  }

  digest(): string {
    return digest(this.twin.state)
  }

  /** Back to no faults, no limits, no latency, no delays; held answers go. State, variants and counters stay. */
  calm(): void {
    this.#server.faults.remove()
    this.#server.faults.release()
    this.#server.limits.clear()
    this.#server.latencyMs = 0
    const { delays } = this.twin.state.visibility
    for (const name of Object.keys(delays) as (keyof Delays)[]) delays[name] = 0
  }

  /** The control API, with `further` routes of what stands beside the twin. */
  routes(facts: () => unknown, further: Readonly<Record<string, ControlHandler>> = {}): ControlRoutes {
    return new ControlRoutes({
      ...further,
      'GET /__sandbox': facts,
      'GET /__sandbox/counters': () => this.counters(),
      'POST /__sandbox/reset-counters': () => this.resetCounters(),
      'GET /__sandbox/requests': (call) => ({ requests: this.log(Number(call.query.get('last') ?? 2000)) }),
      'GET /__sandbox/state': () => this.state(),
      'GET /__sandbox/digest': () => ({ digest: this.digest() }),
      'GET /__sandbox/variants': () => ({ chosen: this.twin.variants.all, table: variantTable }),
      'POST /__sandbox/variants': (_, body) => {
        this.setVariants(body as Record<string, string>)
        return { chosen: this.twin.variants.all }
      },
      'GET /__sandbox/faults': () => ({ faults: this.faults, held: this.held }),
      'POST /__sandbox/faults': (_, body) => ({ id: this.addFault(checkFault(body)) }),
      'DELETE /__sandbox/faults': (call) => {
        const id = call.query.get('id')
        this.removeFault(id === null ? undefined : Number(id))
      },
      'POST /__sandbox/release': () => ({ released: this.release() }),
      'GET /__sandbox/limits': () => ({ limits: this.#server.limits.settings, use: this.counters().limits }),
      'POST /__sandbox/limits': (_, body) => {
        if (typeof body.operations !== 'string') throw new Error('operations is required')
        this.setLimit(body as unknown as LimitSettings)
      },
      'DELETE /__sandbox/limits': (call) => this.clearLimits(call.query.get('operations') ?? undefined),
      'POST /__sandbox/latency': (_, body) => this.setLatency(Number(body.ms)),
      'GET /__sandbox/delays': () => this.twin.state.visibility.delays,
      'POST /__sandbox/delays': (_, body) => this.setDelays(body as Partial<Delays>),
      'POST /__sandbox/edit': (_, body) => this.edit(body as unknown as Edit),
      'POST /__sandbox/calm': () => this.calm(),
    })
  }
}

const kinds = new Set([
  'slow',
  'status',
  'too-many-requests',
  'short-page',
  'cut-body',
  'close',
  'expired',
  'not-json',
  'hold',
])

function checkFault(body: Record<string, unknown>): Fault {
  if (typeof body.operations !== 'string') throw new Error('operations is required')
  if (typeof body.kind !== 'string' || !kinds.has(body.kind)) throw new Error(`kind is one of ${[...kinds].join(', ')}`)
  const needsWhen = body.kind === 'status' || body.kind === 'close' || body.kind === 'hold'
  if (needsWhen && body.when !== 'before' && body.when !== 'after') throw new Error('when is before or after')
  if (body.kind === 'slow' && typeof body.ms !== 'number') throw new Error('ms is required')
  if (body.kind === 'status' && typeof body.status !== 'number') throw new Error('status is required')
  if (body.kind === 'too-many-requests' && typeof body.retryAfterSeconds !== 'number')
    throw new Error('retryAfterSeconds is required')
  return body as unknown as Fault
}
