import { takesAway, type WriteKind } from '../domain/change.ts'
import type { Instant } from '../domain/identity.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import { isoTime } from '../platform/clock.ts'
import type { Refusal } from '../ports/plans.ts'

/**
 * Writes that a target refused for good - a read-only directory, an account somebody else manages - are not tried again
 * night after night (P12): they are planned as blocked until the answer may be another one. That is at once when settings
 * of the connection or one of its ends change, and after these times by itself; sooner for what takes something away,
 * because a leaver who stays is worse than a call for nothing. Whoever asks for one person tries again in any case.
 */
const dayMs = 86_400_000
const heldBackMs = 3 * dayMs
const heldBackTakingMs = dayMs / 4

/** Refusals older than this count for nothing. */
export const refusalsSince = (now: Instant): Instant => now - heldBackMs

/** Memberships that were refused, by `membershipKey`. */
export type RefusedMemberships = ReadonlySet<string>

export function membershipKey(kind: WriteKind, groupId: string, accountId: string): string {
  return `${kind}:${groupId}:${accountId}`
}

/** The target as it was read, with what it refused lately. Pure. */
export function withRefusals(
  target: TargetSnapshot,
  refusals: readonly Refusal[],
  now: Instant,
): { readonly target: TargetSnapshot; readonly memberships: RefusedMemberships } {
  const memberships = new Set<string>()
  const refuses = new Map<string, Partial<Record<WriteKind, string>>>()
  for (const { kind, accountId, groupId, message, at } of refusals) {
    if (now - at >= (takesAway(kind) ? heldBackTakingMs : heldBackMs)) continue
    if (groupId !== undefined) memberships.add(membershipKey(kind, groupId, accountId))
    else refuses.set(accountId, { ...refuses.get(accountId), [kind]: `${message} (tried on ${isoTime(at)})` })
  }
  if (refuses.size === 0) return { target, memberships }
  const accounts = target.accounts.map((account) => {
    const found = refuses.get(account.id)
    // What the target says now counts before what it answered then.
    return found === undefined ? account : { ...account, refuses: { ...found, ...account.refuses } }
  })
  return { target: { ...target, accounts }, memberships }
}
