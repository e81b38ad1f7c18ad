import type { Change } from '../../../domain/change.ts'
import type { Protection } from '../protection.ts'
import { judgeAdministration } from './administration.ts'
import { judgeGroups } from './groups.ts'
import { type EffectsInput, type Judgement, judgement } from './judgement.ts'

/** Limits on what a plan does, whatever asked for it: counts by kind and within groups, administration, adoptions. */
export function judgeEffects(
  input: EffectsInput,
  protection: Protection,
  managedPeople: number,
  changes: readonly Change[],
): Judgement {
  const scales = judgement(changes)
  judgeKinds(input, managedPeople, scales)
  judgeAdministration(input, protection, managedPeople, scales)
  // Last: whether a group is emptied depends on who is held back from joining it.
  judgeGroups(input, scales)
  return scales
}

function judgeKinds(input: EffectsInput, managedPeople: number, { of, count }: Judgement): void {
  const rules = input.connection.guards
  const lastDay = (kind: Change['kind']) => input.memory.appliedLastDay[kind] ?? 0
  const granted = input.memory.grants
    .filter((grant) => grant.connection === input.connection.key)
    .reduce((sum, grant) => sum + grant.accountIds.length, 0)

  count('guard:deactivations', {
    limit: rules.deactivations,
    base: managedPeople,
    list: of('account.deactivate'),
    before: lastDay('account.deactivate'),
    what: 'deactivations',
  })
  count('guard:membership-removals', {
    limit: rules.membershipRemovals,
    base: granted,
    list: of('membership.remove'),
    before: lastDay('membership.remove'),
    what: 'membership removals',
  })
  count('guard:creates', {
    limit: rules.creates,
    base: managedPeople,
    list: of('account.create'),
    before: lastDay('account.create'),
    what: 'new accounts',
  })
  count('guard:identity-changes', {
    limit: rules.identityChanges,
    base: managedPeople,
    list: of('account.update').filter(({ after = {} }) => 'email' in after || 'userName' in after),
    what: 'e-mail or username changes',
  })
}
