import { grantRuleOf } from '../domain/change.ts'
import { firstValue, foldKey } from '../domain/identity.ts'
import type { Grant, Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'

/** The rule of an account that was linked before: adopting it makes no link. */
export const linkedRule = 'users.match.link'

/** The objects of a change once they exist. */
export interface Resolved {
  readonly accountId?: string
  readonly groupId?: string
}

/** What a change that is now true teaches us to remember. Pure. */
export function lessonsOf(change: ChangeRecord, { accountId, groupId }: Resolved, source: string): readonly Lesson[] {
  const label = change.accountLabel ?? ''
  const membership = () => ({ groupId: groupId!, accountId: accountId! })
  const vouch = () => ({ lesson: 'vouch', source, sourceKey: change.person!.key, accountId: accountId! }) as const
  switch (change.kind) {
    case 'account.adopt': {
      if (change.reason === 'linked-already') return [vouch()]
      const isDecided = change.reason === 'undo-of-run' || change.reason === 'linked-by-decision'
      const how = isDecided ? 'decided' : howOf(change.rule)
      return [{ ...vouch(), lesson: 'link', how }, vouch()]
    }
    case 'account.release': {
      const unvouch: Lesson = { lesson: 'unvouch', accountId: accountId! }
      // The link outlives the leaving; only an undo takes back what made it, and not one that stood before.
      const madeHere = change.reason === 'undo-of-run' && grantRuleOf(change) !== linkedRule
      return madeHere ? [unvouch, { ...vouch(), lesson: 'unlink' }] : [unvouch]
    }
    case 'account.create':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { ...vouch(), lesson: 'link', how: 'created' },
        vouch(),
        ...valuesOf(change, accountId!),
      ]
    case 'account.update':
      return valuesOf(change, accountId!)
    case 'lead.handover':
      return []
    case 'custom.update':
      return [{ lesson: 'custom', accountId: accountId!, values: change.after! }]
    case 'access.adopt':
      return accessOf(change, accountId!, 'adopted')
    case 'access.grant':
      // Access of a group is told by the target with the group.
      return accountId === undefined ? [] : accessOf(change, accountId, 'written')
    case 'access.release':
    case 'access.revoke':
      return accountId === undefined ? [] : [{ lesson: 'no-access', accountId, access: change.access! }]
    case 'account.deactivate':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'suspended' },
        { lesson: 'deactivated', accountId: accountId!, how: 'suspended' },
        { lesson: 'unvouch', accountId: accountId! },
      ]
    case 'account.disable':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'disabled' },
        { lesson: 'deactivated', accountId: accountId!, how: 'disabled' },
        { lesson: 'unvouch', accountId: accountId! },
      ]
    case 'account.delete':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'disabled' },
        { lesson: 'unvouch', accountId: accountId! },
      ]
    case 'account.activate':
    case 'account.enable': {
      const how = change.kind === 'account.activate' ? 'suspended' : 'disabled'
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { lesson: 'reactivated', accountId: accountId!, how },
        // An undo may switch on again what a person had switched off, and nobody was linked to.
        ...(change.person === undefined ? [] : [vouch()]),
      ]
    }
    case 'group.create':
    case 'group.adopt':
    case 'group.link': {
      const known: Lesson = { lesson: 'group', groupId: groupId!, name: change.groupLabel ?? '' }
      if (change.sourceGroup === undefined) return [known]
      const { key: groupKey, label: sourceName } = change.sourceGroup
      const name = change.groupLabel ?? ''
      const rule = linkRuleOf(change.rule, name)
      return [known, { lesson: 'group-link', source, groupKey, rule, groupId: groupId!, sourceName, name }]
    }
    case 'membership.adopt':
      return grantOf(change, membership(), 'adopted')
    case 'membership.release':
      return [{ lesson: 'ungrant', ...membership() }]
    case 'membership.add':
      return [...grantOf(change, membership(), 'written'), { lesson: 'member', ...membership(), present: true }]
    case 'membership.remove':
      return [
        { lesson: 'ungrant', ...membership() },
        { lesson: 'member', ...membership(), present: false },
        ...(change.reason === 'taken-on-leave' ? [{ lesson: 'taken', ...membership() } as const] : []),
      ]
  }
}

/** What we wrote in attributes, so that we know later what is ours to empty (D21). */
function valuesOf({ after = {}, reason }: ChangeRecord, accountId: string): readonly Lesson[] {
  const how = reason === 'undo-of-run' ? 'set-back' : 'written'
  return Object.entries(after).map(([attribute, value]) => ({
    lesson: 'value',
    accountId,
    attribute,
    value: firstValue(value) ?? null,
    how,
  }))
}

/** Nothing for a membership that an undo gives back to somebody we never vouched for: it stays somebody else's. */
function grantOf(
  change: ChangeRecord,
  membership: { readonly groupId: string; readonly accountId: string },
  how: Grant['how'],
): readonly Lesson[] {
  const rule = grantRuleOf(change)
  return rule === undefined ? [] : [{ lesson: 'grant', ...membership, rule, how }]
}

/** Nothing for access that an undo gives back to somebody for whom we never vouched. */
function accessOf(change: ChangeRecord, accountId: string, how: Grant['how']): readonly Lesson[] {
  const rule = grantRuleOf(change)
  return rule === undefined ? [] : [{ lesson: 'access', accountId, access: change.access!, rule, how }]
}

/**
 * What has to be forgotten again when a write that was accepted cannot be seen: where we go by our own memory, because a
 * read of everything does not show it, the next plan would otherwise take it for done. A membership that did not end is
 * still ours to end: without its grant it would be taken for somebody else's and stay for good.
 */
export function unlearned(change: ChangeRecord, { accountId, groupId }: Resolved): readonly Lesson[] {
  if (accountId === undefined) return []
  if (change.kind === 'membership.remove') {
    return groupId === undefined ? [] : [{ lesson: 'regrant', groupId, accountId }]
  }
  if (change.kind === 'access.grant') return [{ lesson: 'no-access', accountId, access: change.access! }]
  if (change.kind === 'access.revoke') {
    const rule = grantRuleOf(change) ?? change.rule
    return [{ lesson: 'access', accountId, access: change.access!, rule, how: 'written' }]
  }
  if (change.kind !== 'custom.update') return []
  const before = Object.keys(change.after ?? {}).map((id) => [id, change.before?.[id] ?? null])
  return [{ lesson: 'custom', accountId, values: Object.fromEntries(before) }]
}

/** The name under which a link of a source group is remembered: one by name, one for each target of a table row. */
export function linkRuleOf(rule: string, groupName: string): string {
  return rule === 'groups.byName' ? 'byName' : `byTable:${foldKey(groupName)}`
}

function howOf(rule: string): 'id' | 'email' | 'username' {
  const how = rule.slice(rule.lastIndexOf('.') + 1)
  return how === 'id' || how === 'username' ? how : 'email'
}
