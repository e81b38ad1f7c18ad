import type { AttributeValue, Instant } from './identity.ts'

/**
 * What in a target is not as Muster left it. Closed list; each says what was found, and what the next plan makes of it under
 * the rules as they are.
 */
export const driftKinds = {
  'membership-removed': {
    found: 'Muster vouches for this membership, and it is not there',
    next: 'given back while the source says so; otherwise Muster stops vouching for it',
  },
  'membership-foreign': {
    found: 'is in a group that Muster fills, and nobody here vouches for it',
    next: 'adopted if the source gives it; otherwise the ownership of the group decides: own and add-only leave it',
  },
  'account-suspended': {
    found: 'should be active, and somebody else ended it',
    next: 'left as it is, as a work item, unless somebody decided: muster items',
  },
  'account-reactivated': {
    found: 'Muster deactivated this account, and somebody activated it',
    next: 'deactivated again while the person is disabled or gone at the source',
  },
  'account-gone': {
    found: 'a linked account is not there any more',
    next: 'left as it is, as a work item: muster items',
  },
  'group-gone': {
    found: 'a linked group is not there any more',
    next: 'left as it is, as a work item: muster items',
  },
  'group-renamed': {
    found: 'a linked group goes by another name',
    next: 'the link stays; groups are known by their id, and no target is asked to rename one',
  },
  'value-changed': {
    found: 'a value that Muster wrote is another one now',
    next: 'written again if the source says another value; left where the source says nothing about it',
  },
} as const satisfies Readonly<Record<string, { readonly found: string; readonly next: string }>>

export type DriftKind = keyof typeof driftKinds

/** One difference between a target and what Muster left there. */
export interface Drift {
  readonly kind: DriftKind
  readonly account?: { readonly id: string; readonly label: string }
  readonly group?: { readonly id: string; readonly name: string }
  /** The attribute of a value. */
  readonly attribute?: string
  /** What is there now: a name, a state, a value. */
  readonly now?: AttributeValue
  /** What Muster left, where it keeps that: values are kept as a mark only. */
  readonly left?: string
  /** When a run of ours first saw it so; absent = first seen by this look. */
  readonly seenSince?: Instant
  readonly seenByRun?: number
}

/** A look at a target. */
export interface DriftLook {
  readonly readAt: Instant
  readonly by: string
  /** Parts that were not read completely: nothing is called gone because of them. */
  readonly unproven: readonly string[]
}
