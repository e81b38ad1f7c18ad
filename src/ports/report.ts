import type { ChangeKind, Outcome } from '../domain/change.ts'
import type { Instant } from '../domain/identity.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { PageRequest, Slice } from './paging.ts'

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

/** Questions about what was done and what held when (D11). */
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
