import { givenBackRule } from '../../domain/memory.ts'
import { has } from '../../platform/sorted.ts'
import { refusal } from '../planner/membership-drafts.ts'
import { accountLabel } from '../planner/values.ts'
import type { RetirementScene } from './scene.ts'

/** Ends what the ledger says this connection granted in groups; only what it alone vouches for is taken away (P7, D4). */
export function retireMemberships(scene: RetirementScene): void {
  const { memory, connection, adopted, choice } = scene.input
  const older = new Set(
    adopted.grants.flatMap(({ groupId, accountIds }) => accountIds.map((id) => `${groupId}\n${id}`)),
  )
  // Given back to somebody who returned, because they had it before from nobody that we know (P10).
  const isOlder = (groupId: string, accountId: string, rule: string) =>
    rule === givenBackRule || older.has(`${groupId}\n${accountId}`)
  for (const { connection: key, groupId, rule, accountIds } of memory.grants) {
    if (key !== connection.key) continue
    for (const accountId of accountIds) {
      retireMembership(scene, groupId, accountId, rule, !choice.adopted && isOlder(groupId, accountId, rule))
    }
  }
}

function retireMembership(
  scene: RetirementScene,
  groupId: string,
  accountId: string,
  rule: string,
  isOlder: boolean,
): void {
  const { input, kept, protection } = scene
  const who = scene.account(accountId)
  const where = scene.group(groupId)
  const label = `${who === undefined ? accountId : accountLabel(who.now)} in ${where?.now.name ?? groupId}`
  const { target, memory, ends } = input
  if (who === undefined || where === undefined) {
    const isRead = (who !== undefined || target.accountsComplete) && (where !== undefined || target.groupsComplete)
    return kept.keep(isRead ? 'gone' : 'unproven', 'membership', label)
  }
  const group = { group: { id: groupId }, groupLabel: where.now.name }
  const isPresent = has(where.now.accounts, who.position)
  if (isPresent) {
    const reason = isOlder
      ? 'adopted'
      : has(scene.vouchersOf(groupId).others, who.position)
        ? 'granted-elsewhere'
        : protection.groups.has(where.position) || who.isUntouchable
          ? 'protected'
          : scene.exceptions.keepsIn(groupId, who.now.id) !== undefined
            ? 'decided'
            : undefined
    if (reason === undefined) {
      const refused = refusal('membership.remove', where.now, ends)
      const state = refused === undefined ? {} : { state: 'blocked' as const, stateReasons: [refused] }
      scene.draft('membership.remove', who, rule, { ...group, ...state })
      return
    }
    kept.keep(reason, 'membership', label)
  } else {
    // What is there unseen stays in the ledger, so that it can be taken away later.
    if (target.membershipsUnknown.has(who.position)) return kept.keep('hidden', 'membership', label)
    const isSettling = memory.settling.has(`add:${groupId}:${accountId}`)
    if (!where.now.membersComplete || isSettling) return kept.keep('unproven', 'membership', label)
  }
  scene.draft('membership.release', who, rule, group)
}
