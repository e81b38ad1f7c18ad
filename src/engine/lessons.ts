import { grantRuleOf } from '../domain/change.ts'
import { foldKey } from '../domain/identity.ts'
import type { Grant, Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'

/** The objects of a change once they exist. */
export interface Resolved {
  readonly accountId?: string
  readonly groupId?: string
}

/** What a change that is now true teaches us to remember. Pure. */
export function lessonsOf(change: ChangeRecord, { accountId, groupId }: Resolved, source: string): readonly Lesson[] {
  const label = change.accountLabel ?? ''
  const membership = () => ({ groupId: groupId!, accountId: accountId! })
  switch (change.kind) {
    case 'account.adopt': {
      const link = { lesson: 'link', source, sourceKey: change.person!.key, accountId: accountId! } as const
      // A link that was taken back and is given again says nothing about the state of the account.
      if (change.reason === 'undo-of-run') return [{ ...link, how: 'decided' }]
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { ...link, how: howOf(change.rule) },
      ]
    }
    case 'account.release':
      return [{ lesson: 'unlink', source, sourceKey: change.person!.key, accountId: accountId! }]
    case 'account.create':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { lesson: 'link', source, sourceKey: change.person!.key, accountId: accountId!, how: 'created' },
      ]
    case 'account.update':
    case 'custom.update':
    case 'lead.handover':
    case 'access.adopt':
    case 'access.release':
    case 'access.grant':
    case 'access.revoke':
      return []
    case 'account.deactivate':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'suspended' },
        { lesson: 'deactivated', accountId: accountId!, how: 'suspended' },
      ]
    case 'account.disable':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'disabled' },
        { lesson: 'deactivated', accountId: accountId!, how: 'disabled' },
      ]
    case 'account.delete':
      return [{ lesson: 'account', accountId: accountId!, label, state: 'disabled' }]
    case 'account.activate':
    case 'account.enable':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { lesson: 'reactivated', accountId: accountId! },
      ]
    case 'group.create':
    case 'group.adopt':
    case 'group.link': {
      const known: Lesson = { lesson: 'group', groupId: groupId!, name: change.groupLabel ?? '' }
      if (change.sourceGroup === undefined) return [known]
      const rule = linkRuleOf(change.rule, change.groupLabel ?? '')
      return [known, { lesson: 'group-link', source, groupKey: change.sourceGroup.key, rule, groupId: groupId! }]
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
      ]
  }
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

/** The name under which a link of a source group is remembered: one by name, one for each target of a table row. */
export function linkRuleOf(rule: string, groupName: string): string {
  return rule === 'groups.byName' ? 'byName' : `byTable:${foldKey(groupName)}`
}

function howOf(rule: string): 'id' | 'email' | 'username' {
  const how = rule.slice(rule.lastIndexOf('.') + 1)
  return how === 'id' || how === 'username' ? how : 'email'
}
