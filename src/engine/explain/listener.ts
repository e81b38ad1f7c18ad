import type { StandReason } from '../../domain/reason.ts'
import type { Filled, Kept, Standstill, Trace } from '../planner/trace.ts'

/** A membership the planner leaves as it is. */
export interface Heard extends Kept {
  readonly group: { readonly position: number; readonly name: string }
}

/** Listens for one person and one account, either of which may be nobody's. */
export class Listener implements Trace {
  readonly attributes = new Map<string, StandReason>()
  readonly memberships: Heard[] = []
  standstill: Standstill | undefined
  filled: readonly Filled[] = []
  /** Position of the account; the planner may name another one than the one listened for. */
  theirs: number
  readonly #sourceKey: string | undefined

  constructor(sourceKey: string | undefined, account: number) {
    this.#sourceKey = sourceKey
    this.theirs = account
  }

  person(sourceKey: string, standstill: Standstill): void {
    if (sourceKey === this.#sourceKey) this.standstill = standstill
  }

  account(sourceKey: string, account: number): void {
    if (sourceKey === this.#sourceKey) this.theirs = account
  }

  attribute(account: number, name: string, reason: StandReason): void {
    if (account === this.theirs) this.attributes.set(name, reason)
  }

  membership(account: number, group: Heard['group'], kept: Kept): void {
    if (account === this.theirs) this.memberships.push({ ...kept, group })
  }

  groups(filled: readonly Filled[]): void {
    this.filled = filled
  }
}
