import type { AccessRole, Product } from '../domain/access.ts'
import type {
  CustomAttributePlace,
  FenceMark,
  TargetAccount,
  TargetGroup,
  WritableAttribute,
} from '../domain/account.ts'
import type { WriteKind } from '../domain/change.ts'
import type { MatchRule } from '../domain/connection.ts'
import type { ProvisioningError } from '../domain/errors.ts'
import type { Attributes } from '../domain/identity.ts'
import type { Handover, LedKind, LedThing } from '../domain/lead.ts'
import type { Audience, CheckStep, MembershipsComeWith, Page } from './readable.ts'

/** A change with its objects resolved: ids, never references to other changes. */
export interface Order {
  readonly seq: number
  readonly kind: WriteKind
  readonly accountId?: string
  readonly groupId?: string
  /**
   * Target attributes of an account to create or update; `name` of a group to create; of `custom.update` every custom
   * attribute the account is to hold from then on, by id, so that a place that is written as a whole needs no further read.
   */
  readonly after?: Attributes
  readonly before?: Attributes
  /** Of `access.grant` and `access.revoke`: the role; it is the account's, or the group's where no account is named. */
  readonly access?: AccessRole
  /** Of `lead.handover`; `accountId` is the lead that is replaced. */
  readonly lead?: Handover
  /**
   * With a creation, where the operation says that it `carries`: memberships and access that the new account is to have
   * from the start, orders of their own without an account id. Answer each that you carried out or that was refused for
   * good; one that is left without an answer is sent by itself afterwards.
   */
  readonly carried?: readonly Order[]
  /** The source key, where the target can carry it. */
  readonly sourceKey?: string
}

/** Why the target makes no account for an address that its directory does not hold. */
export type NotCreatable = 'other-directory' | 'account-switched-off' | 'domain-not-verified'

/** The answer to one order; every order of a call gets exactly one, every carried one at most one. */
export type Applied =
  | { readonly seq: number; readonly outcome: 'applied' | 'alreadyTrue'; readonly createdId?: string }
  | { readonly seq: number; readonly outcome: 'failed'; readonly error: ProvisioningError }

/** `access`: roles in products given to the account itself; `custom`: our custom attributes. */
export type AlsoAsked = 'access' | 'custom'

/** What an account looks like right now, with all its groups; for re-checks before and proofs after a write. */
export interface AccountNow {
  readonly account: TargetAccount
  /**
   * Every group of the account; absent = the target could not tell. `account.access` is the proof of access that was
   * given or taken, `account.custom` that of custom attributes: both are shown here, when asked for, even where a long list
   * lacks them.
   */
  readonly groupIds?: ReadonlySet<string>
  /** Roles in products the account has through its groups; absent = the target could not tell. */
  readonly groupAccess?: readonly AccessRole[]
}

/** One kind of write. Presence in `operations` *is* the capability: the planner plans no other kind. */
export interface Operation {
  /** Most orders in one call of `apply`; 1 where the API has no bulk call. */
  readonly batchSize: number
  /**
   * Of `account.create`: at most so many memberships and roles can ride on one creation. All orders of one call then
   * carry the same groups and roles. Absent = none.
   */
  readonly carries?: { readonly groups: number; readonly access: number }
  /**
   * Of `account.create`: one creation is several writes, e.g. an invitation and then the profile. An order whose account
   * was made by an attempt that ended before its answer comes again with `accountId`: do what may be missing, carry
   * nothing. Absent = an account that is there is complete.
   */
  readonly finishes?: true
  /** Does an order send mail to people: `always`, or only when `ApplyContext.notify` asks for it. Absent = never. */
  readonly mails?: 'always' | 'asked'
  /**
   * Carries out all orders or says for each why not. Throws only what concerns the whole target (`auth-failed`,
   * `forbidden`, `cancelled`); `unreachable` of one order is an outcome with `mayHaveApplied` set when the write may
   * have arrived.
   */
  apply(orders: readonly Order[], context: ApplyContext): Promise<readonly Applied[]>
}

export interface ApplyContext {
  readonly signal: AbortSignal
  /** Key of the source the people of these orders come from. */
  readonly source?: string
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
  /** The doctor; `audience` are the people who are to come here, where they are known. */
  check(signal: AbortSignal, audience?: Audience): AsyncIterable<CheckStep>
  readonly membershipsComeWith: MembershipsComeWith
  /**
   * Kinds of write that these settings rule out whatever the target will answer, and why; known before anything is asked,
   * so that rules which need them are refused when they are saved (D26). Absent = none.
   */
  readonly lacks?: Readonly<Partial<Record<WriteKind, string>>>
  /** Order of correlation this target suggests (D28). */
  readonly defaultMatch: readonly MatchRule[]
  /**
   * Rules by which the account of one person is found without reading everybody, beside the link; `id` also where no account
   * carries one. Absent = none.
   */
  readonly looksUp?: readonly MatchRule[]
  readonly writableAttributes: readonly WritableAttribute[]
  /** Absent = the target keeps no custom attributes; `custom.update` writes them. */
  readonly customAttributes?: CustomAttributePlace
  /** Longest group name, in characters. */
  readonly groupNameLimit: number
  users(signal: AbortSignal): AsyncIterable<Page<TargetAccount>>
  groups(signal: AbortSignal): AsyncIterable<Page<TargetGroup>>
  /** Ids of direct members of one group; only called when memberships come with `calls`. */
  members(group: TargetGroup, signal: AbortSignal): AsyncIterable<Page<string>>
  /**
   * Accounts by id as they are now; one that does not exist is absent from the answer. Any number of ids. What some targets
   * tell one account at a time - roles of its own, custom attributes - is only there where it is asked for with `also`.
   */
  accountsNow(
    ids: readonly string[],
    signal: AbortSignal,
    also?: readonly AlsoAsked[],
  ): Promise<ReadonlyMap<string, AccountNow>>
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
  /**
   * Products of this site with their seats; asked once a plan, so it should cost a call or two. Absent = the target knows
   * no products.
   */
  products?(signal: AbortSignal): Promise<readonly Product[]>
  /**
   * What these accounts lead, by account id; accounts that lead nothing may be absent. Only asked about people who are to
   * leave, since it may cost a look through all projects; components only when they matter. Absent = there are no leads.
   */
  leadsOf?(
    accountIds: readonly string[],
    kinds: readonly LedKind[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly LedThing[]>>
  /**
   * Id of the lead right now by `ledKey`, `null` where nobody leads; a thing that does not exist is absent. For re-check
   * and proof of `lead.handover`; present where that is offered.
   */
  leadsNow?(things: readonly LedThing[], signal: AbortSignal): Promise<ReadonlyMap<string, string | null>>
  /**
   * Who else writes here (D12). `read` is asked before every plan and every apply: undefined = nobody left a mark. `claim`
   * replaces whatever mark there is. Absent = the target has no place for one.
   */
  readonly fence?: {
    read(signal: AbortSignal): Promise<FenceMark | undefined>
    claim(mark: FenceMark, signal: AbortSignal): Promise<void>
  }
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
