import { foldKey } from '../domain/identity.ts'
import type { Lesson } from '../domain/memory.ts'
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
    case 'account.adopt':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { lesson: 'link', source, sourceKey: change.person!.key, accountId: accountId!, how: howOf(change.rule) },
      ]
    case 'account.create':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'active' },
        { lesson: 'link', source, sourceKey: change.person!.key, accountId: accountId!, how: 'created' },
      ]
    case 'account.update':
      return []
    case 'account.deactivate':
      return [
        { lesson: 'account', accountId: accountId!, label, state: 'suspended' },
        { lesson: 'deactivated', accountId: accountId! },
      ]
    case 'account.activate':
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
      return [{ lesson: 'grant', ...membership(), rule: change.rule, how: 'adopted' }]
    case 'membership.release':
      return [{ lesson: 'ungrant', ...membership() }]
    case 'membership.add':
      return [
        { lesson: 'grant', ...membership(), rule: change.rule, how: 'written' },
        { lesson: 'member', ...membership(), present: true },
      ]
    case 'membership.remove':
      return [
        { lesson: 'ungrant', ...membership() },
        { lesson: 'member', ...membership(), present: false },
      ]
  }
}

/** The name under which a link of a source group is remembered: one by name, one for each target of a table row. */
export function linkRuleOf(rule: string, groupName: string): string {
  return rule === 'groups.byName' ? 'byName' : `byTable:${foldKey(groupName)}`
}

function howOf(rule: string): 'id' | 'email' | 'username' {
  const how = rule.slice(rule.lastIndexOf('.') + 1)
  return how === 'id' || how === 'username' ? how : 'email'
}
