import type { AttributeValue } from '../../domain/identity.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import { customLedger } from '../planner/custom-ledger.ts'
import { writability } from '../planner/people-book.ts'
import type { Found, UndoScene } from './scene.ts'

type Account = UndoScene['input']['target']['accounts'][number]

/** Sets back each custom attribute that still is as the run wrote it, as far as the target, or else our memory, tells. */
export function undoCustom(scene: UndoScene, record: ChangeRecord, { now }: Found<Account>): void {
  const { kept, label, input } = scene
  // An account that this run made is deactivated as a whole; what it began with stays with it.
  if (record.account !== undefined && 'createdBy' in record.account) return
  const stands = customLedger(input).standing(now)
  const before: Record<string, AttributeValue> = {}
  const after: Record<string, AttributeValue> = {}
  let moved = false
  for (const [id, written] of Object.entries(record.after ?? {})) {
    const was = record.before?.[id] ?? null
    const live = stands[id] ?? null
    if (isSame(live, was)) continue
    if (!isSame(live, written)) moved = true
    else {
      before[id] = live
      after[id] = was
    }
  }
  if (moved) kept.keep('moved', 'account', label(record))
  if (Object.keys(after).length > 0) {
    scene.draft(record, 'custom.update', { ...writability(input, 'custom.update', now), before, after })
  } else if (!moved) kept.keep('already-so', 'account', label(record))
}

function isSame(one: AttributeValue, other: AttributeValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
