import type { AccessGrants } from '../../domain/memory.ts'
import { has } from '../../platform/sorted.ts'
import { defaultGroups } from '../planner/access/access-book.ts'
import { accessKey, type Holders, holdersOf } from '../planner/access/holders.ts'
import { refusal } from '../planner/membership-drafts.ts'
import { writability } from '../planner/people-book.ts'
import { accountLabel } from '../planner/values.ts'
import type { RetirementScene, Who } from './scene.ts'

/** Ends the access to products that this connection gave, with the places in default groups that came with it (D20). */
export function retireAccess(scene: RetirementScene): void {
  const { memory, connection, adopted, choice } = scene.input
  const older = new Set(adopted.access.flatMap((row) => row.accountIds.map((id) => `${accessKey(row)}\n${id}`)))
  const sight: Sight = { groups: defaultGroups(scene.input), holders: holdersOf(scene.input) }
  for (const row of memory.access) {
    if (row.connection !== connection.key) continue
    for (const accountId of row.accountIds) {
      const isOlder = !choice.adopted && older.has(`${accessKey(row)}\n${accountId}`)
      retireRole(scene, sight, row, accountId, isOlder)
    }
  }
}

interface Sight {
  /** Default groups of products with what they give, by position. */
  readonly groups: ReadonlyMap<number, readonly string[]>
  readonly holders: Holders
}

function retireRole(
  scene: RetirementScene,
  sight: Sight,
  row: AccessGrants,
  accountId: string,
  isOlder: boolean,
): void {
  const { input, kept } = scene
  const key = accessKey(row)
  const who = scene.account(accountId)
  const label = `${who === undefined ? accountId : accountLabel(who.now)} in ${row.product}`
  if (who === undefined) return kept.keep(input.target.accountsComplete ? 'gone' : 'unproven', 'access', label)
  const access = { product: row.product, role: row.role }
  const places = [...sight.groups].flatMap(([position, gives]) => (gives.includes(key) ? [position] : []))
  const isPresent =
    sight.holders.direct(who.position).some((each) => accessKey(each) === key) ||
    places.some((position) => has(input.target.groups[position]!.accounts, who.position))
  if (isPresent) {
    const isVouchedFor = input.memory.access.some(
      (other) =>
        other.connection !== row.connection && accessKey(other) === key && other.accountIds.includes(accountId),
    )
    const reason = isOlder
      ? 'adopted'
      : isVouchedFor
        ? 'granted-elsewhere'
        : who.isUntouchable
          ? 'protected'
          : undefined
    if (reason === undefined) {
      const removals = places.flatMap((position) => removalOf(scene, who, position, row.rule))
      scene.draft('access.revoke', who, row.rule, {
        ...writability(input, 'access.revoke', who.now),
        access,
        ...(removals.length === 0 ? {} : { waitsFor: removals }),
      })
      return
    }
    kept.keep(reason, 'access', label)
  }
  scene.draft('access.release', who, row.rule, { access })
}

/** The place in a default group that the role brought, unless somebody vouches for the place itself. */
function removalOf(scene: RetirementScene, who: Who, position: number, rule: string) {
  const { input, protection } = scene
  const group = input.target.groups[position]!
  const { ours, oursOnce, others } = scene.vouchersOf(group.id)
  const isKept = [ours, oursOnce, others].some((list) => has(list, who.position)) || protection.groups.has(position)
  if (isKept || !has(group.accounts, who.position)) return []
  const refused = refusal('membership.remove', group, input.ends)
  return [
    scene.draft('membership.remove', who, rule, {
      ...(refused === undefined ? {} : { state: 'blocked' as const, stateReasons: [refused] }),
      group: { id: group.id },
      groupLabel: group.name,
      among: 'account.delete',
    }),
  ]
}
