import type { AccessRole } from '../../../domain/access.ts'
import { endsOfAccounts } from '../../../domain/change.ts'
import type { PlanInput } from '../input.ts'
import { isBuiltInAdminName, type Protection } from '../protection.ts'
import { byGroup, type EffectsInput, idOf, type Judgement, lastDay, managedPeople } from './judgement.ts'

/** Nobody is made an administrator unseen, and no group that administers loses its last one (P20). */
export function judgeAdministration(input: EffectsInput, protection: Protection, scales: Judgement): void {
  const adminIds = new Set([...protection.adminGroups].map((position) => input.target.groups[position]!.id))
  const before = [...adminIds].reduce((sum, id) => sum + lastDay(input, `membership.add:${id}`), 0)
  const newMembers = scales.of('membership.add').filter((change) => {
    const groupId = idOf(change.group)
    return groupId === undefined ? isBuiltInAdminName(change.groupLabel ?? '') : adminIds.has(groupId)
  })
  scales.count('guard:admin-grants', {
    limit: input.connection.guards.adminGrants,
    base: managedPeople(input),
    list: [...newMembers, ...scales.of('access.grant').filter(({ access }) => isAdminRole(input, access))],
    before,
    what: 'grants of administration rights',
  })
  const forGroups = scales.of('access.grant').filter(({ account }) => account === undefined)
  if (forGroups.length > 0) {
    scales.hold('guard:group-access', forGroups)
    scales.guards.push({
      guard: 'guard:group-access',
      measured: forGroups.length,
      limit: 0,
      tripped: true,
      holds: 'kind',
      sentence: `${forGroups.length} times a whole group would be let into a product, with everybody who is in it or joins it.`,
    })
  }
  keepLastAdministrators(input, protection, scales)
}

function isAdminRole({ ends }: EffectsInput, access: AccessRole | undefined): boolean {
  const product = ends.products?.find(({ id }) => id === access?.product)
  return product?.roles.some(({ key, administers }) => key === access?.role && administers) ?? false
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
