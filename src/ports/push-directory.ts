import type { Instant } from '../domain/identity.ts'
import type { Filter } from '../scim/filter/bind.ts'
import type { JsonObject } from '../scim/json.ts'
import type { MemberStep } from '../scim/patch/members.ts'
import type { ResourceType } from '../scim/schema/attribute.ts'
import type { CustomSchema } from '../scim/schema/custom.ts'
import type { Sorting } from '../scim/sort.ts'
import type { PageRequest, Slice } from './paging.ts'

/** Directories that identity providers push into, one per source key; none sees anything of another. */
export interface PushStore {
  readonly directory: PushDirectory
  readonly tokens: PushTokens
  readonly requests: PushRequests
}

export type PushKind = 'user' | 'group'

/** A resource as it is kept. */
export interface PushResource {
  readonly id: string
  readonly kind: PushKind
  /** What the engine knows it by: the client's id at its first creation, else ours; kept through changes and returns (D6). */
  readonly sourceKey: string
  /** In canonical form, without members. */
  readonly document: JsonObject
  readonly version: number
  /** Direct members; 0 for people. */
  readonly memberCount: number
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  /** Only where asked for: members of a group or groups of a person at this very version, in the order of ids. */
  readonly related?: readonly PushMembership[]
}

/** A member with what is known about it, or a group of somebody. */
export interface PushMembership {
  readonly id: string
  readonly kind: PushKind
  readonly sourceKey: string
  readonly display?: string
}

/** What a write makes of a resource. */
export interface PushWrite {
  readonly document: JsonObject
  readonly members: readonly MemberStep[]
}

export interface PushWritten {
  readonly resource: PushResource
  /** False when nothing of the resource or its members differs from before. */
  readonly isChanged: boolean
  /** Named members that this directory does not have; they were left out. */
  readonly unknownMembers: readonly string[]
}

export interface PushWriteRules {
  /** Groups that contain each other are refused with 400; else kept. */
  readonly refusesCycles: boolean
  /** Most direct members of one group; beyond it 400 tooMany. */
  readonly maxMembers: number
}

export interface PushShown {
  /** The group comes with its members as this very write left them, if there are at most so many. @default 0 */
  readonly membersUpTo?: number
}

export interface PushQuery {
  readonly filter?: Filter
  readonly sorting?: Sorting
  /** From 1; only without a cursor. */
  readonly startIndex: number
  /** 0 = only count. */
  readonly count: number
  /** Empty = first page by cursor. */
  readonly cursor?: string
  /** Every resource comes with its `related`. */
  readonly withRelated?: boolean
}

export interface PushPage {
  readonly resources: readonly PushResource[]
  readonly total: number
  /** Only by cursor; absent on the last page. */
  readonly nextCursor?: string
}

/** What an administrator sees of a directory. */
export interface PushStatus {
  readonly users: number
  readonly activeUsers: number
  readonly groups: number
  readonly memberships: number
  /** The newest change of anything in it. */
  readonly changedAt?: Instant
  /** Until then the directory only adds (D6). */
  readonly baselineAt?: Instant
  readonly baselineBy?: string
}

/** What lists are made of. */
export interface PushLists {
  list(source: string, type: ResourceType, query: PushQuery): Promise<PushPage>
  /** Members of groups, by id of the group, in the order of ids. */
  members(source: string, groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly PushMembership[]>>
  /** Groups of people, by id of the person. */
  groupsOf(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, readonly PushMembership[]>>
}

/**
 * Every write is one transaction and durable before it resolves. Throws `ScimError` for what the protocol answers:
 * 409 uniqueness, 412, 400 tooMany, 400 invalidValue for a cycle, 400 invalidFilter for what cannot be searched.
 */
export interface PushDirectory extends PushLists {
  create(
    source: string,
    type: ResourceType,
    write: PushWrite,
    rules: PushWriteRules,
    shown?: PushShown,
  ): Promise<PushWritten>
  get(
    source: string,
    type: ResourceType,
    id: string,
    options?: { readonly withRelated?: boolean },
  ): Promise<PushResource | undefined>
  /**
   * Changes a resource that nobody else changes meanwhile. `change` is pure and may throw, then nothing happened.
   * Undefined when there is no such resource.
   */
  update(
    source: string,
    type: ResourceType,
    id: string,
    change: (current: PushResource) => PushWrite,
    rules: PushWriteRules,
    shown?: PushShown,
  ): Promise<PushWritten | undefined>
  /** False when there is no such resource. `check` may throw, then nothing happened. */
  remove(source: string, type: ResourceType, id: string, check: (current: PushResource) => void): Promise<boolean>
  /** All of `read` sees one moment: versions and members that it reads one after the other belong together. */
  atOneMoment<Result>(read: (moment: PushLists) => Promise<Result>): Promise<Result>
  /** Everything, in pages by id, for the engine. */
  all(source: string, kind: PushKind, page: PageRequest): Promise<Slice<PushResource>>
  membersOf(source: string, groupKey: string, page: PageRequest): Promise<Slice<PushMembership>>
  /** Those of these people who are there, by what the engine knows them by. */
  people(source: string, keys: readonly string[]): Promise<readonly PushResource[]>
  /** People with one of these texts, folded, as login or address. */
  peopleCalled(source: string, texts: readonly string[]): Promise<readonly PushResource[]>
  /** Direct memberships of these people, and of all groups in groups, by keys. */
  memberships(
    source: string,
    keys: readonly string[],
  ): Promise<readonly { readonly group: string; readonly kind: PushKind; readonly key: string }[]>
  /** Keys of the people in these groups, also by nesting; at most `limit`. */
  peopleIn(source: string, groupKeys: readonly string[], limit: number): Promise<readonly string[]>
  status(source: string): Promise<PushStatus>
  /** When anything last changed that a plan could see, the baseline too; cheap. Undefined when nothing ever did. */
  changedAt(source: string): Promise<Instant | undefined>
  /** From now on absence counts (D6). */
  declareBaseline(source: string, by: string): Promise<void>
  /** Forgets tombstones of before that instant; returns how many. */
  forgetTombstones(before: Instant): Promise<number>
  /** Takes a directory away with its tokens and log, after its source was deleted. */
  drop(source: string): Promise<void>
}

export interface PushToken {
  readonly id: string
  readonly source: string
  /** The first characters, to recognise it by. */
  readonly prefix: string
  readonly createdAt: Instant
  readonly expiresAt?: Instant
  readonly lastUsedAt?: Instant
}

export interface PushTokens {
  /** Makes a 256-bit token. Throws `conflict` when two are valid already: revoke one first. */
  create(source: string, expiresAt?: Instant): Promise<{ readonly token: PushToken; readonly value: string }>
  /** Neither revoked nor expired, oldest first. */
  list(source: string): Promise<readonly PushToken[]>
  /** Ends a token now, or at an instant. False when there is no such valid token. */
  revoke(source: string, id: string, at?: Instant): Promise<boolean>
  /**
   * Whether a presented value is a valid token of this very source, compared in constant time. What this process revokes
   * ends at once; what another process revokes, within a second.
   */
  authenticate(source: string, value: string): Promise<'valid' | 'expired' | 'unknown'>
}

/** One request of an identity provider, as its support needs it. */
export interface PushRequest {
  readonly at: Instant
  readonly method: string
  /** With the query, secrets masked. */
  readonly path: string
  readonly status: number
  /** Whom it was about: userName or name of a group. */
  readonly subject?: string
  readonly durationMs: number
  /** As it came, secrets masked, cut. */
  readonly body?: string
  /** Why it was refused. */
  readonly problem?: string
  /** What was tolerated. */
  readonly notices: readonly string[]
}

export interface PushRequests {
  /** Appends; the oldest of a source go when there are too many. */
  append(source: string, requests: readonly PushRequest[]): Promise<void>
  /** Newest first. */
  list(
    source: string,
    filter: { readonly failedOnly?: boolean },
    page: PageRequest,
  ): Promise<Slice<PushRequest & { readonly id: string }>>
}

// --- what a source of this kind is set to ------------------------------------------------------------------------------

/** Settings of a push source, for the server that receives. */
export interface PushSettings {
  /** A token from the configuration, beside those kept in the store. */
  readonly token?: { reveal(): string }
  /** Unknown attributes are refused instead of passed over. */
  readonly strict: boolean
  /** What a PUT of a group without `members` means. */
  readonly omittedMembers: 'clear' | 'keep'
  /** Groups that contain each other are refused. */
  readonly refusesCycles: boolean
  /** Extensions described by the administrator. */
  readonly userSchemas: readonly CustomSchema[]
  readonly maxMembers: number
  readonly maxBodyBytes: number
  /** Lasting rate; ten seconds of it may come at once. */
  readonly requestsPerSecond: number
}
