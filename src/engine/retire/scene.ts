import type { DraftChange } from '../../domain/change.ts'
import type { ActualGroup } from '../../domain/snapshot.ts'
import type { Kept } from '../kept.ts'
import { defaultGroupsById } from '../planner/access/access-book.ts'
import { type Exceptions, exceptionsOf } from '../planner/exceptions.ts'
import type { Protection } from '../planner/protection.ts'
import { accountLabel } from '../planner/values.ts'
import { type Vouchers, vouchersByGroup } from '../planner/vouchers.ts'
import type { RetirementInput } from './input.ts'
import type { KeptReason } from './kept.ts'

type Account = RetirementInput['target']['accounts'][number]

/** An account of the target as it is now. */
export interface Who {
  readonly position: number
  readonly now: Account
  /** Nobody's to change: a service account, our own, or one of the break-glass list. */
  readonly isUntouchable: boolean
}

/** What the parts of a retirement look things up in and write to. */
export interface RetirementScene {
  readonly input: RetirementInput
  readonly protection: Protection
  readonly kept: Kept<KeptReason>
  readonly drafts: DraftChange[]
  readonly vouchersOf: (groupId: string) => Vouchers
  readonly exceptions: Exceptions
  account(id: string): Who | undefined
  group(id: string): { readonly position: number; readonly now: ActualGroup } | undefined
  draft(
    kind: DraftChange['kind'],
    who: Who,
    rule: string,
    part?: Partial<
      Pick<DraftChange, 'group' | 'groupLabel' | 'access' | 'state' | 'stateReasons' | 'among' | 'waitsFor'>
    >,
  ): DraftChange
}

export function sceneOf(input: RetirementInput, protection: Protection, kept: Kept<KeptReason>): RetirementScene {
  const { target, memory, connection } = input
  const accountAt = new Map(target.accounts.map(({ id }, position) => [id, position]))
  const groupAt = new Map(target.groups.map(({ id }, position) => [id, position]))
  const links = memory.links.filter(({ source }) => source === connection.source)
  const keyOf = new Map(links.map(({ accountId, sourceKey }) => [accountId, sourceKey]))
  const drafts: DraftChange[] = []
  return {
    input,
    protection,
    kept,
    drafts,
    vouchersOf: vouchersByGroup(input, undefined, defaultGroupsById(input)),
    exceptions: exceptionsOf(input),
    account(id) {
      const position = accountAt.get(id)
      if (position === undefined) return undefined
      const now = target.accounts[position]!
      return { position, now, isUntouchable: now.kind !== 'person' || protection.untouchable.has(position) }
    },
    group(id) {
      const position = groupAt.get(id)
      return position === undefined ? undefined : { position, now: target.groups[position]! }
    },
    draft(kind, { now }, rule, part = {}) {
      const label = accountLabel(now)
      const key = keyOf.get(now.id)
      const draft: DraftChange = {
        kind,
        account: { id: now.id },
        accountLabel: label,
        ...(key === undefined ? {} : { person: { key, label } }),
        reason: 'connection-retired',
        rule,
        state: 'ready',
        stateReasons: [],
        ...part,
      }
      drafts.push(draft)
      return draft
    },
  }
}
