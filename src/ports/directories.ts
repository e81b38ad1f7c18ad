import type { Instant } from '../domain/identity.ts'
import type { AccessGrants, GroupGrants, Link, Memory } from '../domain/memory.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import type { PageRequest, Slice } from './paging.ts'

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

/** Directories behind targets: known objects, links, ledger and history (D1, D2, D3, D11). */
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
   * this run; also keeps names. Parts not proven complete close nothing. Returns how much changed since last seen. Stored in
   * steps that others may come between; what a crash leaves undone is stored with the next read.
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
