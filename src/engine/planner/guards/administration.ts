import { endsOfAccounts } from '../../../domain/change.ts'
import type { PlanInput } from '../input.ts'
import { isBuiltInAdminName, type Protection } from '../protection.ts'
import { byGroup, type EffectsInput, idOf, type Judgement, lastDay, managedPeople } from './judgement.ts'

/** Nobody is made an administrator unseen, and no group that administers loses its last one (P20). */
export function judgeAdministration(input: EffectsInput, protection: Protection, scales: Judgement): void {
  const adminIds = new Set([...protection.adminGroups].map((position) => input.target.groups[position]!.id))
  const before = [...adminIds].reduce((sum, id) => sum + lastDay(input, `membership.add:${id}`), 0)
  scales.count('guard:admin-grants', {
    limit: input.connection.guards.adminGrants,
    base: managedPeople(input),
    list: scales.of('membership.add').filter((change) => {
      const groupId = idOf(change.group)
      return groupId === undefined ? isBuiltInAdminName(change.groupLabel ?? '') : adminIds.has(groupId)
    }),
    before,
    what: 'new members of groups that administer',
  })
  keepLastAdministrators(input, protection, scales)
}

/** Who administers is asked for the time after this plan: somebody it brings back or adds counts (D18). */
function keepLastAdministrators(input: EffectsInput, { adminGroups }: Protection, scales: Judgement): void {
  const { target } = input
  const { of, goes, hold, guards } = scales
  const addsByGroup = byGroup(of('membership.add'))
  const leaving = Map.groupBy(endsOfAccounts.flatMap(of), (change) => idOf(change.account))
  const returning = new Set(
    [...of('account.activate'), ...of('account.enable')].filter(goes).map(({ account }) => idOf(account)),
  )
  const administers = (account: PlanInput['target']['accounts'][number]) =>
    (account.state === 'active' || returning.has(account.id)) &&
    account.kind === 'person' &&
    account.own !== true &&
    account.id !== input.ends.ownAccountId

  for (const position of adminGroups) {
    const group = target.groups[position]!
    if (addsByGroup.get(group.id)?.some(goes) === true) continue
    const active = [...group.accounts].map((account) => target.accounts[account]!).filter(administers)
    const going = active.map(({ id }) => leaving.get(id)).filter((changes) => changes !== undefined)
    if (going.length === 0 || going.length < active.length) continue
    hold('guard:last-administrator', going.flat())
    guards.push({
      guard: 'guard:last-administrator',
      about: group.name,
      measured: going.length,
      limit: active.length - 1,
      tripped: true,
      holds: 'kind',
      sentence: `"${group.name}" would be left without an active administrator.`,
    })
  }
}
