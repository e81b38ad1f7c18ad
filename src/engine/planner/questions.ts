import type { Choice } from '../../domain/decision.ts'
import type { SourceUser } from '../../domain/identity.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import type { Correlation } from './correlation.ts'
import type { PlanInput } from './input.ts'
import type { PeopleBook } from './people-book.ts'
import { accountLabel } from './values.ts'

/** What somebody is asked: in words, and what can be answered. */
interface Question {
  readonly reason: HoldReason
  readonly message: string
  readonly candidates?: readonly string[]
  readonly choices?: readonly Choice[]
}

/** Opens a work item: nothing is planned for this person until somebody decided. */
export function askAPerson(book: PeopleBook, input: PlanInput, user: SourceUser, question: Question): void {
  ask(book, input, user.key, book.personOf(user).label, question)
}

function ask(
  book: Pick<PeopleBook, 'workItems'>,
  { connection }: Pick<PlanInput, 'connection'>,
  key: string,
  label: string,
  { message, choices, ...rest }: Question,
): void {
  const about = { of: 'person', source: connection.source, key } as const
  book.workItems.push({
    ...rest,
    subject: `person:${connection.source}:${key}`,
    label,
    message: `${message} (${holdReasons[rest.reason]})`,
    ...(choices === undefined ? {} : { about, choices }),
  })
}

type Undecided = Pick<Extract<Correlation, { found: 'undecided' }>, 'why' | 'candidates' | 'linkedKeys'>

/** At most this many rivals are named in a question. */
const rivalsNamed = 5

/** A match that nobody may guess about (D2, D9): each candidate is named, and whoever else of the source it could be. */
export function askWhichAccount(
  input: PlanInput,
  book: PeopleBook,
  user: SourceUser,
  { why, candidates, linkedKeys }: Undecided,
  rivals: readonly SourceUser[] = [],
): void {
  const accounts = candidates.map((account) => input.target.accounts[account]!)
  const labels = accounts.map(accountLabel)
  const named = labels.map((label, at) => `${label}${whoHas(input, book, linkedKeys[at])}`)
  askAPerson(book, input, user, {
    reason: why,
    message: `Could be ${named.join(' or ')}${whoElse(book, rivals)}`,
    candidates: labels,
    choices: [
      ...accounts.map(({ id }, at) => ({ decision: 'link', objectId: id, label: labels[at]! }) as const),
      { decision: 'none' },
    ],
  })
}

function whoHas(input: PlanInput, book: PeopleBook, linkedKey: string | undefined): string {
  if (linkedKey === undefined) return ''
  const holder = input.source.users[book.userAt.get(linkedKey) ?? -1]
  return `, which is linked to ${holder === undefined ? linkedKey : book.personOf(holder).label}`
}

function whoElse(book: PeopleBook, rivals: readonly SourceUser[]): string {
  if (rivals.length === 0) return ''
  const named = rivals.slice(0, rivalsNamed).map((each) => book.personOf(each).label)
  const more = rivals.length > rivalsNamed ? [`${rivals.length - rivalsNamed} more`] : []
  return `, which also matches ${[...named, ...more].join(', ')}`
}

/** A linked account that is not there any more (D2); making it anew is for people who should have one. */
export function askAboutGone(
  input: PlanInput,
  book: PeopleBook,
  who: { readonly key: string; readonly label: string },
  accountId: string,
  mayHaveOne: boolean,
): void {
  const about = { objectId: accountId, label: accountId }
  ask(book, input, who.key, who.label, {
    reason: 'account-gone',
    message: `The linked account ${accountId} is not there any more`,
    choices: [...(mayHaveOne ? [{ decision: 'recreate', ...about } as const] : []), { decision: 'forget', ...about }],
  })
}

/** What somebody had before they left and no source gives: remembered, and offered when they are back (P10). */
export function askAboutTaken(
  input: PlanInput,
  book: PeopleBook,
  user: SourceUser,
  actual: PlanInput['target']['accounts'][number],
  groupNames: readonly string[],
): void {
  const about = { objectId: actual.id, label: accountLabel(actual) }
  const named = groupNames.slice(0, groupsNamed)
  const more = groupNames.length > groupsNamed ? `, and ${groupNames.length - groupsNamed} more` : ''
  askAPerson(book, input, user, {
    reason: 'memberships-taken',
    message: `Is back, and was in ${named.join(', ')}${more}`,
    candidates: named,
    choices: [
      { decision: 'give-back', ...about },
      { decision: 'leave-taken', ...about },
    ],
  })
}

/** At most this many groups are named in a question. */
const groupsNamed = 20

/** Only a person may lift what somebody else did (D8). */
export function askAboutSuspension(
  input: PlanInput,
  book: PeopleBook,
  user: SourceUser,
  actual: PlanInput['target']['accounts'][number],
): void {
  const label = accountLabel(actual)
  const about = { objectId: actual.id, label }
  const canLift = actual.state === 'suspended' && input.ends.offered.has('account.activate')
  askAPerson(book, input, user, {
    reason: 'suspended-outside',
    message: `${label} is ${actual.state}`,
    choices: [
      ...(canLift ? [{ decision: 'reactivate', ...about } as const] : []),
      { decision: 'leave-suspended', ...about },
    ],
  })
}
