import type { ChangeRecord } from '../../domain/plan.ts'
import { accountLabel } from '../planner/values.ts'
import { stateFor, type UndoScene, wasOurs } from './scene.ts'

/**
 * Hands projects and components back to whom the run took them from. Who leads now is looked at just before: what somebody
 * else took over since stays theirs.
 */
export function undoHandovers(scene: UndoScene): void {
  for (const record of scene.input.records) if (record.kind === 'lead.handover') undoHandover(scene, record)
}

function undoHandover(scene: UndoScene, record: ChangeRecord): void {
  const { kept, label, input, protection } = scene
  const { lead } = record
  const former = scene.account(record)
  const now = input.target.accounts.find(({ id }) => id === lead?.to.id)
  if (!wasOurs(record)) return kept.keep('already-so', 'lead', label(record))
  if (lead === undefined || former === undefined || now === undefined) return kept.keep('gone', 'lead', label(record))
  if (former.now.kind !== 'person' || protection.untouchable.has(former.position)) {
    return kept.keep('protected', 'lead', label(record))
  }
  const activation = scene.activations.get(former.now.id)
  if (former.now.state !== 'active' && activation === undefined) return kept.keep('inactive', 'lead', label(record))
  scene.draft(record, 'lead.handover', {
    ...stateFor(input.ends.offered.has('lead.handover') ? undefined : 'not-offered'),
    account: { id: now.id },
    accountLabel: accountLabel(now),
    lead: { ...lead, to: { id: former.now.id, label: accountLabel(former.now) } },
    // Only somebody who works can lead: after the reactivation, and after everything else that comes back.
    ...(activation === undefined ? {} : { waitsFor: [activation], among: 'access.grant' }),
  })
}
