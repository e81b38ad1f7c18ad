import type { MatchRule } from '../../domain/connection.ts'
import { foldCase, type SourceUser } from '../../domain/identity.ts'
import type { Link } from '../../domain/memory.ts'
import type { HoldReason, ReasonCode } from '../../domain/reason.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import type { AccountsNamed } from './account-names.ts'
import type { Positions } from './positions.ts'

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
      /** Keys of whoever of this source has the candidates, in their order; undefined = nobody. */
      readonly linkedKeys: readonly (string | undefined)[]
    }

interface CorrelationInput {
  readonly target: TargetSnapshot
  readonly source: string
  readonly links: readonly Link[]
  readonly match: readonly MatchRule[]
  /** Positions of accounts by id. */
  readonly positionOf: Pick<Positions, 'get'>
  readonly named: AccountsNamed
  /** Positions of accounts that administer something: never matched by a mutable name alone (D9). */
  readonly administrators: ReadonlySet<number>
  readonly users: readonly SourceUser[]
  /** Positions of users by key. */
  readonly userAt: Pick<Positions, 'get'>
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

const nameOf = { id: 'externalId', email: 'email', username: 'userName' } as const

/** Looks at the links once; the result answers for one person at a time and remembers nothing between calls. */
export function correlation(input: CorrelationInput): (user: number, idsOf: () => Identifiers) => Correlation {
  const { target, source, links, match, positionOf, named, administrators, users, userAt, absenceProven, isNot } = input
  // Which of the links is a person's, which account that is, and which of the links is an account's; -1 = none.
  const linkOf = new Int32Array(users.length).fill(-1)
  const accountOf = new Int32Array(users.length).fill(-1)
  const linkedBy = new Int32Array(target.accounts.length).fill(-1)
  for (let at = 0; at < links.length; at += 1) {
    const link = links[at]!
    if (link.source !== source) continue
    const user = userAt.get(link.sourceKey)
    const account = positionOf.get(link.accountId)
    if (user !== undefined) {
      linkOf[user] = at
      accountOf[user] = account ?? -1
    }
    if (account !== undefined) linkedBy[account] = at
  }
  const isPerson = (account: number) => target.accounts[account]!.kind === 'person'

  /** Key of whoever of this source has the account. */
  const holderKeyOf = (account: number) => links[linkedBy[account]!]?.sourceKey
  const undecided = (why: HoldReason, candidates: readonly number[]): Correlation => ({
    found: 'undecided',
    why,
    candidates,
    linkedKeys: candidates.map(holderKeyOf),
  })
  /** The record of whoever of this source has the account; `missing` = not in this read, `nobody` = it is not linked. */
  const holderOf = (account: number) => {
    const key = holderKeyOf(account)
    return key === undefined ? 'nobody' : (users[userAt.get(key) ?? -1] ?? 'missing')
  }
  /** Its holder was disabled or is gone, and nobody can tell from here whether they are back under another key (D9). */
  const isLeft = (account: number) => {
    const holder = holderOf(account)
    return holder === 'missing' || (holder !== 'nobody' && !holder.active)
  }

  const judge = (rule: Exclude<MatchRule, 'link'>, wanted: string, candidates: readonly number[]): Correlation => {
    if (candidates.length > 1) return undecided('correlation-ambiguous', candidates)
    const account = candidates[0]!
    if (holderKeyOf(account) !== undefined) {
      return undecided(isLeft(account) ? 'rehire' : 'correlation-ambiguous', candidates)
    }
    if (rule !== 'id') {
      const actual = target.accounts[account]![rule === 'email' ? 'email' : 'userName'] ?? ''
      if (administrators.has(account) || foldCase(actual) !== foldCase(wanted)) {
        return undecided('correlation-needs-person', candidates)
      }
    }
    return { found: 'matched', account, reason: reasonOf[rule], how: rule }
  }
  /**
   * What was found by one rule, together with what a later rule says: an account whose holder left may be theirs, too, when
   * a source gave people other keys or made one record of two. Nobody chooses between them but a person.
   */
  const together = (judged: Correlation, later: readonly number[]): Correlation => {
    if (judged.found !== 'matched' && judged.found !== 'undecided') return judged
    const first = judged.found === 'matched' ? [judged.account] : judged.candidates
    const isCertain = judged.found === 'matched' && judged.how === 'id'
    const left = isCertain ? [] : [...new Set(later)].filter((account) => isLeft(account) && !first.includes(account))
    const candidates = [...first, ...left]
    // Whoever has an account may only be missing from this read: nobody can say yet whether they left.
    const unseen = absenceProven ? undefined : candidates.find((account) => holderOf(account) === 'missing')
    if (unseen !== undefined) return { found: 'unseen', accountId: target.accounts[unseen]!.id }
    if (left.length === 0) return judged
    return undecided(judged.found === 'undecided' ? judged.why : 'correlation-ambiguous', candidates)
  }

  return (user, idsOf) => {
    const linked = links[linkOf[user]!]
    if (linked !== undefined) {
      const account = accountOf[user]!
      if (account >= 0) return { found: 'linked', account }
      return { found: target.accountsComplete ? 'gone' : 'unseen', accountId: linked.accountId }
    }
    const ids = idsOf()
    const candidatesBy = (rule: MatchRule) => {
      if (rule === 'link') return undefined
      const wanted = rule === 'id' ? users[user]?.key : rule === 'email' ? ids.email : ids.userName
      if (wanted === undefined) return undefined
      const candidates = named(nameOf[rule], wanted)
        .filter(isPerson)
        .filter((account) => !isNot(users[user]!.key, target.accounts[account]!.id))
      return candidates.length === 0 ? undefined : { rule, wanted, candidates }
    }
    for (const [at, rule] of match.entries()) {
      const found = candidatesBy(rule)
      if (found === undefined) continue
      const later = match.slice(at + 1).flatMap((each) => candidatesBy(each)?.candidates ?? [])
      return together(judge(found.rule, found.wanted, found.candidates), later)
    }
    return { found: 'none' }
  }
}
