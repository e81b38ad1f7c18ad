import { type Change, changesIdentity } from '../../../domain/change.ts'
import { accessEffects } from '../access/effects.ts'
import type { Protection } from '../protection.ts'
import { judgeAdministration } from './administration.ts'
import { judgeGroups } from './groups.ts'
import { type EffectsInput, type Judgement, judgement, lastDay, managedPeople } from './judgement.ts'

/** Limits on what a plan does, whatever asked for it: counts by kind and within groups, administration, adoptions. */
export function judgeEffects(input: EffectsInput, protection: Protection, changes: readonly Change[]): Judgement {
  const scales = judgement(changes)
  judgeKinds(input, changes, scales)
  judgeAdministration(input, protection, scales)
  // Last: whether a group is emptied depends on who is held back from joining it.
  judgeGroups(input, scales)
  return scales
}

/** Shares are of what stood before the 24 hours began, so that an effect in small parts weighs as much as in one. */
function judgeKinds(input: EffectsInput, changes: readonly Change[], { of, count }: Judgement): void {
  const rules = input.connection.guards
  const people = managedPeople(input)
  const granted = grantedBy(input)
  const removed = lastDay(input, 'membership.remove')
  const created = lastDay(input, 'account.create')

  const deactivations = [...of('account.deactivate'), ...of('account.disable')]
  const losses = accessLosses(input, changes)
  count('guard:deactivations', {
    limit: rules.deactivations,
    base: people,
    list: [...deactivations, ...losses.changes],
    weight: deactivations.length + losses.people,
    before: lastDay(input, 'account.deactivate') + lastDay(input, 'account.disable') + lastDay(input, 'access.revoke'),
    what: losses.people === 0 ? 'deactivations' : 'deactivations and losses of product access',
  })
  count('guard:deletions', {
    limit: rules.deletions,
    base: people,
    list: of('account.delete'),
    before: lastDay(input, 'account.delete'),
    what: 'deletions',
  })
  count('guard:membership-removals', {
    limit: rules.membershipRemovals,
    base: granted + removed,
    list: of('membership.remove'),
    before: removed,
    what: 'membership removals',
  })
  count('guard:creates', {
    limit: rules.creates,
    base: Math.max(0, people - created),
    list: of('account.create'),
    before: created,
    what: 'new accounts',
  })
  count('guard:identity-changes', {
    limit: rules.identityChanges,
    base: people,
    list: of('account.update').filter(changesIdentity),
    before: lastDay(input, 'account.update:identity'),
    what: 'e-mail or username changes',
  })
}

/** How many memberships this connection vouches for. */
function grantedBy({ connection, memory }: EffectsInput): number {
  const ours = memory.grants.filter((grant) => grant.connection === connection.key)
  return memory.totals?.grants ?? ours.reduce((sum, { accountIds }) => sum + accountIds.length, 0)
}

/** People who keep their account and lose their last access to a product, with the changes that take it (D20). */
function accessLosses(
  input: EffectsInput,
  changes: readonly Change[],
): { readonly people: number; readonly changes: readonly Change[] } {
  const lost = accessEffects(input, changes, ({ state }) => state !== 'blocked').filter(
    ({ hadAccess, hasAccess, ends }) => hadAccess && !hasAccess && !ends,
  )
  return {
    people: new Set(lost.map(({ account }) => account)).size,
    changes: [...new Set(lost.flatMap(({ taking }) => taking))],
  }
}
