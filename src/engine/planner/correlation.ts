import type { MatchRule } from '../../domain/connection.ts'
import { foldCase, foldKey, type SourceUser } from '../../domain/identity.ts'
import type { Link } from '../../domain/memory.ts'
import type { HoldReason, ReasonCode } from '../../domain/reason.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'

/** Which account belongs to a person. Ambiguity is a value, never a guess. */
export type Correlation =
  | { readonly found: 'linked'; readonly account: number }
  | { readonly found: 'matched'; readonly account: number; readonly reason: ReasonCode; readonly how: MatchRule }
  | { readonly found: 'none' }
  /** Linked, but the account is not in a complete read of the target. */
  | { readonly found: 'gone'; readonly accountId: string }
  /** Linked, or linked to somebody else, and a read was not complete, so nobody knows. */
  | { readonly found: 'unseen'; readonly accountId: string }
  | {
      readonly found: 'undecided'
      readonly why: HoldReason
      readonly candidates: readonly number[]
      /** Key of whoever of this source has the candidate. */
      readonly linkedKey?: string
    }

interface CorrelationInput {
  readonly target: TargetSnapshot
  readonly source: string
  readonly links: readonly Link[]
  readonly match: readonly MatchRule[]
  /** Positions of accounts by id. */
  readonly positionOf: ReadonlyMap<string, number>
  /** Positions of accounts that administer something: never matched by a mutable name alone (D9). */
  readonly administrators: ReadonlySet<number>
  readonly users: readonly SourceUser[]
  /** Positions of users by key. */
  readonly userAt: ReadonlyMap<string, number>
  /** Somebody who is not in the read is gone, for sure (D23). */
  readonly absenceProven: boolean
  /** A person decided that an account is not this user's (D2). */
  readonly isNot: (userKey: string, accountId: string) => boolean
}

/** The identifying values of a person after mapping. */
interface Identifiers {
  readonly email?: string
  readonly userName?: string
}

const reasonOf: Record<Exclude<MatchRule, 'link'>, ReasonCode> = {
  id: 'matched-by-external-id',
  email: 'matched-by-email',
  username: 'matched-by-username',
}

/** Builds the indexes once; the result answers for one person at a time and remembers nothing between calls. */
export function correlation(input: CorrelationInput): (user: number, idsOf: () => Identifiers) => Correlation {
  const { target, source, links, match, positionOf, administrators, users, userAt, absenceProven, isNot } = input
  const linkOf = new Array<string | undefined>(users.length).fill(undefined)
  const linkedBy = new Array<string | undefined>(target.accounts.length).fill(undefined)
  for (const link of links) {
    if (link.source !== source) continue
    const user = userAt.get(link.sourceKey)
    if (user !== undefined) linkOf[user] = link.accountId
    const account = positionOf.get(link.accountId)
    if (account !== undefined) linkedBy[account] = link.sourceKey
  }
  const people = (value: (account: TargetSnapshot['accounts'][number]) => string | undefined) => {
    const first = new Map<string, number>()
    const more = new Map<string, number[]>()
    target.accounts.forEach((account, position) => {
      const text = value(account)
      if (account.kind !== 'person' || text === undefined || text === '') return
      if (!first.has(text)) first.set(text, position)
      else if (!more.get(text)?.push(position)) more.set(text, [position])
    })
    return (text: string) => {
      const position = first.get(text)
      return position === undefined ? undefined : [position, ...(more.get(text) ?? [])]
    }
  }
  const indexes = {
    id: match.includes('id') ? people((account) => account.externalId) : undefined,
    email: match.includes('email') ? people((account) => account.email && foldKey(account.email)) : undefined,
    username: match.includes('username')
      ? people((account) => account.userName && foldKey(account.userName))
      : undefined,
  }

  const judge = (rule: Exclude<MatchRule, 'link'>, wanted: string, candidates: readonly number[]): Correlation => {
    if (candidates.length > 1) return { found: 'undecided', why: 'correlation-ambiguous', candidates }
    const account = candidates[0]!
    const linkedKey = linkedBy[account]
    if (linkedKey !== undefined) {
      const record = users[userAt.get(linkedKey) ?? -1]
      // Whoever has the account may only be missing from this read: nobody can say yet whether they left.
      if (record === undefined && !absenceProven) return { found: 'unseen', accountId: target.accounts[account]!.id }
      const why = record?.active === true ? 'correlation-ambiguous' : 'rehire'
      return { found: 'undecided', why, candidates, linkedKey }
    }
    if (rule !== 'id') {
      const actual = target.accounts[account]![rule === 'email' ? 'email' : 'userName'] ?? ''
      if (administrators.has(account) || foldCase(actual) !== foldCase(wanted)) {
        return { found: 'undecided', why: 'correlation-needs-person', candidates }
      }
    }
    return { found: 'matched', account, reason: reasonOf[rule], how: rule }
  }

  return (user, idsOf) => {
    const linked = linkOf[user]
    if (linked !== undefined) {
      const account = positionOf.get(linked)
      if (account !== undefined) return { found: 'linked', account }
      return { found: target.accountsComplete ? 'gone' : 'unseen', accountId: linked }
    }
    const ids = idsOf()
    for (const rule of match) {
      if (rule === 'link') continue
      const wanted = rule === 'id' ? users[user]?.key : rule === 'email' ? ids.email : ids.userName
      if (wanted === undefined) continue
      const found = indexes[rule]?.(rule === 'id' ? wanted : foldKey(wanted)) ?? []
      const candidates = found.filter((account) => !isNot(users[user]!.key, target.accounts[account]!.id))
      if (candidates.length > 0) return judge(rule, wanted, candidates)
    }
    return { found: 'none' }
  }
}
