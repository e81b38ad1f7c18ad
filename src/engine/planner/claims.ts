import { foldKey, type SourceUser } from '../../domain/identity.ts'
import type { InScope } from '../../domain/scope.ts'
import { readChanged } from './absence.ts'
import { type Correlation, correlation } from './correlation.ts'
import type { PlanInput } from './input.ts'
import type { PeopleBook } from './people-book.ts'
import type { Protection } from './protection.ts'
import { identifiers } from './values.ts'

/** Which account belongs to whom, by position. */
export type MatchOf = (index: number) => Correlation

export function matchesOf(
  input: PlanInput,
  protection: Pick<Protection, 'administrators'>,
  book: Pick<PeopleBook, 'positionOf' | 'named' | 'userAt' | 'valuesOf' | 'decided'>,
): MatchOf {
  const { connection, source, target, memory, ends } = input
  const correlate = correlation({
    target,
    source: connection.source,
    links: memory.links,
    match: connection.users.match ?? ends.defaultMatch,
    administrators: protection.administrators,
    users: source.users,
    positionOf: book.positionOf,
    named: book.named,
    userAt: book.userAt,
    absenceProven: source.usersComplete && !readChanged(input),
    isNot: book.decided.isNot,
  })
  const judged = new Array<Correlation | undefined>(source.users.length)
  return (index) => {
    const known = judged[index]
    if (known !== undefined) return known
    const match = correlate(index, () => identifiers(book.valuesOf(source.users[index]!)))
    // Who is linked, as most people are, is quickly told again.
    if (match.found !== 'linked') judged[index] = match
    return match
  }
}

/** Where people of the source are in each other's way. */
export interface Rivals {
  /** Positions of people who match one account without a link, by its position. */
  readonly claims: ReadonlyMap<number, readonly number[]>
  /** How many people without a link have one address. */
  readonly emails: ReadonlyMap<string, number>
  /** Accounts that an active record points to without having them: nothing is done to them when their holder leaves (D9). */
  readonly claimedAnew: ReadonlySet<number>
}

export function rivalsOf(input: PlanInput, book: PeopleBook, scopes: readonly InScope[], matchOf: MatchOf): Rivals {
  const claims = new Map<number, number[]>()
  const emails = new Map<string, number>()
  const claimedAnew = new Set<number>()
  input.source.users.forEach((user, index) => {
    const match = matchOf(index)
    if (!user.active || scopes[index] !== 'in' || match.found === 'linked') return
    if (match.found === 'matched' && !claims.get(match.account)?.push(index)) claims.set(match.account, [index])
    for (const account of match.found === 'undecided' ? match.candidates : []) claimedAnew.add(account)
    const { email } = identifiers(book.valuesOf(user))
    if (email !== undefined) emails.set(foldKey(email), (emails.get(foldKey(email)) ?? 0) + 1)
  })
  return { claims, emails, claimedAnew }
}

/** Accounts that could belong to somebody who is active, but whom the rules leave out. */
export function couldBeOfOthers(
  users: readonly SourceUser[],
  scopes: readonly InScope[],
  matchOf: MatchOf,
): readonly number[] {
  return users.flatMap(({ active }, index) => {
    if (!active || scopes[index] !== 'out') return []
    const match = matchOf(index)
    return match.found === 'undecided' ? match.candidates : match.found === 'matched' ? [match.account] : []
  })
}
