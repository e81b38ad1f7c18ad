import type { Clock } from '../../platform/clock.ts'
import { ControlRoutes } from '../server/control.ts'
import { disturbanceRoutes } from '../server/disturbance-routes.ts'
import type { Fault } from '../server/faults.ts'
import type { TwinServer } from '../server/server.ts'
import { type RequestReport, TwinControl } from '../server/twin-control.ts'
import { type Edit, edit } from './edit.ts'
import type { Effects } from './effects.ts'
import type { AnyEdit, BuiltProduct, ProductTwin } from './product.ts'
import { digestOf, exportLines, type StateSummary, summarize } from './summary.ts'

export interface CounterReport extends RequestReport {
  /** What truly changed. */
  readonly effects: Effects
}

/** Everything a test or a rehearsal may do to the twin of a product. The same over HTTP: `/__sandbox/…`. */
export class ProductControl extends TwinControl {
  readonly twin: ProductTwin
  readonly #built: BuiltProduct

  constructor(built: BuiltProduct, server: TwinServer, clock: Clock) {
    super(server, clock)
    this.#built = built
    this.twin = built.twin
  }

  /** Sets a fault; the id removes it again. Throws for what these products do not know: their reads never lag behind. */
  override addFault(fault: Fault): number {
    if (fault.kind === 'late') throw new Error('A write of this product is seen at once: there is no fault "late"')
    return super.addFault(fault)
  }

  setVariants(chosen: Readonly<Record<string, string>>): void {
    this.twin.variants.set(chosen)
  }

  /** How long tasks take that go on after their answer; for those started from now on. */
  setTaskDuration(ms: number): void {
    if (!(ms >= 0 && ms <= 600_000)) throw new Error('A task takes 0 to 600000 ms')
    this.twin.tasks.durationMs = ms
  }

  /** Something changed by hand. Throws when there is no such edit, or when what it names is not there. */
  edit(change: AnyEdit): void {
    this.twin.tasks.settle()
    const { store, logins } = this.twin
    if (edit(store, logins, change as Edit)) return
    if (this.#built.editMore?.(change) === true) return
    throw new Error(`There is no edit ${change.action}`)
  }

  counters(): CounterReport {
    return { ...this.requestReport(), effects: this.twin.store.effects.effects }
  }

  override resetCounters(): void {
    super.resetCounters()
    this.twin.store.effects.reset()
  }

  state(): StateSummary {
    this.twin.tasks.settle()
    return summarize(this.twin.store, this.#built.more?.() ?? [])
  }

  /** The truth as lines of JSON in a fixed order, without ids and dates: equal worlds have equal exports. */
  export(): string[] {
    return exportLines(this.state())
  }

  /** SHA-256 of the export. */
  digest(): string {
    return digestOf(this.state())
  }
}

/** The control over HTTP; `facts` is what `GET /__sandbox` tells. */
export function controlRoutes(control: ProductControl, facts: () => unknown): ControlRoutes {
  return new ControlRoutes({
    ...disturbanceRoutes(control),
    'GET /__sandbox': facts,
    'GET /__sandbox/counters': () => control.counters(),
    'GET /__sandbox/state': () => control.state(),
    'GET /__sandbox/export': () => ({ lines: control.export() }),
    'GET /__sandbox/digest': () => ({ digest: control.digest() }),
    'GET /__sandbox/variants': () => ({ chosen: control.twin.variants.all, table: control.twin.variants.table }),
    'POST /__sandbox/variants': (_, body) => {
      control.setVariants(body as Record<string, string>)
      return { chosen: control.twin.variants.all }
    },
    'POST /__sandbox/task-duration': (_, body) => control.setTaskDuration(Number(body.ms)),
    'POST /__sandbox/edit': (_, body) => control.edit(body as unknown as AnyEdit),
  })
}
