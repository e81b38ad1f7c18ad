import type { TargetAccount, TargetGroup, WritableAttribute } from '../domain/account.ts'
import type { WriteKind } from '../domain/change.ts'
import type { MatchRule } from '../domain/connection.ts'
import type { ProvisioningError } from '../domain/errors.ts'
import type { Attributes } from '../domain/identity.ts'
import type { CheckStep, MembershipsComeWith, Page } from './readable.ts'

/** A change with its objects resolved: ids, never references to other changes. */
export interface Order {
  readonly seq: number
  readonly kind: WriteKind
  readonly accountId?: string
  readonly groupId?: string
  /** Target attributes of an account to create or update; `name` of a group to create. */
  readonly after?: Attributes
  readonly before?: Attributes
  /** The source key, where the target can carry it. */
  readonly sourceKey?: string
}

/** Why the target makes no account for an address that its directory does not hold. */
export type NotCreatable = 'other-directory' | 'account-switched-off'

/** The answer to one order; every order of a call gets exactly one. */
export type Applied =
  | { readonly seq: number; readonly outcome: 'applied' | 'alreadyTrue'; readonly createdId?: string }
  | { readonly seq: number; readonly outcome: 'failed'; readonly error: ProvisioningError }

/** What an account looks like right now, with all its groups; for re-checks before and proofs after a write. */
export interface AccountNow {
  readonly account: TargetAccount
  /** Every group of the account; absent = the target could not tell. */
  readonly groupIds?: ReadonlySet<string>
}

/** One kind of write. Presence in `operations` *is* the capability: the planner plans no other kind. */
export interface Operation {
  /** Most orders in one call of `apply`; 1 where the API has no bulk call. */
  readonly batchSize: number
  /**
   * Carries out all orders or says for each why not. Throws only what concerns the whole target (`auth-failed`,
   * `forbidden`, `cancelled`); `unreachable` of one order is an outcome with `mayHaveApplied` set when the write may
   * have arrived.
   */
  apply(orders: readonly Order[], context: ApplyContext): Promise<readonly Applied[]>
}

export interface ApplyContext {
  readonly signal: AbortSignal
  /** Mail people who get an account (`users.notify`). */
  readonly notify: boolean
}

/** What a target is, beside what it can do; found out by asking it, cached for the instance. */
export interface TargetIdentity {
  /** `atlassian:<orgId>/<directoryId>`, `atlassian-site:<cloudId>`, … (D1). */
  readonly directoryKey: string
  /** What people call it, e.g. `acme.atlassian.net (Acme Inc.)`. */
  readonly title: string
  /** Account id the credential acts as, where it is one. */
  readonly ownAccountId?: string
  /** Where a known kind of write is not possible with these credentials, and why; e.g. needs an organization key. */
  readonly notOffered: Readonly<Partial<Record<WriteKind, string>>>
  /** Domains, in small letters, an account's address may be changed to; absent = any, or the target cannot tell. */
  readonly emailDomains?: readonly string[]
}

/**
 * Who receives people. Reads never write (P3). An instance belongs to one run; its operations may run concurrently.
 */
export interface Target {
  /** Asks the target who it is. Throws `auth-failed`, `forbidden`, `unreachable`, `config-invalid`. */
  identify(signal: AbortSignal): Promise<TargetIdentity>
  check(signal: AbortSignal): AsyncIterable<CheckStep>
  readonly membershipsComeWith: MembershipsComeWith
  /** Order of correlation this target suggests (D28). */
  readonly defaultMatch: readonly MatchRule[]
  readonly writableAttributes: readonly WritableAttribute[]
  /** Longest group name, in characters. */
  readonly groupNameLimit: number
  users(signal: AbortSignal): AsyncIterable<Page<TargetAccount>>
  groups(signal: AbortSignal): AsyncIterable<Page<TargetGroup>>
  /** Ids of direct members of one group; only called when memberships come with `calls`. */
  members(group: TargetGroup, signal: AbortSignal): AsyncIterable<Page<string>>
  /** Accounts by id as they are now; one that does not exist is absent from the answer. Any number of ids. */
  accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>>
  /**
   * Accounts by e-mail as they are now, for the moment before an account is created; compared folded, and the keys of the
   * answer are folded (`foldKey`).
   */
  accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>>
  /**
   * Of these addresses, those for which no account can be created here although the directory holds none, and why; asked
   * while planning, once for all who would be new. Keys of the answer are folded. Absent = there is no such case.
   */
  notCreatable?(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, NotCreatable>>
  /** Groups by name as they are now; compared folded, and the keys of the answer are folded (`foldKey`). */
  groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>>
  /** Valid after `identify`: the presence of a kind is the capability. */
  readonly operations: Readonly<Partial<Record<WriteKind, Operation>>>
  /** Longest time, in milliseconds, an accepted write may stay invisible to reads; 60,000 where the target does not say. */
  readonly settleMs?: number
  /** How many orders may be under way at once. */
  readonly concurrency: number
  /** Calls sent since the instance was made, by operation name. */
  calls(): Readonly<Record<string, number>>
  close(): Promise<void>
}
