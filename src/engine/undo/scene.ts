import { type DraftChange, undoRule } from '../../domain/change.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import type { ActualGroup } from '../../domain/snapshot.ts'
import { type AccountVouchers, accountVouchers } from '../planner/ledger.ts'
import type { Protection } from '../planner/protection.ts'
import { accountLabel } from '../planner/values.ts'
import { type Vouchers, vouchersByGroup } from '../planner/vouchers.ts'
import type { UndoInput } from './input.ts'
import type { Kept } from './kept.ts'

type Account = UndoInput['target']['accounts'][number]

/** An account or group of a change, as it is now. */
export interface Found<Object> {
  readonly position: number
  readonly now: Object
}

/** What the parts of an undo look things up in and write to. */
export interface UndoScene {
  readonly input: UndoInput
  readonly protection: Protection
  readonly kept: Kept
  readonly drafts: DraftChange[]
  /** Reactivations and deactivations of this undo, by account id. */
  readonly activations: Map<string, DraftChange>
  readonly deactivations: Map<string, DraftChange>
  readonly vouchersOf: (groupId: string) => Vouchers
  /** Source key by account id, for the links of our source. */
  readonly keyOf: ReadonlyMap<string, string>
  readonly vouchers: AccountVouchers
  account(record: ChangeRecord): Found<Account> | undefined
  group(record: ChangeRecord): Found<ActualGroup> | undefined
  /** What people call the account, group or membership of a change. */
  label(record: ChangeRecord): string
  /** Writes a change down. */
  draft(
    record: ChangeRecord,
    kind: DraftChange['kind'],
    part: Pick<DraftChange, 'state' | 'stateReasons'> & Partial<DraftChange>,
    grantedBy?: string,
  ): DraftChange
}

/** True for what the run did itself; what was so already was only taken note of. */
export function wasOurs({ outcome }: ChangeRecord): boolean {
  return outcome === 'applied' || outcome === 'unproven'
}

export function sceneOf(
  input: UndoInput,
  protection: Protection,
  kept: Kept,
  defaultGroups: ReadonlyMap<string, readonly string[]>,
): UndoScene {
  const { target, memory, connection, records, run, several } = input
  const accountAt = new Map(target.accounts.map((account, position) => [account.id, position]))
  const groupAt = new Map(target.groups.map((group, position) => [group.id, position]))
  const madeBy = new Map(records.map((record) => [record.seq, record.createdId]))
  const idOf = (ref: ChangeRecord['account']) =>
    ref === undefined ? undefined : 'id' in ref ? ref.id : madeBy.get(ref.createdBy)
  const drafts: DraftChange[] = []

  const account = (record: ChangeRecord) => {
    const id = record.kind === 'account.create' ? record.createdId : idOf(record.account)
    const position = accountAt.get(id ?? '')
    return position === undefined ? undefined : { position, now: target.accounts[position]! }
  }
  const group = (record: ChangeRecord) => {
    const position = groupAt.get(idOf(record.group) ?? '')
    return position === undefined ? undefined : { position, now: target.groups[position]! }
  }
  return {
    input,
    protection,
    kept,
    drafts,
    activations: new Map(),
    deactivations: new Map(),
    vouchersOf: vouchersByGroup(input, undefined, defaultGroups),
    keyOf: new Map(
      memory.links.flatMap((link) =>
        link.source === connection.source ? [[link.accountId, link.sourceKey] as const] : [],
      ),
    ),
    vouchers: accountVouchers(input),
    account,
    group,
    label(record) {
      const who = record.accountLabel ?? record.person?.label
      const where = record.groupLabel ?? record.lead?.name
      return who !== undefined && where !== undefined ? `${who} in ${where}` : (who ?? where ?? `change ${record.seq}`)
    },
    draft(record, kind, part, grantedBy) {
      const who = account(record)
      const where = group(record)
      const draft: DraftChange = {
        kind,
        ...(who === undefined ? {} : { account: { id: who.now.id }, accountLabel: accountLabel(who.now) }),
        ...(where === undefined ? {} : { group: { id: where.now.id }, groupLabel: where.now.name }),
        ...(record.person === undefined ? {} : { person: record.person }),
        ...(record.sourceGroup === undefined ? {} : { sourceGroup: record.sourceGroup }),
        reason: 'undo-of-run',
        rule: undoRule(several?.runOf.get(record) ?? run.number, grantedBy),
        ...part,
      }
      drafts.push(draft)
      return draft
    },
  }
}

/** Ready, or blocked for one reason. */
export function stateFor(
  blocked: DraftChange['stateReasons'][number] | undefined,
): Pick<DraftChange, 'state' | 'stateReasons'> {
  return blocked === undefined ? { state: 'ready', stateReasons: [] } : { state: 'blocked', stateReasons: [blocked] }
}
