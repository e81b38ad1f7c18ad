import type { ProvisioningError } from '../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../domain/identity.ts'
import type { MappingRule } from '../domain/mapping.ts'
import type { AttributesDescription, FoundRecord, SourceTrial } from '../domain/source-record.ts'
import type { CheckStep, MembershipsComeWith, Page } from './readable.ts'

/** A part of what changed. */
export interface ChangesPage {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  /** The cursor could not be gone on with, so that anything may have changed. */
  readonly isRestart?: true
  readonly next?: string
}

export interface GroupWithMembers extends SourceGroup {
  readonly members: readonly MemberRef[]
}

/** Pieces of a read, for plans about some people. Each tells what a whole read would tell now. */
export interface SourceParts {
  /** Those of these people who are there; whoever is not told is gone. */
  people(keys: readonly string[], signal: AbortSignal): Promise<readonly SourceUser[]>
  /** Everybody who has one of these texts as login or address, without letter case. */
  alike(texts: readonly string[], signal: AbortSignal): Promise<readonly SourceUser[]>
  /** Every group, with those of its direct members who are groups or among these people. */
  groups(keys: readonly string[], signal: AbortSignal): Promise<readonly GroupWithMembers[]>
  /** Keys of the people in these groups, also by nesting; at most `limit`. */
  peopleIn(groupKeys: readonly string[], limit: number, signal: AbortSignal): Promise<readonly string[]>
  size(signal: AbortSignal): Promise<{ readonly all: number; readonly active: number }>
}

/**
 * Where people come from. Knows nothing of targets, plans or the database, and never writes (P3).
 *
 * A source instance serves one read (or one check) and is then closed; it may keep what it read in between.
 */
export interface Source {
  readonly membershipsComeWith: MembershipsComeWith
  /**
   * Identifies what the connector itself leaves out of the read (base DN, filter, file). If it changes between two
   * reads, absence proves nothing (D23). Never holds a secret.
   */
  readonly readFingerprint: string
  /**
   * True = an attribute that a record does not have is empty there if it was delivered for anybody else (D21); absent =
   * it is unknown.
   */
  readonly absentMeansEmpty?: boolean
  /** After a read of a target (D1): its directory key. What is read there is never written there by the same connection. */
  directoryKey?(): string | undefined
  /** Target attribute <- source attribute where the connection's own mapping says nothing, e.g. `{ email: { from: 'mail', … } }`. */
  readonly defaultMapping: Readonly<Record<string, MappingRule>>
  /** The doctor: changes nothing, stops at the first step that makes the next ones meaningless, never throws for a finding. */
  check(signal: AbortSignal): AsyncIterable<CheckStep>
  /** Every user in pages, any order, each key once. Ending means complete; else throws `incomplete-read` or a cause. */
  users(signal: AbortSignal): AsyncIterable<Page<SourceUser>>
  /** Every group in pages, any order, each key once. Ending means complete. */
  groups(signal: AbortSignal): AsyncIterable<Page<SourceGroup>>
  /** Direct members of one group; only called when memberships come with `calls`. */
  members(group: SourceGroup, signal: AbortSignal): AsyncIterable<Page<MemberRef>>
  /**
   * Known after the read, where it is not trusted to be all yet: why absence and inactivity count for nothing, so that
   * the read only adds (D6).
   */
  additiveOnly?(): string | undefined
  /** Absent = only a read of everything tells anything for sure. */
  readonly parts?: SourceParts
  /** Additive changes flow from the first run on; nobody has to approve it (D6). */
  readonly flowsAtOnce?: boolean
  /** Sentences about single records that were set aside during the read, e.g. `people.csv:7: two people have the id 4711`. */
  notices(): readonly string[]
  /** Parts whose members are known to be cut although the read as a whole went on, by group key. */
  incompleteMembers?(): ReadonlyMap<string, ProvisioningError>
  /**
   * Keys of people and groups that changed since a cursor, in pages; the last page, and only that, has the next cursor.
   * Without a cursor nothing is told but where to begin. Only a hint when to look: somebody who is not named may have
   * changed as well, and absence is proven by full reads alone.
   */
  changesSince?(cursor: string | undefined, signal: AbortSignal): AsyncIterable<ChangesPage>
  /**
   * Of keys that a read of this instance did not tell, those it should have told: a list that ends too early and says
   * that it is whole is found out by that. At most 500 keys.
   */
  overlooked?(kind: 'user' | 'group', keys: readonly string[], signal: AbortSignal): Promise<readonly string[]>
  /**
   * "Search user": looks somebody up by login at the source itself, also where the read would leave them out. Changes
   * nothing. Without it the records of a read are searched. At most ten records.
   */
  find?(login: string, signal: AbortSignal): Promise<readonly FoundRecord[]>
  /** Which attributes people have there, from some of them (D27). Without it the records of a read are looked at. */
  describe?(signal: AbortSignal): Promise<AttributesDescription>
  /**
   * "Try it": the first answer as it came and what the settings make of it, a few people and one group. Throws where nothing
   * is answered. Without it the first pages of a read are looked at.
   */
  tryOut?(signal: AbortSignal): Promise<SourceTrial>
  close(): Promise<void>
}
