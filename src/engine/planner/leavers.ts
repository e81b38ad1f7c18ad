import type { SourceUser } from '../../domain/identity.ts'
import type { DepartureSignal } from '../../domain/memory.ts'
import { scopeNeedsGroups } from '../../domain/scope.ts'
import { readChanged } from './absence.ts'
import type { PlanInput } from './input.ts'
import { type PeopleBook, writability } from './people-book.ts'
import type { Protection } from './protection.ts'
import { accountLabel } from './values.ts'

export type Depart = (user: SourceUser | undefined, sourceKey: string, account: number, signal: DepartureSignal) => void

/**
 * Decides for one leaver at a time (D7): until the first stage is due nothing changes; then each due stage acts, unless
 * somebody else vouches for the account (D4) or an active record points to it too (D9).
 */
export function leavers(
  input: PlanInput,
  protection: Protection,
  book: PeopleBook,
  claimedAnew: ReadonlySet<number>,
): Depart {
  const { connection, target, memory, now } = input
  const known = new Map(memory.departures.map((departure) => [departure.sourceKey, departure]))
  const provesNothing = absenceProvesNothing(input)
  const linkedElsewhere = new Set(
    memory.links.filter((link) => link.source !== connection.source).map((link) => link.accountId),
  )
  let granted: ReadonlySet<string> | undefined
  const grantedElsewhere = () => {
    const others = memory.grants.filter((grant) => grant.connection !== connection.key)
    granted ??= new Set(others.flatMap((grant) => grant.accountIds))
    return granted
  }
  const vouchedFor = (accountId: string, signal: DepartureSignal) =>
    linkedElsewhere.has(accountId) ||
    (signal === 'left-scope' && (input.siblings.length > 0 || grantedElsewhere().has(accountId)))

  return (user, sourceKey, account, signal) => {
    book.standingOf[account] = 'frozen'
    const before = known.get(sourceKey)
    if (provesNothing(signal)) {
      // A departure under way neither comes due nor ends.
      if (before !== undefined) book.departures.push(before)
      book.missing.push(account)
      return
    }
    // Gone or out of scope are the same leaving; disabled is another one, with stages of its own.
    const sameLeaving = before !== undefined && (before.signal === 'disabled') === (signal === 'disabled')
    const firstProvenAt = sameLeaving ? before.firstProvenAt : now
    book.departures.push({ sourceKey, signal, firstProvenAt })
    const actual = target.accounts[account]!
    if (claimedAnew.has(account) || protection.untouchable.has(account) || actual.kind !== 'person') return

    const [stages, rule] =
      signal === 'disabled'
        ? [connection.users.onDisabled, 'users.onDisabled']
        : [connection.users.onLeft, 'users.onLeft']
    stages.forEach((stage, index) => {
      if (now - firstProvenAt < stage.afterMs) return
      if (stage.action === 'remove-managed-groups') book.standingOf[account] = 'leaves-groups'
      if (stage.action !== 'deactivate') return
      if (vouchedFor(actual.id, signal)) {
        book.standingOf[account] = 'leaves-groups'
        book.notices.push(`${accountLabel(actual)} left this connection and stays active: another one vouches for it.`)
        return
      }
      if (actual.state !== 'active') return
      book.changes.push({
        kind: 'account.deactivate',
        account: { id: actual.id },
        accountLabel: accountLabel(actual),
        person: user === undefined ? { key: sourceKey, label: accountLabel(actual) } : book.personOf(user),
        reason: signal === 'disabled' ? 'disabled-at-source' : signal,
        rule: `${rule}[${index}]`,
        ...writability(input, 'account.deactivate', actual),
      })
    })
  }
}

/** Signals that rest on absence while the read is another one than before (D23); a group may be what is missing, too. */
function absenceProvesNothing(input: PlanInput): (signal: DepartureSignal) => boolean {
  if (!readChanged(input)) return () => false
  const byGroups = scopeNeedsGroups(input.connection.users.scope)
  return (signal) => signal === 'left-source' || (signal === 'left-scope' && byGroups)
}
