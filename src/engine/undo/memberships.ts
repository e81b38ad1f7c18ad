import type { ChangeRecord } from '../../domain/plan.ts'
import { has } from '../../platform/sorted.ts'
import { exceptionsOf } from '../planner/exceptions.ts'
import { refusal } from '../planner/membership-drafts.ts'
import { stateFor, type UndoScene, wasOurs } from './scene.ts'

/** Takes back what a run did in groups and in the ledger. */
export function undoMemberships(scene: UndoScene): void {
  const undo = {
    'membership.add': undoAddition(scene),
    'membership.remove': undoRemoval(scene),
    'membership.adopt': undoAdoption(scene),
    'membership.release': undoRelease(scene),
  }
  for (const record of scene.input.records) {
    if (record.kind === 'group.create') scene.kept.keep('group-created', 'group', scene.label(record))
    else if (record.kind === 'group.adopt' || record.kind === 'group.link') {
      scene.kept.keep('group-managed', 'group', scene.label(record))
    } else if (Object.hasOwn(undo, record.kind)) undo[record.kind as keyof typeof undo](record)
  }
}

type Undo = (record: ChangeRecord) => void

/** Goes only while our own grant still stands, and only where nobody else vouches for it (P7, D4). */
function undoAddition(scene: UndoScene): Undo {
  const { input, protection, kept, label } = scene
  const { target, memory, ends } = input
  const { keepsIn } = exceptionsOf(input)
  const departed = new Set(memory.departures.map(({ sourceKey }) => sourceKey))
  return (record) => {
    const at = placeOf(scene, record)
    if (at === undefined) return kept.keep('gone', 'membership', label(record))
    const { who, where, others, present } = at
    // Put back by an undo for access that we vouch for: as good as a grant of its own.
    const granted = at.granted || at.byAccess
    if (!granted) return kept.keep(present ? 'not-ours' : 'already-so', 'membership', label(record))
    const mayBeThere =
      present ||
      !where.now.membersComplete ||
      target.membershipsUnknown.has(who.position) ||
      memory.settling.has(`add:${where.now.id}:${who.now.id}`)
    if (!wasOurs(record) || others || !mayBeThere) {
      if (!at.granted) return kept.keep('granted-elsewhere', 'membership', label(record))
      scene.draft(record, 'membership.release', stateFor(undefined))
      return
    }
    const isProtected = protection.groups.has(where.position) || protection.untouchable.has(who.position)
    if (isProtected || who.now.kind !== 'person') return kept.keep('protected', 'membership', label(record))
    if (keepsIn(where.now.id, who.now.id) !== undefined) return kept.keep('decided', 'membership', label(record))
    // A suspended account has no access, and targets that hide its groups could never prove a removal. The grant stays
    // ours: it ends when the person returns and the source does not ask for it.
    if (scene.deactivations.get(who.now.id)?.state === 'ready')
      return kept.keep('suspended', 'membership', label(record))
    // What an undo gave back to somebody who was leaving already may be taken again.
    const isLeaving = departed.has(scene.keyOf.get(who.now.id) ?? '') && record.reason !== 'undo-of-run'
    if (isLeaving) return kept.keep('frozen', 'membership', label(record))
    scene.draft(record, 'membership.remove', stateFor(refusal('membership.remove', where.now, ends)))
  }
}

/** Comes back under the rule it stood under; what we never vouched for stays somebody else's. */
function undoRemoval(scene: UndoScene): Undo {
  const { input, protection, kept, label } = scene
  const ruleOf = endedRules(scene)
  const { keepsOut } = exceptionsOf(input)
  return (record) => {
    // It was gone before the run looked: there is nothing to give back.
    if (!wasOurs(record)) return kept.keep('already-so', 'membership', label(record))
    const at = placeOf(scene, record)
    if (at === undefined) return kept.keep('gone', 'membership', label(record))
    const { who, where, present } = at
    const settles = input.memory.settling.has(`remove:${where.now.id}:${who.now.id}`)
    if (present && !settles) return kept.keep('already-so', 'membership', label(record))
    if (who.now.kind !== 'person' || protection.untouchable.has(who.position)) {
      return kept.keep('protected', 'membership', label(record))
    }
    if (keepsOut(where.now.id, who.now.id) !== undefined) return kept.keep('decided', 'membership', label(record))
    const activation = scene.activations.get(who.now.id)
    if (who.now.state !== 'active' && activation === undefined) {
      return kept.keep('inactive', 'membership', label(record))
    }
    const refused = refusal('membership.add', where.now, input.ends)
    const waitsFor = activation === undefined ? {} : { waitsFor: [activation] }
    scene.draft(record, 'membership.add', { ...stateFor(refused), ...waitsFor }, ruleOf(where.now.id, who.now.id))
  }
}

function undoAdoption(scene: UndoScene): Undo {
  const { kept, label } = scene
  return (record) => {
    const at = placeOf(scene, record)
    if (at === undefined) return kept.keep('gone', 'membership', label(record))
    if (!at.granted) return kept.keep('already-so', 'membership', label(record))
    scene.draft(record, 'membership.release', stateFor(undefined))
  }
}

function undoRelease(scene: UndoScene): Undo {
  const { kept, label } = scene
  const ruleOf = endedRules(scene)
  return (record) => {
    const at = placeOf(scene, record)
    if (at === undefined) return kept.keep('gone', 'membership', label(record))
    if (at.granted) return kept.keep('already-so', 'membership', label(record))
    const rule = ruleOf(at.where.now.id, at.who.now.id)
    if (!at.present || rule === undefined) return kept.keep('gone', 'membership', label(record))
    scene.draft(record, 'membership.adopt', stateFor(undefined), rule)
  }
}

/** The membership of a change as it is now; undefined when its account or group is not there. */
function placeOf(scene: UndoScene, record: ChangeRecord) {
  const who = scene.account(record)
  const where = scene.group(record)
  if (who === undefined || where === undefined) return undefined
  const { ours, oursOnce, others, byAccess } = scene.vouchersOf(where.now.id)
  return {
    who,
    where,
    present: has(where.now.accounts, who.position),
    granted: has(ours, who.position) || has(oursOnce, who.position),
    others: has(others, who.position),
    byAccess: has(byAccess, who.position),
  }
}

function endedRules({ input }: UndoScene): (groupId: string, accountId: string) => string | undefined {
  const rules = new Map<string, string>()
  for (const { groupId, rule, accountIds } of input.grantsEnded) {
    for (const accountId of accountIds) rules.set(`${groupId}\n${accountId}`, rule)
  }
  return (groupId, accountId) => rules.get(`${groupId}\n${accountId}`)
}
