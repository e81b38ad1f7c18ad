import type { DraftChange } from '../../domain/change.ts'
import type { Decision } from '../../domain/decision.ts'
import { foldKey, type SourceUser } from '../../domain/identity.ts'
import type { DepartureSignal } from '../../domain/memory.ts'
import { matcher } from '../../domain/pattern.ts'
import type { HoldReason, StandReason } from '../../domain/reason.ts'
import { type InScope, userScope } from '../../domain/scope.ts'
import { linkedRule } from '../lessons.ts'
import { readChanged } from './absence.ts'
import { couldBeOfOthers, type MatchOf, matchesOf, type Rivals, rivalsOf } from './claims.ts'
import type { Correlation } from './correlation.ts'
import { planCustom, planCustomOfNew } from './custom.ts'
import { exceptionRule } from './exceptions.ts'
import type { PlanInput } from './input.ts'
import { leavers } from './leavers.ts'
import { type Flatten, readGroups } from './nesting.ts'
import { planLink, planOrderedEndings } from './ordered.ts'
import { isPartOf } from './part.ts'
import { newPeopleBook, type PeopleBook, writability } from './people-book.ts'
import type { Protection } from './protection.ts'
import { askAboutGone, askAboutSuspension, askAPerson, askWhichAccount } from './questions.ts'
import { keepDelivered, noteDelivered, planUpdate } from './updates.ts'
import { accountLabel, creationValues, emptyIfAbsent, identifiers, isMailAddress, isTooLong } from './values.ts'

/** Decides for every person: create, adopt, activate, update, deactivate, wait, or ask a person. */
export function planPeople(input: PlanInput, protection: Protection, flatten: Flatten): PeopleBook {
  const { connection, source, memory } = input
  const book = newPeopleBook(input)
  const scopes = scopesOf(input, flatten)
  const matchOf = matchesOf(input, protection, book)
  const rivals = rivalsOf(input, book, scopes, matchOf)
  const depart = leavers(input, protection, book, rivals.claimedAnew)
  const leftBy = whoLeftByRule(input, flatten)
  const departed = new Set(memory.departures.map((departure) => departure.sourceKey))

  let unknown = 0
  source.users.forEach((user, index) => {
    if (!isPartOf(input, user.key)) return
    const match = matchOf(index)
    const scope = scopes[index]!
    if (scope === 'in' && user.active) book.inScope += 1
    if (match.found === 'linked') {
      book.linked += 1
      book.userOf[match.account] = index
    }
    if (scope === 'unknown') {
      unknown += 1
      input.trace?.person(user.key, { reason: 'scope-unknown', rule: 'users.scope' })
      if (match.found === 'linked') {
        book.standingOf[match.account] = 'frozen'
        keepDelivered(input, book, index, match.account)
      }
      return
    }
    if (!user.active || scope === 'out') {
      spend(book, book.decided.forgotten(user.key))
      if (match.found === 'gone') askAboutGone(input, book, book.personOf(user), match.accountId, false)
      if (match.found === 'linked') depart(user, user.key, match.account, scope === 'out' ? leftBy(index) : 'disabled')
      else {
        input.trace?.person(
          user.key,
          scope === 'out' ? { reason: 'out-of-scope', rule: 'users.scope' } : { reason: 'inactive-without-account' },
        )
      }
      return
    }
    if (departed.has(user.key)) book.returned.push(user.key)
    const order = book.exceptions.links(user.key)
    if (order !== undefined) {
      const linked = match.found === 'linked' ? match.account : undefined
      const isClaimed = (account: number) => rivals.claims.get(account)?.some((each) => each !== index) ?? false
      if (planLink(input, protection, book, index, linked, order, isClaimed)) return
    }
    planPresent(input, protection, book, rivals, user, index, match)
  })

  if (unknown > 0) book.notices.push(scopeUnknown(unknown, source.users.length))

  for (const link of memory.links) {
    const account = book.positionOf.get(link.accountId)
    if (link.source !== connection.source || book.userAt.has(link.sourceKey)) continue
    if (!isPartOf(input, link.sourceKey)) continue
    if (account === undefined) {
      const proven = input.target.accountsComplete && source.usersComplete && !readChanged(input)
      if (proven) askAboutGone(input, book, { key: link.sourceKey, label: link.sourceKey }, link.accountId, false)
      continue
    }
    if (source.usersComplete) depart(undefined, link.sourceKey, account, 'left-source')
    else {
      book.standingOf[account] = 'frozen'
      input.trace?.person(link.sourceKey, { reason: 'source-unproven' })
    }
  }
  freezeUndecided(book, source.users, scopes, matchOf)
  if (book.exceptions.deactivations.length > 0) {
    const ofOthers = couldBeOfOthers(source.users, scopes, matchOf)
    planOrderedEndings(input, protection, book, new Set([...rivals.claimedAnew, ...ofOthers]))
  }
  spendOfGone(input, book)
  return book
}

/** Accounts that could belong to somebody about whom a person must decide first are nobody's strangers. */
function freezeUndecided(
  book: PeopleBook,
  users: readonly SourceUser[],
  scopes: readonly InScope[],
  matchOf: MatchOf,
): void {
  users.forEach((user, index) => {
    const match = matchOf(index)
    if (scopes[index] === 'out' || (scopes[index] === 'in' && !user.active)) return
    const accounts = match.found === 'undecided' ? match.candidates : match.found === 'matched' ? [match.account] : []
    for (const account of accounts) {
      if (book.standingOf[account] === 'absent') book.standingOf[account] = 'frozen'
    }
  })
}

/** Whoever stays as they are because of it does not leave either: somebody should know. */
function scopeUnknown(count: number, all: number): string {
  return `${count} of ${all} people stay as they are: the source did not deliver what the scope asks for (scope-unknown).`
}

/** Tells leaving the scope apart from a scope that was drawn anew around somebody who did not change (P4). */
function whoLeftByRule({ former, ...input }: PlanInput, flatten: Flatten): (index: number) => DepartureSignal {
  if (former === undefined) return () => 'left-scope'
  let scopes: readonly InScope[] | undefined
  return (index) => {
    scopes ??= scopesOf({ ...input, connection: former }, flatten)
    return scopes[index] === 'in' ? 'left-by-rule' : 'left-scope'
  }
}

/** Who takes part, by position. */
export function scopesOf(input: PlanInput, flatten: Flatten): readonly InScope[] {
  const rules = input.connection.users.scope
  const asked = [...rules.include, ...rules.exclude].flatMap((each) => ('memberOf' in each ? each.memberOf : []))
  const scope = userScope(rules, readGroups(input.source, flatten, matcher(asked)), emptyIfAbsent(input))
  return input.source.users.map((user, index) => scope(user, index))
}

/** Who is gone for sure may come back as somebody new: nothing that was decided about an account for them stands. */
function spendOfGone(input: PlanInput, book: PeopleBook): void {
  if (!input.source.usersComplete || readChanged(input)) return
  for (const decision of input.memory.decisions) {
    const { of, source, key } = decision.subject
    const isOurs = of === 'person' && source === input.connection.source && isPartOf(input, key)
    const isGone = isOurs && !book.userAt.has(key)
    if (isGone && decision.decision === 'forget') book.spent.push(decision.id)
  }
}

function spend(book: PeopleBook, decision: Decision | undefined): void {
  if (decision !== undefined) book.spent.push(decision.id)
}

/** Somebody who is active and in scope. */
function planPresent(
  input: PlanInput,
  protection: Protection,
  book: PeopleBook,
  rivals: Rivals,
  user: SourceUser,
  index: number,
  match: Correlation,
): void {
  const labelAt = (account: number) => accountLabel(input.target.accounts[account]!)
  const stand = (reason: StandReason) => input.trace?.person(user.key, { reason })
  switch (match.found) {
    case 'linked':
      return planLinked(input, protection, book, user, index, match.account, true)
    case 'unseen':
      return stand('account-unseen')
    case 'gone':
      stand('waits-for-decision')
      return askAboutGone(input, book, book.personOf(user), match.accountId, true)
    case 'undecided':
      stand('waits-for-decision')
      return askWhichAccount(input, book, user, match)
    case 'matched': {
      const claimants = rivals.claims.get(match.account) ?? []
      if (claimants.length > 1) {
        const others = claimants.filter((each) => each !== index).map((each) => input.source.users[each]!)
        const nobody = { why: 'correlation-ambiguous', candidates: [match.account], linkedKeys: [undefined] } as const
        stand('waits-for-decision')
        return askWhichAccount(input, book, user, nobody, others)
      }
      book.changes.push({
        kind: 'account.adopt',
        account: { id: input.target.accounts[match.account]!.id },
        accountLabel: labelAt(match.account),
        person: book.personOf(user),
        reason: match.reason,
        rule: `users.match.${match.how}`,
        state: 'ready',
        stateReasons: [],
      })
      return planLinked(input, protection, book, user, index, match.account, false)
    }
    case 'none':
      return planNew(input, book, rivals, user, index)
  }
}

function planLinked(
  input: PlanInput,
  protection: Protection,
  book: PeopleBook,
  user: SourceUser,
  index: number,
  account: number,
  isLinked: boolean,
): void {
  const actual = input.target.accounts[account]!
  const { activate, activateForeign } = input.connection.users
  spend(book, book.decided.forgotten(user.key))
  book.accountOf[index] = account
  book.userOf[account] = index
  book.standingOf[account] = 'receives'
  input.trace?.account?.(user.key, account)
  // A link may point to an app or a customer; only people are ever touched.
  if (protection.untouchable.has(account) || actual.kind !== 'person') {
    book.standingOf[account] = 'frozen'
    input.trace?.person(user.key, { reason: actual.kind === 'person' ? 'untouchable' : 'not-a-person' })
    return
  }
  book.exceptions.endOfAbsence(actual.id)
  noteDelivered(input, book, index, actual)
  const base = () => ({ account: { id: actual.id }, accountLabel: accountLabel(actual), person: book.personOf(user) })
  /** Linked by another connection of this source, or let go by ours before: from now on this one vouches too (D4). */
  const vouch = () => {
    if (!isLinked || book.vouchers.ours(account)) return
    book.changes.push({
      kind: 'account.adopt',
      ...base(),
      reason: 'linked-already',
      rule: linkedRule,
      state: 'ready',
      stateReasons: [],
    })
  }
  if (actual.state !== 'active') {
    const isSuspended = actual.state === 'suspended'
    const how = book.deactivatedByUs.get(actual.id)
    // Only what we did ourselves, and the way we did it (D8); who is to be deleted is beyond that.
    const ours = (how === actual.state || how === 'both') && actual.toBeDeleted !== true
    const { exceptions } = book
    const kept = ours ? undefined : exceptions.keepsSuspended(actual.id)
    if (kept !== undefined) {
      book.standingOf[account] = 'frozen'
      vouch()
      exceptions.use(kept)
      return input.trace?.person(user.key, { reason: 'kept-by-decision', rule: exceptionRule(kept) })
    }
    const decidedTo = book.decided.reactivates(user.key, actual.id) ?? exceptions.reactivates(actual.id)
    const allowed = isSuspended && decidedTo !== undefined
    if (!allowed && (!activate || !(ours || (isSuspended && activateForeign)))) {
      book.standingOf[account] = 'frozen'
      vouch()
      input.trace?.person(
        user.key,
        ours ? { reason: 'reactivation-off', rule: 'users.activate' } : { reason: 'waits-for-decision' },
      )
      if (!ours) askAboutSuspension(input, book, user, actual)
      return
    }
    const kind = isSuspended ? 'account.activate' : 'account.enable'
    const activation: DraftChange = {
      kind,
      ...base(),
      ...(ours
        ? { reason: 'returned-to-source', rule: 'users.activate' }
        : allowed
          ? { reason: 'decided-by-person', rule: 'decision' }
          : { reason: 'suspended-outside', rule: 'users.activateForeign' }),
      ...writability(input, kind, actual),
    }
    book.changes.push(activation)
    book.activations.set(account, activation)
    return
  }
  vouch()
  input.trace?.person(user.key, { reason: 'as-wanted' })
  spend(book, book.decided.reactivates(user.key, actual.id))
  // The suspension is over: the next one is asked about again.
  book.exceptions.spend(book.exceptions.keepsSuspended(actual.id))
  book.exceptions.spend(book.exceptions.reactivates(actual.id))
  planUpdate(input, book, user, account)
  planCustom(input, book, user, actual)
}

function planNew(input: PlanInput, book: PeopleBook, rivals: Rivals, user: SourceUser, index: number): void {
  const address = identifiers(book.valuesOf(user)).email
  if (address !== undefined) book.unmatched.push(address)
  const isForgotten = book.decided.forgotten(user.key) !== undefined
  if (!input.connection.users.create || isForgotten) {
    input.trace?.person(
      user.key,
      isForgotten ? { reason: 'forgotten' } : { reason: 'creation-off', rule: 'users.create' },
    )
    return
  }
  if (input.memory.settling.has(`create:${user.key}`)) {
    book.settling += 1
    input.trace?.person(user.key, { reason: 'settling' })
    return
  }
  const values = book.valuesOf(user)
  const after = creationValues(input, values)
  const { email } = identifiers(values)
  const blocked = whyNotCreate(input, rivals, after, email) ?? (book.isTaken(after, -1) ? 'account-taken' : undefined)
  const change: DraftChange = {
    kind: 'account.create',
    accountLabel: book.personOf(user).label,
    person: book.personOf(user),
    after,
    reason: 'joined-source',
    rule: 'users.create',
    state: blocked === undefined ? 'ready' : 'blocked',
    stateReasons: blocked === undefined ? [] : [blocked],
  }
  book.changes.push(change)
  if (blocked === 'duplicate-email') {
    const message = `${email} belongs to more than one person; give each their own address`
    askAPerson(book, input, user, { reason: blocked, message })
  }
  if (blocked !== undefined) return
  noteDelivered(input, book, index, undefined)
  const account = input.target.accounts.length + book.creations.length
  book.creations.push(change)
  planCustomOfNew(input, book, user, change)
  book.accountOf[index] = account
  book.standingOf[account] = 'receives'
  book.userOf[account] = index
  input.trace?.account?.(user.key, account)
}

function whyNotCreate(
  input: PlanInput,
  rivals: Rivals,
  after: Readonly<Record<string, string>>,
  email: string | undefined,
): HoldReason | undefined {
  if (!input.ends.offered.has('account.create')) return 'not-offered'
  if (input.ends.creationMails === 'always' && !input.connection.users.notify) return 'would-send-mail'
  if (input.ends.writableAttributes.some(({ name, required }) => required && after[name] === undefined)) {
    return 'required-missing'
  }
  if (isTooLong(input.ends, after)) return 'value-invalid'
  // An account we did not see could be theirs already: creating would make a second one.
  if (!input.target.accountsComplete) return 'target-unproven'
  if (email === undefined) return undefined
  if ((rivals.emails.get(foldKey(email)) ?? 0) > 1) return 'duplicate-email'
  return isMailAddress(email) ? input.notCreatable?.get(foldKey(email)) : 'value-invalid'
}
