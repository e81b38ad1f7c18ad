import type { TargetAccount, TargetGroup } from './account.ts'
import type { Instant, SourceUser } from './identity.ts'

/** What of a read was not proven complete; whatever stands here removes nothing (P1, P8). */
export interface Unproven {
  /** `users`, `groups`, or `members` of one group. */
  readonly part: 'users' | 'groups' | 'members'
  readonly groupKey?: string
  readonly code: string
  readonly message: string
}

/** A source group with its direct members as positions in the snapshot. */
export interface SnapshotGroup {
  readonly key: string
  readonly name: string
  /** Positions in `users`, ascending, each once. */
  readonly users: Int32Array
  /** Positions in `groups` of nested groups, ascending, each once. */
  readonly groups: Int32Array
  /** Members that are in no list we read: contacts, people outside the base, stale references. */
  readonly unknownMembers: number
  readonly membersComplete: boolean
  /** Keys of the connections that may take this group; absent = any. */
  readonly onlyFor?: readonly string[]
}

/** One read of a source. */
export interface SourceSnapshot {
  readonly id: string
  readonly takenAt: Instant
  /** What the connector itself filtered (base DN, filter, file); a change means that absence proves nothing (D23). */
  readonly readFingerprint: string
  readonly users: readonly SourceUser[]
  readonly groups: readonly SnapshotGroup[]
  readonly usersComplete: boolean
  readonly groupsComplete: boolean
  /** An attribute that a record lacks is empty if another record of this read has it; else it is unknown (D21). */
  readonly absentMeansEmpty?: boolean
  readonly unproven: readonly Unproven[]
  /** Faults of single records that were set aside, in the source's words. */
  readonly notices: readonly string[]
}

/** A target group with its direct members as positions in the snapshot. */
export interface ActualGroup extends Omit<TargetGroup, 'members'> {
  /** Positions in `accounts`, ascending, each once. */
  readonly accounts: Int32Array
  readonly membersComplete: boolean
}

/** One read of a target's directory. */
export interface TargetSnapshot {
  readonly id: string
  readonly takenAt: Instant
  readonly directoryKey: string
  readonly accounts: readonly Omit<TargetAccount, 'memberOf'>[]
  readonly groups: readonly ActualGroup[]
  /** Positions of accounts whose groups the target does not show (some suspended ones): absence says nothing there. */
  readonly membershipsUnknown: ReadonlySet<number>
  readonly accountsComplete: boolean
  readonly groupsComplete: boolean
  readonly unproven: readonly Unproven[]
}

/** Saved versions of a connection and of the ends it had. */
export interface SettingsVersions {
  readonly connection: number
  readonly source: { readonly key: string; readonly version: number }
  readonly target: { readonly key: string; readonly version: number }
}

/** Which connectors read and wrote, and in which version of their own rules (D16). */
export interface ConnectorVersions {
  readonly source: { readonly type: string; readonly version: number }
  readonly target: { readonly type: string; readonly version: number }
}

/** What is kept of a good read, to judge the next one (D18). */
export interface SourceReadSummary {
  readonly snapshotId: string
  readonly takenAt: Instant
  readonly readFingerprint: string
  /** Version of the settings and of the engine this read was planned with; a change needs a look first (P4, P21). */
  readonly connectionVersion: number
  readonly semanticsVersion: number
  /** Versions of settings and connectors, so that a later run can say what changed since; absent in reads before 0.2. */
  readonly settings?: SettingsVersions
  readonly connectors?: ConnectorVersions
  readonly users: number
  readonly activeUsers: number
  /** Direct members by group key; only groups whose members were read completely. */
  readonly groupMembers: Readonly<Record<string, number>>
  /** How many people have a value, by source attribute. */
  readonly filled: Readonly<Record<string, number>>
}
