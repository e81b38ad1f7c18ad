import type { ChangeKind, ItemState, Outcome, WriteKind } from '../domain/change.ts'
import type { Choice, Decision, DecisionEffect } from '../domain/decision.ts'
import type { Instant, MemberRef } from '../domain/identity.ts'
import type { LocalGroup, LocalGroupsBy, LocalList, LocalPeopleBy, LocalPerson } from '../domain/local.ts'
import type { AccessGrants, Departure, GroupGrants, Lesson, Link, Memory } from '../domain/memory.ts'
import type { ChangeRecord, Plan, PlanSummary } from '../domain/plan.ts'
import type { HoldReason, ReasonCode, StandReason } from '../domain/reason.ts'
import type { Run, RunState } from '../domain/run.ts'
import type { SourceReadSummary, TargetSnapshot } from '../domain/snapshot.ts'
import type { WorkItem } from '../domain/work-item.ts'
import type { AccountListStore } from './account-lists.ts'
import type { DirtyStore } from './dirty.ts'
import type { DriftStore } from './drift.ts'
import type { ExceptionStore } from './exceptions.ts'
import type { NoticeStore } from './notices.ts'
import type { PageRequest, Slice } from './paging.ts'
import type { PushStore } from './push-directory.ts'
import type { SignInStore } from './sign-in.ts'

/**
 * Everything that is remembered. One implementation for both stores. Every method is one transaction, none is held open
 * across a call to the outside. Throws `store-unavailable`, `disk-full`, `schema-newer`; what else is said per method.
 */
export interface Store {
  readonly configuration: ConfigurationStore
  /** Settings of the installation itself, with versions as those of connections have. */
  readonly settings: ConfigurationStore<SettingKind>
  readonly secrets: SecretStore
  readonly directories: DirectoryStore
  readonly departures: DepartureStore
  readonly snapshots: SnapshotStore
  readonly plans: PlanStore
  readonly report: ReportStore
  readonly runs: RunStore
  readonly leases: LeaseStore
  readonly pauses: PauseStore
  readonly workItems: WorkItemStore
  readonly decisions: DecisionStore
  readonly exceptions: ExceptionStore
  readonly accountLists: AccountListStore
  readonly drift: DriftStore
  readonly local: LocalDirectory
  readonly push: PushStore
  readonly dirty: DirtyStore
  readonly access: AccessStore
  readonly signIn: SignInStore
  readonly audit: AuditStore
  readonly notices: NoticeStore
  /** Made once, at the first start: a UUID that names this installation (D12). */
  readonly instanceId: string
  /** One round trip to the database. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type { PageRequest, Slice }

// --- configuration (D17) ---------------------------------------------------------------------------------------------

export type ConfigKind = 'source' | 'target' | 'connection'

/** A channel people are told through, by its name; how people sign in by an identity provider, of the one key `oidc`. */
export type SettingKind = 'channel' | 'sign-in'

/** One saved object. `document` is what the administrator wrote (before defaults), secrets as references. */
export interface ConfigObject<Kind extends ConfigKind | SettingKind = ConfigKind> {
  readonly kind: Kind
  readonly key: string
  readonly version: number
  readonly document: Readonly<Record<string, unknown>>
  /** `file` = named in the configuration file, read-only elsewhere. */
  readonly owner: 'file' | 'store'
  readonly savedAt: Instant
  readonly savedBy: string
}

export interface SavedWith {
  /** The version that was edited; 0 = there was none in use. Absent: whatever is in use is replaced. */
  readonly basedOn?: number | undefined
  /** Sealed secrets of the object (`SecretStore`, owner `kind:key`): saved with it or not at all. */
  readonly secrets?: {
    readonly put: ReadonlyMap<string, { readonly value: string; readonly expires?: Instant | undefined }>
    /** Of those sealed before, the fields that stay; all others are removed. */
    readonly keep: readonly string[]
  }
}

export interface ConfigurationStore<Kind extends ConfigKind | SettingKind = ConfigKind> {
  list(): Promise<readonly ConfigObject<Kind>[]>
  get(kind: Kind, key: string): Promise<ConfigObject<Kind> | undefined>
  /**
   * Saves a new version unless the document is equal to the current one; every version is kept. Returns the current one.
   * Throws `conflict` when another version than the one that was edited is in use; then nothing is saved, no secret either.
   */
  save(object: Omit<ConfigObject<Kind>, 'version' | 'savedAt'>, more?: SavedWith): Promise<ConfigObject<Kind>>
  /**
   * Takes the object out of use, with its sealed secrets. Its versions stay, and links and ledger too: what a removed connection granted counts for
   * nobody until one of the same name is saved again. Pending departures are forgotten, so that such a one begins anew.
   */
  remove(kind: Kind, key: string, by: string): Promise<void>
  history(kind: Kind, key: string): Promise<readonly ConfigObject<Kind>[]>
}

// --- secrets (D15) ---------------------------------------------------------------------------------------------------

export interface SecretStore {
  /** Seals and saves; `owner` is e.g. `target:acme`, `field` e.g. `apiToken`. */
  put(owner: string, field: string, value: string, expires?: Instant): Promise<void>
  /** Undefined when not set, or when it was sealed under a master key that is lost (then `lost` lists it). */
  get(owner: string, field: string): Promise<string | undefined>
  list(): Promise<
    readonly {
      readonly owner: string
      readonly field: string
      readonly readable: boolean
      readonly expires?: Instant
    }[]
  >
  remove(owner: string, field: string): Promise<void>
  /** Seals everything readable under a new master key. Returns how many. */
  rotate(): Promise<number>
}

// --- target directories: known objects, links, ledger, history (D1, D2, D3, D11) --------------------------------------

/** What a re-keying has to carry over (D1). */
export interface Holdings {
  /** Configured targets that are doors to this directory. */
  readonly targets: readonly string[]
  /** Accounts that anything of ours rests on. */
  readonly accounts: readonly { readonly id: string; readonly label: string; readonly isLinked: boolean }[]
  /** Groups that are linked, or in which we granted something. */
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly counts: Readonly<
    Record<'links' | 'groupLinks' | 'grants' | 'access' | 'deactivations' | 'customValues' | 'decisions', number>
  >
}

export interface Rekeyed {
  readonly from: string
  readonly to: string
  /** Ids of groups that have another one now: old -> new. */
  readonly groups: ReadonlyMap<string, string>
  readonly at: Instant
}

/** Some people of a source, by key, and some accounts of a directory. */
export interface Concerned {
  readonly people: readonly string[]
  readonly accounts: readonly string[]
}

/** Something that a connection vouches for. */
export interface Vouched {
  readonly accountId: string
  /** `account`, `group <id>` or `access <product> <role>`. */
  readonly held: string
  readonly connection: string
}

export interface DirectoryStore {
  /**
   * The directory key last seen behind a target. Undefined on first contact. A different key than before is refused by
   * the engine until a reviewed re-key.
   */
  boundKey(target: string): Promise<string | undefined>
  bind(target: string, directoryKey: string): Promise<void>
  /** What rests on a directory; undefined when nothing was ever known of it. */
  holdings(directoryKey: string): Promise<Holdings | undefined>
  /**
   * The directory goes by another key from now on, and groups by other ids; every link, grant, interval, plan and decision
   * keeps its row. Plans that wait are superseded. Throws `conflict` when something is known of the new key already.
   */
  rekey(rekeyed: Rekeyed): Promise<void>
  /** When the directory got its present key by `rekey`; undefined when it never had another. */
  rekeyedAt(directoryKey: string): Promise<Instant | undefined>
  /**
   * Compares a complete read with the open intervals and closes/opens intervals of memberships and account states under
   * this run; also keeps names. Parts not proven complete close nothing. Returns how much changed since last seen.
   */
  observe(runId: string, snapshot: TargetSnapshot): Promise<{ readonly opened: number; readonly closed: number }>
  /**
   * All the planner needs, read in one consistent moment; with `concerned` only what is about them, with the totals of the
   * rest: how many rows are read depends on them and not on the directory.
   */
  memory(connection: string, source: string, directoryKey: string, now: Instant, concerned?: Concerned): Promise<Memory>
  /** Links of a source that name one of these people or accounts. */
  links(directoryKey: string, source: string, concerned: Concerned): Promise<readonly Link[]>
  /** What this connection vouched for until this run ended it, by the rule it stood under; for an undo. */
  grantsEnded(
    connection: string,
    directoryKey: string,
    runId: string,
  ): Promise<{ readonly grants: readonly GroupGrants[]; readonly access: readonly AccessGrants[] }>
  /** What this connection vouches for and was there before it: taken note of, never written. */
  adopted(
    connection: string,
    directoryKey: string,
  ): Promise<{ readonly grants: readonly GroupGrants[]; readonly access: readonly AccessGrants[] }>
  /** What these connections vouch for right now: these accounts, their places in these groups, and what they may use. */
  vouchedFor(
    directoryKey: string,
    connections: readonly string[],
    asked: { readonly accountIds: readonly string[]; readonly groupIds: readonly string[] },
  ): Promise<readonly Vouched[]>
  /**
   * Of the groups that a source fills here: when each was linked, and the memberships in them that nobody vouches for and
   * that a read has seen only since; for a look at what drifted.
   */
  foreignMembers(
    directoryKey: string,
    source: string,
  ): Promise<{
    readonly linkedSince: ReadonlyMap<string, Instant>
    readonly seen: readonly {
      readonly groupId: string
      readonly accountId: string
      readonly since: Instant
      readonly run: number
    }[]
  }>
  /** How many members groups have, as far as is known; one that nobody is in is absent. */
  groupSizes(directoryKey: string, groupIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Groups that a read has seen, by name, with how many members they have now; `text` is part of a name, folded. */
  groups(
    directoryKey: string,
    text: string | undefined,
    page: PageRequest,
  ): Promise<Slice<{ readonly id: string; readonly name: string; readonly members: number; readonly granted: number }>>
  /** Who is or was in a group: open intervals, or those that covered an instant. */
  members(directoryKey: string, groupId: string, at?: Instant): Promise<readonly GroupMember[]>
  /** The same by label, in pages; `text` is part of a label. */
  findMembers(
    directoryKey: string,
    groupId: string,
    filter: { readonly at?: Instant | undefined; readonly text?: string | undefined },
    page: PageRequest,
  ): Promise<Slice<GroupMember>>
}

export interface GroupMember {
  readonly accountId: string
  readonly label: string
  readonly since: Instant
  /** Connections that vouch for it; absent for a membership that is not ours. */
  readonly grantedBy?: string
}

// --- departures (D7) --------------------------------------------------------------------------------------------------

export interface DepartureStore {
  /** Writes the first proof of new departures, clears those with a sign of life; existing rows keep their date. */
  save(connection: string, proven: readonly Departure[], clearedKeys: readonly string[]): Promise<void>
  get(connection: string, sourceKey: string): Promise<Departure | undefined>
}

// --- snapshots --------------------------------------------------------------------------------------------------------

/** What a read delivers: keys of source records by attribute of the target (D4). */
export interface Delivered {
  readonly source: string
  readonly keysByAttribute: Readonly<Record<string, readonly string[]>>
}

/** Somebody whom a plan leaves as they are, for another reason than that all is well. */
export interface StandingPerson {
  readonly sourceKey: string
  /** Address, else login, else key. */
  readonly name: string
  readonly reason: StandReason
  readonly rule?: string
  /** When the next stage of leaving is due. */
  readonly dueAt?: Instant
}

export interface SnapshotStore {
  /**
   * Remembers the numbers of a read, and which attributes it delivers for whom, where other connections may ask; it becomes
   * the last good read only by `accept`.
   */
  save(connection: string, runId: string, summary: SourceReadSummary, delivered?: Delivered): Promise<void>
  /** The last good read moves only by a run that was applied or released (D18). */
  accept(connection: string, snapshotId: string): Promise<void>
  lastGood(connection: string): Promise<SourceReadSummary | undefined>
  /** Replaces what the last whole plan of the connection said about people it left as they are. */
  noteStandstills(connection: string, runId: string, people: readonly StandingPerson[]): Promise<void>
  /** What it said about somebody with this key or name. */
  standstill(connection: string, name: string): Promise<(StandingPerson & { readonly run: number }) | undefined>
}

// --- plans (D11, D18, D19) --------------------------------------------------------------------------------------------

export interface ChangeFilter {
  readonly kinds?: readonly ChangeKind[]
  readonly states?: readonly ItemState[]
  /** `open` = no outcome yet. */
  readonly outcomes?: readonly (Outcome | 'open')[]
  readonly reasons?: readonly ReasonCode[]
  /** Held or blocked by at least one of these. */
  readonly holds?: readonly HoldReason[]
  /** Part of a label of account, group, person or source group, compared folded. */
  readonly text?: string
}

/** How many changes have one combination of what they can be filtered by. */
export interface Facet {
  readonly kind: ChangeKind
  readonly state: ItemState
  readonly outcome: Outcome | 'open'
  readonly reason: ReasonCode
  readonly holds: readonly HoldReason[]
  readonly count: number
}

/** One outcome to write. */
export interface OutcomeRecord {
  readonly seq: number
  readonly outcome: Outcome
  readonly skipReason?: ChangeRecord['skipReason']
  readonly errorCode?: string
  readonly message?: string
  readonly createdId?: string
  readonly verifiedAt?: Instant
}

/** What a person said about a plan. */
export interface Verdict {
  readonly by: string
  readonly at: Instant
  readonly comment?: string
}

/** Lists name the first hundred; the counts are of all. */
export interface PlanImpact {
  /** Accounts that get another e-mail address or username: they sign in or are found by it. */
  readonly identityChanges: number
  /** Groups that nobody would be in any more, by what the last read and this plan say. */
  readonly groupsEmptied: readonly { readonly name: string; readonly members: number }[]
  readonly groupsEmptiedCount: number
  /** Changes that touch administration: who joins or leaves a group that administers, and what is done to its members. */
  readonly administrators: readonly {
    readonly seq: number
    readonly kind: ChangeKind
    readonly label: string
    /** The group that administers. */
    readonly group: string
  }[]
  readonly administratorsCount: number
}

/** Proof of the right to write: the lease's holder and epoch; every progress write carries it (D5). */
export interface Fence {
  readonly directoryKey: string
  readonly holder: string
  readonly epoch: number
}

/** A write that the target refused for good (`not-writable`), and has not taken since. */
export interface Refusal {
  readonly kind: WriteKind
  readonly accountId: string
  /** Of a membership. */
  readonly groupId?: string
  readonly message: string
  readonly at: Instant
}

export interface PlanStore {
  /** Stores the header and the changes in batches; the plan is visible only when all rows are there. */
  save(plan: Plan, changes: Iterable<readonly ChangeRecord[]>): Promise<void>
  get(planId: string): Promise<Plan | undefined>
  /** What plans ask for and what they rest on, by their ids; missing ones are absent. */
  extents(planIds: readonly string[]): Promise<ReadonlyMap<string, Pick<PlanSummary, 'counts' | 'read'>>>
  changes(planId: string, filter: ChangeFilter, page: PageRequest): Promise<Slice<ChangeRecord>>
  /** Every combination that occurs, with its count; only of changes with this text when one is given. */
  facets(planId: string, text: string | undefined): Promise<readonly Facet[]>
  /** Changes by seq, for resolving references; missing ones are absent. */
  bySeq(planId: string, seqs: readonly number[]): Promise<readonly ChangeRecord[]>
  /**
   * What the target refused for good since an instant, in plans of a connection in this version of its settings; the newest
   * refusal of each write. Only where the same plan did the same kind of write for somebody else: else it may be the
   * credential that was refused, and not the account.
   */
  refusals(connection: string, connectionVersion: number, since: Instant): Promise<readonly Refusal[]>
  /** Counts over all changes: by kind, state and outcome (`open` = none). */
  tally(planId: string): Promise<
    readonly {
      readonly kind: ChangeKind
      readonly state: ItemState
      readonly outcome: Outcome | 'open'
      readonly count: number
    }[]
  >
  /**
   * A person lets held changes go: all of them, those held by the named guards, or those with the given seqs. Takes the
   * released guards out of each change's `stateReasons` (with seqs: all of that change's); a change without reasons left is
   * ready, and `waits-for` goes when everything it needs is ready. Bound to the fingerprint: throws `stale-plan` if it is
   * another, or if a newer plan of the connection exists. Returns how many became ready.
   */
  release(
    planId: string,
    fingerprint: string,
    by: string,
    part?: { readonly guards?: readonly string[]; readonly seqs?: readonly number[] },
    comment?: string,
  ): Promise<number>
  /** Marks the plan approved as a whole (mode `review`). Throws `stale-plan` like `release`. */
  approve(planId: string, fingerprint: string, by: string, comment?: string): Promise<void>
  approval(planId: string): Promise<Verdict | undefined>
  /**
   * A person turns the plan down for good, with the reason; its run ends as `cancelled` unless it has ended otherwise.
   * Throws `stale-plan` like `release`, and `conflict` while it is being applied.
   */
  reject(planId: string, fingerprint: string, by: string, comment: string): Promise<void>
  rejection(planId: string): Promise<Verdict | undefined>
  /** Whom and what a reviewer should look at twice, counted over everything that is not blocked. */
  impact(planId: string): Promise<PlanImpact>
  /** The next ready changes without an outcome after `afterSeq`, in order, all of one kind. Empty at the end. */
  nextBatch(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
  /** Like `nextBatch`, only what was sent: nobody knows what became of it. */
  nextUnanswered(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
  /** Durable mark that these are about to be sent. Throws `usurped` if the fence no longer holds. */
  markSent(planId: string, fence: Fence, seqs: readonly number[]): Promise<void>
  /** Outcomes and what they teach, in one transaction. Throws `usurped` if the fence no longer holds. */
  record(
    planId: string,
    runId: string,
    fence: Fence,
    outcomes: readonly OutcomeRecord[],
    lessons: readonly Lesson[],
  ): Promise<void>
  /** Applied changes not yet proven by a later read, in pages by seq. */
  unverified(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
}

// --- report (D11) -----------------------------------------------------------------------------------------------------

/** Something that a search by name finds; `in` is the key of a source for a person, else of a directory. */
export interface FoundName {
  readonly is: 'person' | 'account' | 'group'
  readonly in: string
  readonly id: string
  readonly label: string
}

/** What is left out of a filter is not asked about. */
export interface ReportFilter {
  readonly connections?: readonly string[] | undefined
  /** Whole key or id, or part of a name or address, of a person or an account. */
  readonly person?: string | undefined
  /** From this instant on, and before that one: when it was done, else when it was planned. */
  readonly from?: Instant | undefined
  readonly until?: Instant | undefined
  readonly kinds?: readonly ChangeKind[] | undefined
  /** `open` = no outcome yet. Absent = everything that has one. */
  readonly outcomes?: readonly (Outcome | 'open')[] | undefined
  /** Only memberships of groups that administer something. */
  readonly administration?: boolean | undefined
  /** Exactly this one, in place of what a name finds. */
  readonly subject?: KnownSubject | undefined
  /** Only what this run did or planned, by its number. */
  readonly run?: number | undefined
}

/** A record of a source, an account of a directory, or both, as we know them. */
export interface KnownSubject {
  readonly source: string
  readonly directoryKey: string
  readonly sourceKey?: string
  readonly accountId?: string
  readonly label: string
}

/** What is remembered about one person in one directory. */
export interface Remembered {
  readonly link?: { readonly how: string; readonly since: Instant }
  readonly state?: { readonly is: 'active' | 'suspended' | 'disabled'; readonly since: Instant }
  readonly memberships: readonly {
    readonly id: string
    readonly name: string
    readonly since: Instant
    /** The run that wrote or first saw it. */
    readonly run: number
    readonly grants: readonly {
      readonly connection: string
      readonly rule: string
      readonly adopted: boolean
      readonly run: number
    }[]
  }[]
}

/** A change with the run that made it. */
export interface ReportedChange extends ChangeRecord {
  readonly runNumber: number
  readonly startedBy: string
  readonly connection: string
  readonly directoryKey: string
  /** When it was done; when it was planned, as long as it is open. */
  readonly at: Instant
  /** Of its plan. */
  readonly fingerprint: string
}

/** Something of a target's directory that answers to a name. */
export interface NamedObject {
  readonly directoryKey: string
  readonly id: string
  readonly name: string
}

/** A membership, a state or an access that held at an instant. */
export interface HeldThen {
  readonly since: Instant
  readonly until?: Instant
  readonly grantedBy?: string
}

export interface AccessThen {
  readonly state?: 'active' | 'suspended' | 'disabled'
  readonly groups: readonly (HeldThen & { readonly id: string; readonly name: string; readonly administers: boolean })[]
  /** Roles given to the account itself, as far as our ledger knows. */
  readonly access: readonly (HeldThen & { readonly product: string; readonly role: string })[]
}

export interface ReportStore {
  /** What was done, the newest plan first and in each the last change first. */
  changes(filter: ReportFilter, page: PageRequest): Promise<Slice<ReportedChange>>
  /** Groups of this name or id in any directory. */
  groupsNamed(name: string): Promise<readonly NamedObject[]>
  /** Accounts with this id, or this name or address; a person's key leads to the accounts they are or were linked to. */
  accountsNamed(name: string): Promise<readonly NamedObject[]>
  /** What an account had at an instant, as far as our reads know. */
  accessOf(directoryKey: string, accountId: string, at: Instant): Promise<AccessThen>
  /** Who of a source, or of a directory behind it, has this key, id, name or address. */
  subjects(source: string, directoryKey: string, name: string): Promise<readonly KnownSubject[]>
  /**
   * People of sources, accounts nobody of them is linked to, and groups of directories with this text, of at least one
   * character, in their name: those that begin with it first, then by length; at most `limit` of people and accounts, and
   * of groups.
   */
  named(text: string, limit: number): Promise<readonly FoundName[]>
  /** What is remembered about somebody now, or was true at an instant. */
  remembered(subject: KnownSubject, at?: Instant): Promise<Remembered>
  /** Which source groups fill a group of a directory, by the links of groups. */
  filledBy(
    directoryKey: string,
    groupId: string,
  ): Promise<readonly { readonly source: string; readonly name: string; readonly rule: string }[]>
  /** The first instant of which anything is known in a directory. */
  knownSince(directoryKey: string): Promise<Instant | undefined>
}

// --- runs -------------------------------------------------------------------------------------------------------------

export interface RunPatch {
  readonly state?: RunState
  readonly planId?: string
  readonly directoryKey?: string
  readonly progress?: Run['progress']
  readonly endedAt?: Instant
  readonly outcomes?: Run['outcomes']
  readonly error?: Run['error']
  readonly calls?: Run['calls']
  readonly sharedRead?: Run['sharedRead']
  /** It ended with writes that were sent and never answered. */
  readonly unanswered?: boolean
}

export interface RunStore {
  create(run: Omit<Run, 'number'>): Promise<Run>
  get(id: string): Promise<Run | undefined>
  byNumber(number: number): Promise<Run | undefined>
  /** A state that people want to hear of is told in the same transaction (`NoticeStore`). */
  update(id: string, patch: RunPatch): Promise<void>
  /**
   * A run that goes on: state `applying`; its end, its error and an old request to cancel are cleared. Throws `stale-plan`
   * when its plan was rejected.
   */
  reopen(id: string): Promise<void>
  list(
    filter: {
      readonly connection?: string | undefined
      /** Only runs of these. */
      readonly connections?: readonly string[] | undefined
      readonly states?: readonly RunState[] | undefined
      readonly kinds?: readonly Run['kind'][] | undefined
      /** Only runs that ended then or later, or have not ended. */
      readonly endedSince?: Instant | undefined
    },
    page: PageRequest,
  ): Promise<Slice<Run>>
  /**
   * Older runs of the connection that still wait, are held, planned or were left in planning become `superseded`. One whose
   * process still plans stays as it is: it will see by itself who writes.
   */
  supersede(connection: string, exceptRunId: string): Promise<number>
  /** The oldest runs of the connection, at most 20, that ended with writes that were sent and never answered. */
  unanswered(connection: string): Promise<readonly Run[]>
  /** A sign of life of whoever works on the run, to be given every 15 seconds; it was made with the first one. */
  keepAlive(id: string): Promise<void>
  /** Somebody asks a run to stop; the runner looks between batches. */
  requestCancel(id: string): Promise<void>
  cancelRequested(id: string): Promise<boolean>
}

// --- pauses -----------------------------------------------------------------------------------------------------------

/** A connection that a person paused. */
export interface Pause {
  readonly connection: string
  readonly since: Instant
  readonly by: string
  readonly why?: string
}

export interface PauseStore {
  list(): Promise<readonly Pause[]>
  get(connection: string): Promise<Pause | undefined>
  /** False when it was paused already; then nothing changes. */
  pause(connection: string, by: string, why: string | undefined): Promise<boolean>
  /** False when it was not paused. */
  resume(connection: string): Promise<boolean>
}

// --- leases (D5) ------------------------------------------------------------------------------------------------------

export interface LeaseStore {
  /**
   * Takes or renews the right to write to a directory until `leaseMs` from now, by the database's clock. Undefined when
   * somebody else holds it. A new holder gets a higher epoch.
   */
  acquire(directoryKey: string, holder: string, leaseMs: number): Promise<Fence | undefined>
  /** False when the lease was lost. */
  renew(fence: Fence, leaseMs: number): Promise<boolean>
  release(fence: Fence): Promise<void>
  /** Who holds the directory right now; undefined when nobody does. */
  holder(directoryKey: string): Promise<(Fence & { readonly expiresAt: Instant }) | undefined>
}

// --- work items -------------------------------------------------------------------------------------------------------

/** A work item as it is kept; people call it by its number. */
export interface KeptWorkItem extends WorkItem {
  readonly id: string
  readonly number: number
  readonly connection: string
  readonly openedAt: Instant
}

export interface WorkItemStore {
  /** Opens items that are new, keeps those that stand, closes those of the connection that no longer do. */
  reconcile(
    connection: string,
    directoryKey: string,
    items: readonly WorkItem[],
    /** Only these were asked about; items about others stand. */
    subjects?: ReadonlySet<string>,
  ): Promise<void>
  /** Open ones, in the order they were opened. */
  list(
    filter: {
      readonly connection?: string | undefined
      /** Only items of these. */
      readonly connections?: readonly string[] | undefined
      readonly reason?: string | undefined
    },
    page: PageRequest,
  ): Promise<Slice<KeptWorkItem>>
  /** An open item by its number or id. */
  get(reference: string): Promise<KeptWorkItem | undefined>
}

// --- decisions (D2, D8, D9, D10) --------------------------------------------------------------------------------------

/** A remembered decision with its history. */
export interface KeptDecision extends Decision {
  readonly directoryKey: string
  readonly label: string
  readonly decidedAt: Instant
  readonly decidedBy: string
}

export interface DecisionStore {
  /**
   * Carries out what was chosen for an open item and closes it, and every other open item of the same reason and subject.
   * Letting go of an account or group also ends what the ledger says about it. Throws `conflict` when the item was closed
   * meanwhile.
   */
  decide(itemId: string, choice: Choice, effects: readonly DecisionEffect[], by: string): Promise<void>
  /** Decisions that stand, the newest first. */
  list(page: PageRequest): Promise<Slice<KeptDecision>>
  /** Ends decisions that stand: by a person, or because what they allowed has happened. Returns how many. */
  end(ids: readonly string[], by: string): Promise<number>
}

// --- the built-in directory -------------------------------------------------------------------------------------------

/** People and groups kept by Muster itself, one directory per source key. Throws `config-invalid` for bad input. */
export interface LocalDirectory {
  /** By key; `text` is part of a username, an address or a display name. */
  people(source: string, page: PageRequest, text?: string): Promise<Slice<LocalPerson>>
  person(source: string, key: string): Promise<LocalPerson | undefined>
  findPeople(source: string, by: LocalPeopleBy): Promise<readonly LocalPerson[]>
  /** Creates or replaces; the key stays, and so does what is absent of `protected`, `kept` and `origin`. */
  savePerson(source: string, person: LocalPerson): Promise<void>
  /**
   * Changes a person with nobody in between; `change` gives the person as it is to be, or undefined for "as it is", and
   * what it throws leaves everything as it was.
   */
  changePerson(
    source: string,
    key: string,
    change: (now: LocalPerson) => LocalPerson | undefined,
  ): Promise<'changed' | 'same' | 'absent'>
  removePerson(source: string, key: string): Promise<boolean>
  /** By key; `text` is part of a name. */
  groups(source: string, page: PageRequest, text?: string): Promise<Slice<LocalGroup>>
  findGroups(source: string, by: LocalGroupsBy): Promise<readonly LocalGroup[]>
  /** Keys of the groups each of these people is a direct member of; whoever is in none may be absent. */
  groupsOf(source: string, people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Creates or replaces; key and members stay, and so does `protected` where it is absent. */
  saveGroup(source: string, group: LocalGroup): Promise<void>
  removeGroup(source: string, key: string): Promise<boolean>
  members(source: string, groupKey: string, page: PageRequest): Promise<Slice<MemberRef>>
  /** False = already so. */
  addMember(source: string, groupKey: string, member: MemberRef): Promise<boolean>
  removeMember(source: string, groupKey: string, member: MemberRef): Promise<boolean>
  count(source: string, list: LocalList): Promise<number>
  /** Another value after every change of the directory: what was read in pages is of one moment when it is the same before and after. */
  changes(source: string): Promise<string>
}

// --- access (D14) -----------------------------------------------------------------------------------------------------

export type Role = 'viewer' | 'operator' | 'approver' | 'admin'

export interface ApiToken {
  readonly id: string
  readonly name: string
  /** The first characters, to recognise it by. */
  readonly prefix: string
  readonly roles: readonly Role[]
  /** The roles count only there; absent = everywhere. */
  readonly connections?: readonly string[]
  /** Whose personal token it is. */
  readonly user?: { readonly id: string; readonly userName: string }
  readonly createdAt: Instant
  readonly expiresAt?: Instant
  readonly lastUsedAt?: Instant
}

export interface AccessStore {
  /** Makes a 256-bit token; the value is returned this once and stored as SHA-256. */
  createToken(
    name: string,
    roles: readonly Role[],
    expiresAt?: Instant,
    more?: { readonly connections?: readonly string[] | undefined; readonly userId?: string | undefined },
  ): Promise<{ readonly token: ApiToken; readonly value: string }>
  /** All of them, or the personal ones of a user. */
  listTokens(userId?: string): Promise<readonly ApiToken[]>
  /** With a user: only one that belongs to them. */
  revokeToken(id: string, userId?: string): Promise<boolean>
  /**
   * The token behind a presented value, compared in constant time; undefined when unknown, expired or revoked, or when the
   * user it belongs to is disabled.
   */
  authenticate(value: string, now: Instant): Promise<ApiToken | undefined>
}

// --- audit ------------------------------------------------------------------------------------------------------------

export interface AuditEntry {
  readonly at: Instant
  readonly actor: string
  readonly act: string
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface AuditStore {
  /** Appends; each entry carries the hash of the one before. */
  append(entry: AuditEntry): Promise<void>
  list(page: PageRequest): Promise<Slice<AuditEntry & { readonly seq: number; readonly hash: string }>>
  /** Walks the chain; the first broken seq, or undefined when it is whole. */
  verify(): Promise<number | undefined>
}
