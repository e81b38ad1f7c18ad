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
  /** Linked, and the target was not read completely, so nobody knows. */
  | { readonly found: 'unseen'; readonly accountId: string }
  | { readonly found: 'undecided'; readonly why: HoldReason; readonly candidates: readonly number[] }

interface CorrelationInput {
  readonly target: TargetSnapshot
  readonly source: string
  readonly links: readonly Link[]
  readonly match: readonly MatchRule[]
  /** Positions of accounts that administer something: never matched by a mutable name alone (D9). */
  readonly administrators: ReadonlySet<number>
  /** Keys of source records that are there and active. */
  readonly activeKeys: ReadonlySet<string>
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
export function correlation(input: CorrelationInput): (user: SourceUser, ids: Identifiers) => Correlation {
  const { target, source, links, match, administrators, activeKeys } = input
  const byId = new Map(target.accounts.map((account, index) => [account.id, index]))
  const linkOf = new Map<string, string>()
  const linkedBy = new Map<number, string>()
  for (const link of links) {
    if (link.source !== source) continue
    linkOf.set(link.sourceKey, link.accountId)
    const index = byId.get(link.accountId)
    if (index !== undefined) linkedBy.set(index, link.sourceKey)
  }
  const people = (value: (account: TargetSnapshot['accounts'][number]) => string | undefined) => {
    const index = new Map<string, number[]>()
    target.accounts.forEach((account, position) => {
      const text = value(account)
      if (account.kind !== 'person' || text === undefined || text === '') return
      const list = index.get(text)
      if (list === undefined) index.set(text, [position])
      else list.push(position)
    })
    return index
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
    const linkedKey = linkedBy.get(account)
    if (linkedKey !== undefined) {
      const why = activeKeys.has(linkedKey) ? 'account-taken' : 'rehire'
      return { found: 'undecided', why, candidates }
    }
    if (rule !== 'id') {
      const actual = target.accounts[account]![rule === 'email' ? 'email' : 'userName'] ?? ''
      if (administrators.has(account) || foldCase(actual) !== foldCase(wanted)) {
        return { found: 'undecided', why: 'correlation-needs-person', candidates }
      }
    }
    return { found: 'matched', account, reason: reasonOf[rule], how: rule }
  }

  return (user, ids) => {
    const linked = linkOf.get(user.key)
    if (linked !== undefined) {
      const account = byId.get(linked)
      if (account !== undefined) return { found: 'linked', account }
      return { found: target.accountsComplete ? 'gone' : 'unseen', accountId: linked }
    }
    for (const rule of match) {
      if (rule === 'link') continue
      const wanted = rule === 'id' ? user.key : rule === 'email' ? ids.email : ids.userName
      if (wanted === undefined) continue
      const candidates = indexes[rule]?.get(rule === 'id' ? wanted : foldKey(wanted))
      if (candidates !== undefined) return judge(rule, wanted, candidates)
    }
    return { found: 'none' }
  }
}
