import { changeKinds, type DraftChange, type endsOfAccounts } from '../../domain/change.ts'
import type { SourceUser } from '../../domain/identity.ts'
import type { DepartureSignal } from '../../domain/memory.ts'
import type { Stage } from '../../domain/policy.ts'
import type { StandReason } from '../../domain/reason.ts'
import { scopeNeedsGroups } from '../../domain/scope.ts'
import { readChanged } from './absence.ts'
import { exceptionRule } from './exceptions.ts'
import type { PlanInput } from './input.ts'
import { type Leaving, type PeopleBook, writability } from './people-book.ts'
import type { Protection } from './protection.ts'
import type { Standstill } from './trace.ts'
import { accountLabel } from './values.ts'

export type Depart = (user: SourceUser | undefined, sourceKey: string, account: number, signal: DepartureSignal) => void

type Account = PlanInput['target']['accounts'][number]

interface DueStage extends Stage {
  readonly rule: string
}

/**
 * Decides for one leaver at a time (D7): until the first stage is due nothing changes; then each due stage acts, unless
 * another connection vouches for the account (D4) or an active record points to it too (D9).
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

  return (user, sourceKey, account, seen) => {
    const actual = target.accounts[account]!
    input.trace?.account?.(sourceKey, account)
    const before = known.get(sourceKey)
    const stand = (reason: StandReason, part: Partial<Standstill> = {}) =>
      input.trace?.person(sourceKey, { reason, ...part })
    // Once the changed rules are accepted nobody can see any more that it was them.
    const signal = seen === 'left-scope' && before?.signal === 'left-by-rule' ? before.signal : seen
    // Linked by another connection of this source, and never ours: somebody else's to let go (D4).
    if (before === undefined && !book.vouchers.ours(account)) return stand('never-vouched')
    book.standingOf[account] = 'frozen'
    if (provesNothing(signal)) {
      // A departure under way neither comes due nor ends.
      if (before !== undefined) book.departures.push(before)
      book.missing.push(account)
      return stand('departure-unproven')
    }
    // Gone or out of scope are the same leaving; disabled is another one, with stages of its own.
    const sameLeaving = before !== undefined && (before.signal === 'disabled') === (signal === 'disabled')
    const firstProvenAt = sameLeaving ? before.firstProvenAt : now
    book.departures.push({ sourceKey, signal, firstProvenAt })
    // It was about somebody who was here: whoever is back later is asked about anew.
    book.exceptions.spend(book.exceptions.reactivates(actual.id))
    if (claimedAnew.has(account)) return stand('claimed-anew')
    if (protection.untouchable.has(account)) return stand('untouchable')
    if (actual.kind !== 'person') return stand('not-a-person')

    const due = dueStages(connection.users, signal, now - firstProvenAt)
    const next = nextStage(connection.users, signal, now - firstProvenAt)
    const coming = next === undefined ? {} : { rule: next.rule, dueAt: firstProvenAt + next.afterMs }
    if (due[0] === undefined) return stand('stage-not-due', coming)
    const kept = book.exceptions.keepsActive(actual.id)
    if (kept !== undefined) {
      book.exceptions.use(kept)
      return stand('kept-by-decision', { rule: exceptionRule(kept) })
    }
    stand(book.vouchers.others(account) ? 'vouched-elsewhere' : 'stages-done', coming)
    const change = (kind: DraftChange['kind'], rule: string): DraftChange => ({
      kind,
      account: { id: actual.id },
      accountLabel: accountLabel(actual),
      person: user === undefined ? { key: sourceKey, label: accountLabel(actual) } : book.personOf(user),
      reason: signal === 'disabled' ? 'disabled-at-source' : signal,
      rule,
      state: 'ready',
      stateReasons: [],
    })
    const isVouchedFor = book.vouchers.others(account)
    const leaving = isVouchedFor ? letGo(due) : leavingOf(due, connection.groups.ownership === 'all')
    if (leaving !== undefined) {
      book.standingOf[account] = 'leaves'
      book.leavingOf.set(account, leaving)
    }
    if (isVouchedFor) {
      book.notices.push(`${accountLabel(actual)} left this connection and stays active: another one vouches for it.`)
    }
    let endsAccount = false
    for (const { kind, rule } of isVouchedFor ? [] : endings(input, due, actual)) {
      const { state, stateReasons } = writability(input, kind, actual)
      book.changes.push({ ...change(kind, rule), state, stateReasons })
      if (state !== 'blocked') endsAccount = true
      else noteRefusal(book, kind, actual)
    }
    // A deactivation ends what we vouch for with it. Beside that it is noted only where another connection could ask.
    if (!endsAccount && input.others.length > 0 && book.vouchers.ours(account)) {
      book.changes.push(change('account.release', due[0].rule))
    }
  }
}

type Users = PlanInput['connection']['users']

/** The stages of a signal, the earliest first; of equal times the first in the list. */
function stagesOf(users: Users, signal: DepartureSignal): DueStage[] {
  const [stages, rule] = signal === 'disabled' ? [users.onDisabled, 'users.onDisabled'] : [users.onLeft, 'users.onLeft']
  return stages.map((stage, index) => ({ ...stage, rule: `${rule}[${index}]` })).sort((a, b) => a.afterMs - b.afterMs)
}

/** The stages whose time has come. */
function dueStages(users: Users, signal: DepartureSignal, sinceMs: number): DueStage[] {
  return stagesOf(users, signal).filter(({ afterMs }) => afterMs <= sinceMs)
}

/** The one whose time comes next. */
function nextStage(users: Users, signal: DepartureSignal, sinceMs: number): DueStage | undefined {
  return stagesOf(users, signal).find(({ afterMs }) => afterMs > sinceMs)
}

interface AccountEnding {
  readonly kind: (typeof endsOfAccounts)[number]
  readonly rule: string
}

/**
 * What the due stages do to the account itself. A stronger stage takes the place of a weaker one, unless the target will
 * not carry it out; deleting always waits for a person, so what else is due goes on meanwhile.
 */
function endings(input: PlanInput, due: readonly DueStage[], actual: Account): readonly AccountEnding[] {
  const stageOf = (action: Stage['action']) => due.find((each) => each.action === action)
  const [deactivate, disable, remove] = [stageOf('deactivate'), stageOf('disable-account'), stageOf('delete')]
  const found: AccountEnding[] = []
  const isDisabling = disable !== undefined && actual.state !== 'disabled'
  if (isDisabling) found.push({ kind: 'account.disable', rule: disable.rule })
  const isReplaced = isDisabling && writability(input, 'account.disable', actual).state === 'ready'
  if (deactivate !== undefined && actual.state === 'active' && !isReplaced) {
    found.push({ kind: 'account.deactivate', rule: deactivate.rule })
  }
  if (remove !== undefined && actual.toBeDeleted !== true) found.push({ kind: 'account.delete', rule: remove.rule })
  return found
}

/** Why the target does not take this, told once for all whom it concerns. */
function noteRefusal(book: PeopleBook, kind: AccountEnding['kind'], { refuses, readOnlyBecause }: Account): void {
  const why = readOnlyBecause ?? refuses?.[kind]
  if (why === undefined) return
  const key = `${changeKinds[kind].text}: ${why}`
  book.refusedEndings.set(key, (book.refusedEndings.get(key) ?? 0) + 1)
}

const ordersGroups = ({ action }: Stage) => action === 'remove-managed-groups' || action === 'remove-all-groups'

/** The account stays active elsewhere: only what we granted goes, and that with the first stage, whatever it does (D4). */
function letGo(due: readonly DueStage[]): Leaving {
  const order = due.find(ordersGroups)
  return {
    rule: (order ?? due[0]!).rule,
    granted: order === undefined ? 'let-go' : 'remove',
    foreign: 'keep',
    removesAccess: false,
  }
}

/** What the due stages order, and what ownership `all` takes from everybody who leaves (D28); undefined = nothing. */
function leavingOf(due: readonly DueStage[], ownsAll: boolean): Leaving | undefined {
  const stageOf = (action: Stage['action']) => due.find((each) => each.action === action)
  const access = stageOf('remove-access')
  const removesAccess = access !== undefined
  const all = stageOf('remove-all-groups')
  if (all !== undefined) return { rule: all.rule, granted: 'remove', foreign: 'remove', removesAccess }
  const managed = stageOf('remove-managed-groups')
  const acting = ownsAll ? due.find(({ action }) => action !== 'nothing') : undefined
  const rule = (managed ?? access ?? acting)?.rule
  if (rule === undefined) return undefined
  return {
    rule,
    granted: managed !== undefined ? 'remove' : acting !== undefined ? 'by-ownership' : 'keep',
    foreign: acting === undefined ? 'keep' : 'by-ownership',
    removesAccess,
  }
}

/** Signals that rest on absence while the read is another one than before (D23); a group may be what is missing, too. */
function absenceProvesNothing(input: PlanInput): (signal: DepartureSignal) => boolean {
  if (!readChanged(input)) return () => false
  const byGroups = scopeNeedsGroups(input.connection.users.scope)
  return (signal) => signal === 'left-source' || (signal !== 'disabled' && byGroups)
}
