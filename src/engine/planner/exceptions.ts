import type { Exception, ExceptionDecision, ExceptionKind } from '../../domain/exception.ts'
import type { PlanInput } from './input.ts'

/** What people decided beside the rules, asked by what it is about; and what of it this plan goes by, or has carried out. */
export interface Exceptions {
  /** The membership is kept by whichever connection of the directory. */
  keepsIn(groupId: string, accountId: string): Exception | undefined
  keepsOut(groupId: string, accountId: string): Exception | undefined
  /** A person lets this connection vouch for the membership, or take it away. */
  adopts(groupId: string, accountId: string): Exception | undefined
  takesOut(groupId: string, accountId: string): Exception | undefined
  keepsSuspended(accountId: string): Exception | undefined
  /** The foreign suspension of the account may be lifted, once. */
  reactivates(accountId: string): Exception | undefined
  /** No stage of leaving touches the account, whichever connection of the directory it was decided for. */
  keepsActive(accountId: string): Exception | undefined
  keepsValue(accountId: string, attribute: string): Exception | undefined
  /** The account that is to be this person's from now on. */
  links(personKey: string): Exception | undefined
  /** Accounts that are to be deactivated though no rule says so. */
  readonly deactivations: readonly Exception[]
  /** Orders about memberships, each once. */
  readonly orders: readonly Exception[]
  /** This plan leaves something as it is because of it. */
  use(exception: Exception): void
  readonly used: ReadonlySet<Exception>
  /** It has done what it was for, or what it is about is over. */
  spend(exception: Exception | undefined): void
  readonly spent: ReadonlySet<string>
  /** What of the account is over when the person is there and active. */
  endOfAbsence(accountId: string): void
}

/** Kinds of which *keep* is access that somebody has. */
const keepsAccess: readonly ExceptionKind[] = ['membership-foreign', 'account-reactivated', 'account-orphaned']

const unasked = () => undefined

/** Nobody decided anything: the usual case, which costs nothing. */
const nothing: Exceptions = {
  keepsIn: unasked,
  keepsOut: unasked,
  adopts: unasked,
  takesOut: unasked,
  keepsSuspended: unasked,
  reactivates: unasked,
  keepsActive: unasked,
  keepsValue: unasked,
  links: unasked,
  deactivations: [],
  orders: [],
  use: unasked,
  used: new Set(),
  spend: unasked,
  spent: new Set(),
  endOfAbsence: unasked,
}

export function exceptionsOf({ memory, connection }: Pick<PlanInput, 'memory' | 'connection'>): Exceptions {
  if (memory.exceptions.length === 0) return nothing
  const found = new Map<string, Exception>()
  const nameOf = (kind: ExceptionKind, decision: ExceptionDecision, ...about: readonly (string | undefined)[]) =>
    [kind, decision, ...about.map((each) => each ?? '')].join('\n')
  for (const each of memory.exceptions) {
    const { kind, decision, accountId, groupId, attribute, personKey } = each
    const isOurs = each.connection === connection.key
    // What keeps access counts for everybody who writes here; what withholds it, for the connection it was decided for.
    const countsForAll = decision === 'keep' && keepsAccess.includes(kind)
    if (!isOurs && !countsForAll) continue
    const name =
      kind === 'person-linked'
        ? nameOf(kind, decision, personKey)
        : nameOf(kind, decision, accountId, groupId, attribute)
    if (isOurs || !found.has(name)) found.set(name, each)
  }
  const all = [...found.values()]
  const isOfAbsent = ({ kind }: Exception) =>
    kind === 'account-reactivated' || kind === 'account-orphaned' || kind === 'account-unmanaged'
  const ofAbsent = Map.groupBy(all.filter(isOfAbsent), ({ accountId = '' }) => accountId)
  const about = (kind: ExceptionKind, decision: ExceptionDecision, ...names: readonly (string | undefined)[]) =>
    found.get(nameOf(kind, decision, ...names, ...['', '', ''].slice(names.length)))
  const membership =
    (kind: ExceptionKind, decision: ExceptionDecision): Exceptions['keepsIn'] =>
    (groupId, accountId) =>
      about(kind, decision, accountId, groupId)
  const used = new Set<Exception>()
  const spent = new Set<string>()
  const spend = (exception: Exception | undefined) => {
    // What another connection decided is its own to end.
    if (exception?.connection === connection.key) spent.add(exception.id)
  }
  return {
    keepsIn: membership('membership-foreign', 'keep'),
    keepsOut: membership('membership-removed', 'keep'),
    adopts: membership('membership-foreign', 'adopt'),
    takesOut: membership('membership-foreign', 'revert'),
    keepsSuspended: (accountId) => about('account-suspended', 'keep', accountId),
    reactivates: (accountId) => about('account-suspended', 'revert', accountId),
    keepsActive: (accountId) =>
      about('account-reactivated', 'keep', accountId) ?? about('account-orphaned', 'keep', accountId),
    keepsValue: (accountId, attribute) => about('value-changed', 'keep', accountId, '', attribute),
    links: (personKey) => found.get(nameOf('person-linked', 'link', personKey)),
    deactivations: all.filter(({ decision }) => decision === 'deactivate'),
    orders: all.filter(
      ({ kind, decision }) => kind === 'membership-foreign' && (decision === 'adopt' || decision === 'revert'),
    ),
    use: (exception) => used.add(exception),
    used,
    spend,
    spent,
    endOfAbsence: (accountId) => {
      for (const each of ofAbsent.get(accountId) ?? []) spend(each)
    },
  }
}

/** How a standstill names the decision behind it. */
export function exceptionRule({ id, connection, decidedBy }: Exception): string {
  return `decision ${id} of ${connection}, by ${decidedBy}`
}
