import type { TargetGroup } from '../domain/account.ts'
import type { LedThing } from '../domain/lead.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { PlanStore } from '../ports/plans.ts'
import type { AccountNow, AlsoAsked, Target } from '../ports/target.ts'
import { alsoFor } from './recheck.ts'
import { type Evidence, sightingOf, type Written } from './sighting.ts'

/** Accounts that one call of `accountsNow` covers at most in any target; above this share a whole read is cheaper. */
const accountsPerCall = 10
const accountsPerPage = 100

/** Finds the ids behind references to what the same plan made. */
export async function withIds(
  plans: Pick<PlanStore, 'bySeq'>,
  planId: string,
  page: readonly ChangeRecord[],
): Promise<Written[]> {
  const references = new Set<number>()
  for (const { account, group } of page) {
    for (const ref of [account, group]) if (ref !== undefined && 'createdBy' in ref) references.add(ref.createdBy)
  }
  const made = new Map((await plans.bySeq(planId, [...references])).map((each) => [each.seq, each.createdId]))
  const idOf = (ref: ChangeRecord['account']) =>
    ref === undefined ? undefined : 'id' in ref ? ref.id : made.get(ref.createdBy)
  return page.map((change) => {
    const accountId = change.kind === 'account.create' ? change.createdId : idOf(change.account)
    const groupId = change.kind === 'group.create' ? change.createdId : idOf(change.group)
    return {
      ...change,
      ...(accountId === undefined ? {} : { accountId }),
      ...(groupId === undefined ? {} : { groupId }),
    }
  })
}

/** To read everybody costs less than to look at each of so many accounts. */
export function isWholeReadCheaper(
  { membershipsComeWith }: Pick<Target, 'membershipsComeWith'>,
  accounts: number,
  accountsInTarget: number,
): boolean {
  if (membershipsComeWith !== 'users') return false
  return accounts / accountsPerCall > (accountsInTarget + accounts) / accountsPerPage
}

/** Accounts that changes are about and that are looked at themselves. */
export function accountsOf(changes: readonly Written[]): ReadonlySet<string> {
  return new Set(
    changes.flatMap(({ lead, accountId }) => (lead === undefined && accountId !== undefined ? [accountId] : [])),
  )
}

/**
 * Looks at everything that these changes are about, in as few calls as the target allows. `listed` = what a read of
 * everybody showed of them; then accounts are looked at by themselves only where that read may lack something.
 */
export async function gather(
  target: Target,
  changes: readonly Written[],
  listed: ReadonlyMap<string, AccountNow> | undefined,
  signal: AbortSignal,
): Promise<Evidence> {
  const ids = accountsOf(changes)
  const groupNames = new Set<string>()
  const things: LedThing[] = []
  for (const { lead, accountId, groupLabel } of changes) {
    if (lead !== undefined) things.push(lead)
    else if (accountId === undefined && groupLabel !== undefined) groupNames.add(groupLabel)
  }
  const leads = things.length === 0 ? undefined : await target.leadsNow?.(things, signal)
  const groups: ReadonlyMap<string, TargetGroup> =
    groupNames.size === 0 ? new Map() : await target.groupsByName([...groupNames], signal)
  const evidence = {
    accounts: listed ?? new Map<string, AccountNow>(),
    groups: new Map(Array.from(groups.values(), (group) => [group.id, group])),
    leads: leads ?? new Map<string, string | null>(),
  }
  // A read of everybody may lack access and custom attributes: these accounts are looked at by themselves.
  const unseen = changes.filter((change) => isSeenOnlyAlone(change) && sightingOf(change, evidence) !== 'so')
  const alone = new Set(unseen.map(({ accountId }) => accountId!))
  const plain = listed === undefined ? [...ids].filter((id) => !alone.has(id)) : []
  const looks = [
    await target.accountsNow(plain, signal),
    await target.accountsNow([...alone], signal, alsoForAll(unseen)),
  ]
  return { ...evidence, accounts: new Map([...evidence.accounts, ...looks.flatMap((look) => [...look])]) }
}

function isSeenOnlyAlone({ kind, accountId }: Written): boolean {
  return accountId !== undefined && alsoFor(kind).length > 0
}

function alsoForAll(changes: readonly Written[]): readonly AlsoAsked[] {
  return [...new Set(changes.flatMap(({ kind }) => alsoFor(kind)))]
}

/** Reads every account once and keeps those asked for. */
export async function sweep(
  target: Target,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AccountNow>> {
  const found = new Map<string, AccountNow>()
  for await (const page of target.users(signal)) {
    for (const account of page.items) {
      if (!ids.has(account.id)) continue
      const groups = account.memberOf === undefined ? {} : { groupIds: new Set(account.memberOf) }
      found.set(account.id, { account, ...groups })
    }
  }
  return found
}
