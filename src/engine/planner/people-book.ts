import type { DraftChange, DraftRef, WriteKind } from '../../domain/change.ts'
import type { Attributes, SourceUser } from '../../domain/identity.ts'
import type { Deactivation, Departure } from '../../domain/memory.ts'
import type { HoldReason } from '../../domain/reason.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import { type AccountsNamed, accountsNamed } from './account-names.ts'
import { type AttributeLedger, attributeLedger } from './attributes.ts'
import { type CustomLedger, customLedger } from './custom-ledger.ts'
import { type Decided, decided } from './decided.ts'
import { type Exceptions, exceptionsOf } from './exceptions.ts'
import type { PlanInput, TargetEnd } from './input.ts'
import { type VouchedAccounts, vouchedAccounts } from './ledger.ts'
import { type Positions, positionsById, positionsByKey } from './positions.ts'
import { domainOf, isTooLong, type MappedValues, personLabel, takenNames, valueMapper } from './values.ts'

/**
 * How a person counts for memberships: `receives` what the source says; `frozen` = nothing changes either way; `leaves` =
 * a stage of leaving is due, see `leavingOf`; `absent` = nobody of this connection has the account.
 */
export type Standing = 'receives' | 'frozen' | 'leaves' | 'absent'

/** What becomes of the memberships of somebody whose leaving is due. */
export interface Leaving {
  /** The stage that asks for it: `users.onLeft[0]`. */
  readonly rule: string
  /**
   * Memberships and access that we granted: `remove` = a stage orders it for this person, whatever the ownership;
   * `let-go` = another connection keeps the account active, so ours end, but `add-only` takes nobody out; `by-ownership`
   * = all but `add-only`.
   */
  readonly granted: 'keep' | 'remove' | 'let-go' | 'by-ownership'
  /** A stage orders that no product can be used any more, whoever gave it. */
  readonly removesAccess: boolean
  /** Memberships that no connection granted. */
  readonly foreign: 'keep' | 'remove' | 'by-ownership'
}

/** What was decided for people. Accounts to be created have positions after the existing ones. */
export interface PeopleBook {
  readonly changes: DraftChange[]
  /** Positions of existing accounts by id. */
  readonly positionOf: Positions
  readonly named: AccountsNamed
  /** Positions of source users by key. */
  readonly userAt: Positions
  readonly workItems: WorkItem[]
  readonly notices: string[]
  readonly departures: Departure[]
  /** Source keys that showed a sign of life. */
  readonly returned: string[]
  /** Position of the person's account, or -1; by position of the source user. */
  readonly accountOf: Int32Array
  /** By position of the account, also of accounts to be created. */
  readonly standingOf: Standing[]
  /** What happens to the memberships of those who leave, by position of the account. */
  readonly leavingOf: Map<number, Leaving>
  readonly vouchers: VouchedAccounts
  readonly attributes: AttributeLedger
  readonly custom: CustomLedger
  /** Who has an attribute delivered: a byte for each source user; noted only where another connection could ask. */
  readonly deliveries: Map<string, Uint8Array>
  /** Position of the source user an account belongs to, or undefined; by position of the account. */
  readonly userOf: (number | undefined)[]
  /** Creation drafts by account position minus the number of existing accounts. */
  readonly creations: DraftChange[]
  /** Reactivations by account position: additions to these accounts wait for them. */
  readonly activations: Map<number, DraftChange>
  /** Addresses of people in scope for whom no account was found. */
  readonly unmatched: string[]
  /** How many accounts differ in what they do not let us write, by the target's reason. */
  readonly refusedUpdates: Map<string, number>
  /** How many leavers' accounts the target will not end as a stage asks, by what it is and why. */
  readonly refusedEndings: Map<string, number>
  /** Positions of linked accounts whose people are missing only since the read changed (D23). */
  readonly missing: number[]
  inScope: number
  linked: number
  /** What is wanted, was written a moment ago and cannot be seen yet: not planned again, and not done either (D24). */
  settling: number
  readonly decided: Decided
  readonly exceptions: Exceptions
  /** Ids of decisions that have done what they were for. */
  readonly spent: string[]
  /** How we switched accounts off that we may switch on again, by id. */
  readonly deactivatedByUs: ReadonlyMap<string, Deactivation['how']>
  readonly valuesOf: (user: SourceUser) => MappedValues
  /** Would these new values give an account the address or username that another account has (D9)? */
  readonly isTaken: (after: Attributes, account: number) => boolean
  /** The person as changes and screens name them. */
  readonly personOf: (user: SourceUser) => { readonly key: string; readonly label: string }
}

export function newPeopleBook(input: PlanInput): PeopleBook {
  const { source, target } = input
  const valuesOf = valueMapper(input)
  const named = accountsNamed(target)
  return {
    changes: [],
    positionOf: positionsById(target.accounts),
    named,
    userAt: positionsByKey(source.users),
    workItems: [],
    notices: [],
    departures: [],
    returned: [],
    accountOf: new Int32Array(source.users.length).fill(-1),
    // Accounts that a plan for some people only looks at stay exactly as they are.
    standingOf: new Array<Standing>(target.accounts.length).fill(input.part === undefined ? 'absent' : 'frozen'),
    leavingOf: new Map(),
    vouchers: vouchedAccounts(input),
    attributes: attributeLedger(input),
    custom: customLedger(input),
    deliveries: new Map(),
    userOf: new Array<number | undefined>(target.accounts.length).fill(undefined),
    creations: [],
    activations: new Map(),
    decided: decided(input),
    exceptions: exceptionsOf(input),
    spent: [],
    missing: [],
    unmatched: [],
    refusedUpdates: new Map(),
    refusedEndings: new Map(),
    inScope: 0,
    linked: 0,
    settling: 0,
    deactivatedByUs: new Map(input.memory.deactivations.map(({ accountId, how }) => [accountId, how])),
    valuesOf,
    isTaken: takenNames(input, named),
    personOf: (user) => ({ key: user.key, label: personLabel(user, valuesOf(user)) }),
  }
}

/** An account as a draft reference, whether it exists or this plan creates it. */
export function accountRef(input: PlanInput, book: Pick<PeopleBook, 'creations'>, account: number): DraftRef {
  const existing = input.target.accounts[account]
  if (existing !== undefined) return { id: existing.id }
  return { created: book.creations[account - input.target.accounts.length]! }
}

/** State of a change that needs a kind of write, a writable account and, for a new address, a domain the target takes. */
export function writability(
  { ends }: { readonly ends: TargetEnd },
  kind: WriteKind,
  account: PlanInput['target']['accounts'][number],
  after: Attributes = {},
): Pick<DraftChange, 'state' | 'stateReasons'> {
  const blocked = (reason: HoldReason) => ({ state: 'blocked', stateReasons: [reason] }) as const
  if (account.readOnlyBecause !== undefined) return blocked('not-writable')
  if (account.refuses?.[kind] !== undefined) return blocked('not-writable')
  if (!ends.offered.has(kind)) return blocked('not-offered')
  if (isTooLong(ends, after)) return blocked('value-invalid')
  const { email } = after
  const isOutside = typeof email === 'string' && ends.emailDomains?.includes(domainOf(email)) === false
  return isOutside ? blocked('domain-not-verified') : { state: 'ready', stateReasons: [] }
}
