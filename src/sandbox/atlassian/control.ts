import type { Clock } from '../../platform/clock.ts'
import { requireOperations } from '../server/patterns.ts'
import type { PointsSettings, PointsUse } from '../server/points.ts'
import type { TwinServer } from '../server/server.ts'
import { type RequestReport, TwinControl } from '../server/twin-control.ts'
import { type Edit, edit } from './edit.ts'
import type { Effects, InvitationCount } from './state/effects.ts'
import type { Delays } from './state/visibility.ts'
import { digest, exportLines, type StatePart, type StateSummary, summarize } from './summary.ts'
import type { Twin } from './twin.ts'
import type { VariantChoice } from './variants.ts'

export interface CounterReport extends RequestReport {
  /** What truly changed. */
  readonly effects: Readonly<Effects>
  /** By address, folded. */
  readonly invitations: Readonly<Record<string, Readonly<InvitationCount>>>
  readonly quota?: PointsUse
}

/** Everything a test or a rehearsal may do to the twin. The same over HTTP: `/__sandbox/…`. */
export class SandboxControl extends TwinControl {
  readonly twin: Twin

  constructor(twin: Twin, server: TwinServer, clock: Clock) {
    super(server, clock)
    this.twin = twin
    this.#followVariants()
  }

  setVariants(chosen: Partial<VariantChoice> | Readonly<Record<string, string>>): void {
    this.twin.variants.set(chosen as Record<string, string>)
    this.#followVariants()
  }

  /** Sets a quota of points; undefined ends it. Throws for operations that the twin does not have. */
  setQuota(settings: PointsSettings | undefined): void {
    if (settings !== undefined && !(settings.points >= 0 && settings.windowSeconds > 0)) {
      throw new Error('points is a number of 0 or more, windowSeconds one of more than 0')
    }
    if (settings !== undefined) requireOperations(settings.operations, this.server.operationNames)
    this.server.quota.settings = settings
    this.server.quota.reset()
  }

  /**
   * Limits of the size that was told or seen: bursts of 350 a second for each call of Jira, one limit that the searches
   * for users share, 200 a minute for the organization. The vendor publishes no numbers for tokens and keys;
   * for Bitbucket it does: a thousand an hour.
   */
  setUsualLimits(): void {
    this.setLimit({ operations: 'jira.*', perSecond: 350, perOperation: true })
    const searches = ['search', 'searchQuery', 'assignable', 'picker'].map((each) => `jira.user.${each}`)
    this.setLimit({ operations: [...searches, 'jira.groupuserpicker'].join(), perSecond: 20 })
    this.setLimit({ operations: 'org.*,account.*', perSecond: 200 / 60, windowSeconds: 60 })
    this.setLimit({ operations: 'bitbucket.*,bitbucket1.*', perSecond: 1000 / 3600, windowSeconds: 3600 })
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

  counters(): CounterReport {
    const quota = this.server.quota.use
    return {
      ...this.requestReport(),
      effects: { ...this.twin.state.effects.effects },
      invitations: Object.fromEntries([...this.twin.state.effects.invitations].sort(([a], [b]) => (a < b ? -1 : 1))),
      ...(quota === undefined ? {} : { quota }),
    }
  }

  override resetCounters(): void {
    super.resetCounters()
    this.server.quota.reset()
    this.twin.state.effects.reset()
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
  override calm(): void {
    super.calm()
    this.server.quota.settings = undefined
    const { delays } = this.twin.state.visibility
    for (const name of Object.keys(delays) as (keyof Delays)[]) delays[name] = 0
  }

  /** Tokens may have a quota of points like apps. */
  #followVariants(): void {
    if (this.twin.variants.is('tokenLimits', 'points-too') && this.server.quota.settings === undefined) {
      this.setQuota({ operations: 'jira.*', points: 65_000, windowSeconds: 3600 })
    }
  }
}
