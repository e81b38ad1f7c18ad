import type { DriftKind } from './drift.ts'
import type { Instant } from './identity.ts'

/** What can be decided about something that is not as the rules alone would have it. Closed list. */
export const exceptionDecisions = {
  keep: 'left as it is by every later plan, until the decision is taken back',
  adopt: 'this connection vouches for it from now on; it ends with the person',
  revert: 'made again as the rules say, by the next plan',
  deactivate: 'deactivated by the next plan',
  link: 'this account is that person from now on, once somebody released it',
} as const

export type ExceptionDecision = keyof typeof exceptionDecisions

/**
 * What an exception is about: a kind of drift, an account that nobody's record stands behind (`account-unmanaged`: no link;
 * `account-orphaned`: a link whose record or source is gone), or whose account it is (`person-linked`).
 */
export type ExceptionKind = DriftKind | 'account-unmanaged' | 'account-orphaned' | 'person-linked'

/** What each decision does, by what it is about. What is not here cannot be decided. */
export const possibleDecisions = {
  'membership-removed': {
    keep: 'stays out of the group, whatever the source says',
    revert: 'given back by the next plan while the source says so',
  },
  'membership-foreign': {
    keep: 'stays in the group, and nobody here vouches for it',
    adopt: 'stays in the group, and this connection vouches for it until the person leaves',
    revert: 'taken out of the group by the next plan',
  },
  'account-suspended': {
    keep: 'stays as it is and is not asked about; ends when somebody activates the account',
    revert: 'reactivated by the next plan, this once',
  },
  'account-reactivated': {
    keep: 'stays active although the person left; ends when the person is back',
    revert: 'deactivated again by the next plan while the person is disabled or gone at the source',
  },
  'account-gone': {},
  'group-gone': {},
  'group-renamed': { keep: 'the link stays, and the new name is not told again' },
  'value-changed': {
    keep: 'stays, whatever the source says about this attribute',
    revert: 'written again by the next plan if the source says another value',
  },
  'account-unmanaged': {
    keep: 'left as it is, and not listed as open any more',
    deactivate: 'deactivated by the next plan while nobody at the source stands behind it',
  },
  'account-orphaned': {
    keep: 'left as it is by every stage of leaving; ends when the person is back',
    deactivate: 'deactivated by the next plan, whatever the stages of leaving say',
  },
  'person-linked': { link: 'the account of this person from now on; the next plan waits for somebody to release that' },
} as const satisfies Readonly<Record<ExceptionKind, Readonly<Partial<Record<ExceptionDecision, string>>>>>

/** What a decision does; undefined when it cannot be decided about this. */
export function effectOf(kind: ExceptionKind, decision: ExceptionDecision): string | undefined {
  return (possibleDecisions[kind] as Readonly<Partial<Record<ExceptionDecision, string>>>)[decision]
}

/** What can be decided about this, in the order of the list above. */
export function decisionsAbout(kind: ExceptionKind): readonly ExceptionDecision[] {
  return Object.keys(possibleDecisions[kind]) as ExceptionDecision[]
}

/**
 * Whether anything has to be remembered. Where the rules alone bring it back, reverting only ends what was decided before.
 */
export function isRemembered(kind: ExceptionKind, decision: ExceptionDecision): boolean {
  return decision !== 'revert' || kind === 'membership-foreign' || kind === 'account-suspended'
}

/** What an exception is about. */
export interface ExceptionSubject {
  readonly kind: ExceptionKind
  readonly accountId?: string
  readonly groupId?: string
  readonly attribute?: string
  /** Of `person-linked`: the person's key at the source of the connection. */
  readonly personKey?: string
}

/**
 * What somebody decided about one membership, account or value, beside the rules. It counts in every plan of its connection;
 * a membership that is kept is not taken away by any other connection of the directory either. `keep` stands until it is
 * taken back, that of an account at most as long as the state it is about; the others until they were carried out.
 */
export interface Exception extends ExceptionSubject {
  readonly id: string
  readonly connection: string
  readonly decision: ExceptionDecision
  readonly decidedBy: string
  readonly decidedAt: Instant
}
