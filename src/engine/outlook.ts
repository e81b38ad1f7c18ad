import type { Change, TargetRef } from '../domain/change.ts'
import type { Departure } from '../domain/memory.ts'
import type { SourceSnapshot } from '../domain/snapshot.ts'
import type { WorkItem } from '../domain/work-item.ts'
import { newId } from '../platform/ids.ts'
import { collectTarget } from './collect.ts'
import type { Correlation } from './planner/correlation.ts'
import { type PersonView, viewPerson } from './planner/person.ts'
import { accountLabel } from './planner/values.ts'
import { type Drafting, draftPlan, isBound } from './planning.ts'

/** What a run of one connection would do with one person now. */
export interface Outlook extends Pick<PersonView, 'scope' | 'mapped' | 'custom'> {
  readonly found: Correlation['found']
  /** The account, or the accounts somebody would have to choose from, as people call them. */
  readonly accounts: readonly string[]
  /** The rule by which the account was found, or why nobody is guessed. */
  readonly because: string | undefined
  readonly changes: readonly Change[]
  readonly workItems: readonly WorkItem[]
  /** They left, and since when that is proven. */
  readonly departure: Departure | undefined
  /** Sentences about reads that were not complete: nothing is taken away because of them. */
  readonly unproven: readonly string[]
}

export interface Foreseeing extends Omit<Drafting, 'identity' | 'targetSnapshot'> {
  readonly sourceSnapshot: SourceSnapshot
  /** Position in the source snapshot. */
  readonly position: number
}

/** Reads the target and plans as a run would, for everybody; keeps what concerns this person. Nothing is stored or sent. */
export async function foresee(foreseeing: Foreseeing): Promise<Outlook> {
  const { store, clock, open, target, sourceSnapshot, position, signal } = foreseeing
  const now = () => clock.now()
  const identity = await target.identify(signal)
  await isBound(store, open.connection.target, identity.directoryKey)
  const targetSnapshot = await collectTarget(target, identity.directoryKey, newId(now()), now, signal, () => undefined)
  const { input, draft } = await draftPlan({ ...foreseeing, identity, targetSnapshot })
  const { scope, correlation, mapped, custom } = viewPerson(input, position)
  const { key } = sourceSnapshot.users[position]!
  const subject = `person:${open.connection.source}:${key}`
  return {
    scope,
    mapped,
    custom,
    found: correlation.found,
    accounts: positionsOf(correlation).map((account) => accountLabel(targetSnapshot.accounts[account]!)),
    because: whyFound(correlation),
    changes: changesOf(draft.changes, key, accountIdOf(correlation, targetSnapshot.accounts)),
    workItems: draft.workItems.filter((item) => item.subject === subject),
    departure: draft.departures.find(({ sourceKey }) => sourceKey === key),
    unproven: [...input.source.unproven, ...targetSnapshot.unproven].map(({ message }) => message),
  }
}

function positionsOf(correlation: Correlation): readonly number[] {
  if (correlation.found === 'linked' || correlation.found === 'matched') return [correlation.account]
  return correlation.found === 'undecided' ? correlation.candidates : []
}

function whyFound(correlation: Correlation): string | undefined {
  if (correlation.found === 'matched') return correlation.how
  return correlation.found === 'undecided' ? correlation.why : undefined
}

function accountIdOf(correlation: Correlation, accounts: readonly { readonly id: string }[]): string | undefined {
  const isTheirs = correlation.found === 'linked' || correlation.found === 'matched'
  return isTheirs ? accounts[correlation.account]?.id : undefined
}

/** Changes of the person, of their account, and of the account that is made for them. */
function changesOf(changes: readonly Change[], key: string, accountId: string | undefined): readonly Change[] {
  const creation = changes.find(({ kind, person }) => kind === 'account.create' && person?.key === key)?.seq
  const isTheirs = (ref: TargetRef | undefined) =>
    ref !== undefined && ('id' in ref ? ref.id === accountId : ref.createdBy === creation)
  return changes.filter(({ person, account }) => person?.key === key || isTheirs(account))
}
