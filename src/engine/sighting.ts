import { type AccessRole, isSameAccess } from '../domain/access.ts'
import type { TargetGroup } from '../domain/account.ts'
import { type AttributeValue, foldKey } from '../domain/identity.ts'
import { ledKey } from '../domain/lead.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { AccountNow } from '../ports/target.ts'

/** A written change whose object ids are known. */
export interface Written extends ChangeRecord {
  readonly accountId?: string
  readonly groupId?: string
}

/** What the target shows of everything that some written changes are about. */
export interface Evidence {
  readonly accounts: ReadonlyMap<string, AccountNow>
  /** By id. */
  readonly groups: ReadonlyMap<string, TargetGroup>
  /** Leads by `ledKey`. */
  readonly leads: ReadonlyMap<string, string | null>
}

/** `so` proves a write, `notSo` speaks against it, and where the target does not tell it is `untold`. */
export type Sighting = 'so' | 'notSo' | 'untold'

/** Whether what was written is so in the target. Only `so` is a proof (P18). Pure. */
export function sightingOf(change: Written, { accounts, groups, leads }: Evidence): Sighting {
  if (change.kind === 'group.create') return told(groups.has(change.groupId ?? ''))
  if (change.lead !== undefined) {
    const lead = leads.get(ledKey(change.lead))
    return lead === undefined ? 'untold' : told(lead === change.lead.to.id)
  }
  if (change.access !== undefined && change.accountId === undefined) {
    const access = groups.get(change.groupId ?? '')?.grantsAccess
    return access === undefined ? 'untold' : told(includes(access, change.access) === (change.kind === 'access.grant'))
  }
  const now = change.accountId === undefined ? undefined : accounts.get(change.accountId)
  if (change.kind === 'account.delete') return told(now === undefined || now.account.toBeDeleted === true)
  return now === undefined ? 'notSo' : sightingOfAccount(change, now)
}

function sightingOfAccount(change: Written, { account, groupIds, groupAccess }: AccountNow): Sighting {
  switch (change.kind) {
    case 'account.deactivate':
      return told(account.state !== 'active')
    case 'account.activate':
      return told(account.state === 'active')
    case 'account.disable':
      return told(account.state === 'disabled')
    case 'account.enable':
      return told(account.state !== 'disabled')
    case 'account.update':
      return told(Object.entries(change.after ?? {}).every(([name, value]) => isValue(valueIn(account, name), value)))
    case 'access.grant':
      if (includes(account.access, change.access!) || includes(groupAccess, change.access!)) return 'so'
      return account.access === undefined ? 'untold' : 'notSo'
    case 'access.revoke':
      return account.access === undefined ? 'untold' : told(!includes(account.access, change.access!))
    case 'custom.update':
      return told(
        Object.entries(change.after ?? {}).every(
          ([id, value]) => JSON.stringify(account.custom?.[id] ?? null) === JSON.stringify(value),
        ),
      )
    case 'membership.add':
    case 'membership.remove':
      if (groupIds === undefined) return 'untold'
      return told(groupIds.has(change.groupId ?? '') === (change.kind === 'membership.add'))
    default:
      return 'so'
  }
}

function valueIn(account: AccountNow['account'], name: string): AttributeValue | undefined {
  if (name === 'email' || name === 'displayName' || name === 'userName') return account[name]
  return account.attributes?.[name]
}

/** Letter case is the target's to choose, and an attribute without a value may be told as empty or not at all. */
function isValue(actual: AttributeValue | undefined, wanted: AttributeValue): boolean {
  return foldKey(String(actual ?? '')) === foldKey(String(wanted ?? ''))
}

function told(isSo: boolean): Sighting {
  return isSo ? 'so' : 'notSo'
}

function includes(list: readonly AccessRole[] = [], wanted: AccessRole): boolean {
  return list.some((each) => isSameAccess(each, wanted))
}
