import type { AccessRole } from './access.ts'
import type { MatchRule } from './connection.ts'
import type { Decision } from './decision.ts'
import type { Exception } from './exception.ts'
import { type Attributes, foldKey, type Instant } from './identity.ts'

/** The remembered answer of correlation: this person of this source is this account of this directory (D2). */
export interface Link {
  readonly source: string
  readonly sourceKey: string
  readonly accountId: string
  readonly how: MatchRule | 'created' | 'decided'
  readonly since: Instant
}

/** The remembered group: this source group, under this rule, is this target group (D10). */
export interface GroupLink {
  readonly source: string
  readonly groupKey: string
  /** `byName`, or `byTable:<folded target name>`; a table row may have several. */
  readonly rule: string
  readonly groupId: string
  /** What the source group and the target group were called when the link was made; absent = not known. */
  readonly sourceName?: string
  readonly name?: string
}

/** Who vouches for a membership: a row of the ledger (D3). */
export interface Grant {
  readonly groupId: string
  readonly accountId: string
  readonly connection: string
  readonly rule: string
  readonly how: 'written' | 'adopted'
}

/** All grants of one connection by one rule in one group; the form in which the ledger is read. */
export interface GroupGrants {
  readonly groupId: string
  readonly connection: string
  readonly rule: string
  readonly accountIds: readonly string[]
}

/** Everybody to whom one connection gives one role in a product by one rule (D20); the ledger of direct access. */
export interface AccessGrants extends AccessRole {
  readonly connection: string
  readonly rule: string
  readonly accountIds: readonly string[]
}

/** What one connection keeps in the custom attributes of an account, by id (D12); empty values are not kept. */
export interface CustomValues {
  readonly accountId: string
  readonly connection: string
  readonly values: Attributes
}

/**
 * All accounts that one connection wants to be there and active (D4). A row begins when a run finds the person active and
 * in scope, and ends when the first stage of their leaving is carried out; pausing or failing ends nothing.
 */
export interface AccountGrants {
  readonly connection: string
  readonly accountIds: readonly string[]
}

/** What one connection delivered in its last good read: accounts by attribute of the target (D4). */
export interface Deliveries {
  readonly connection: string
  readonly accountIds: Readonly<Record<string, readonly string[]>>
}

/** In which accounts the last one to write an attribute was this connection; side by side with a mark of each value (D21). */
export interface WrittenValues {
  readonly connection: string
  readonly attribute: string
  readonly accountIds: readonly string[]
  readonly marks: readonly number[]
}

/**
 * A number by which a value is recognised without being kept (FNV-1a, 32 bits). Letter case does not count in what people
 * sign in with.
 */
export function markOf(attribute: string, value: string): number {
  const text = attribute === 'email' || attribute === 'userName' ? foldKey(value) : value
  let mark = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193)
  return mark | 0
}

/** Who had which group until a leaver stage took it, where no source had given it: offered on return (P10). */
export interface TakenMemberships {
  readonly groupId: string
  readonly accountIds: readonly string[]
}

/** The rule under which such a membership is given back; it ends only with the person. */
export const givenBackRule = 'given back'

/** The rule under which a person lets a connection vouch for a membership; it ends only with the person. */
export const adoptedRule = 'adopted by decision'

/** A deactivation that we made and may therefore reverse (D8). */
export interface Deactivation {
  readonly accountId: string
  readonly connection: string
  /** Suspended in this directory, switched off as a whole, or one after the other. */
  readonly how: 'suspended' | 'disabled' | 'both'
  readonly since: Instant
}

export const departureSignals = ['disabled', 'left-source', 'left-scope', 'left-by-rule'] as const
/**
 * `disabled` follows `onDisabled`; the others follow `onLeft`. `left-by-rule`: a changed rule left the person out, not what
 * the source says about them (P4).
 */
export type DepartureSignal = (typeof departureSignals)[number]

/** A leaver, first proven by a complete read at that time (D7). */
export interface Departure {
  readonly sourceKey: string
  readonly signal: DepartureSignal
  readonly firstProvenAt: Instant
}

/** Figures about a whole directory, for a memory that holds only some people of it. */
export interface MemoryTotals {
  /** Links of this connection's source. */
  readonly links: number
  /** Rows of the ledger that are this connection's. */
  readonly grants: number
  /** Ids of the groups in which this connection vouches for anybody, by the rule it does so under. */
  readonly groupsByRule: ReadonlyMap<string, readonly string[]>
}

/** What Muster remembers about a connection and its directory, as the planner needs it. */
export interface Memory {
  /** Links of every source into this directory. */
  readonly links: readonly Link[]
  /** Group links of this connection's source into this directory. */
  readonly groupLinks: readonly GroupLink[]
  /** The ledger of this directory, all connections. */
  readonly grants: readonly GroupGrants[]
  /** The ledger of product access in this directory, all connections. */
  readonly access: readonly AccessGrants[]
  /** Custom attributes as we last wrote them, all connections. */
  readonly custom: readonly CustomValues[]
  /** Who vouches for the accounts of this directory, all connections. */
  readonly accountGrants: readonly AccountGrants[]
  /**
   * What connections deliver, one entry each; absent = its last good read was made while no other connection wrote here,
   * so nobody noted it.
   */
  readonly deliveries: readonly Deliveries[]
  readonly written: readonly WrittenValues[]
  /** What leaver stages of this connection took and nobody gave back. */
  readonly taken: readonly TakenMemberships[]
  readonly deactivations: readonly Deactivation[]
  /** What people decided about persons and groups of this connection's source in this directory, and still stands. */
  readonly decisions: readonly Decision[]
  /** What people decided about single memberships, accounts and values of this directory, beside the rules of connections. */
  readonly exceptions: readonly Exception[]
  /** Departures of this connection's people. */
  readonly departures: readonly Departure[]
  /**
   * What runs of this connection applied in the last 24 hours without a person's approval, for the limits: by kind, and
   * beside it `membership.remove:<groupId>`, `membership.add:<groupId>` and `account.update:identity`.
   */
  readonly appliedLastDay: Readonly<Partial<Record<string, number>>>
  /**
   * Written less than 5 minutes ago and perhaps not visible yet (D24): `create:<sourceKey>`, `add:<group>:<account>` and
   * `remove:<group>:<account>`, `grant:<product> <role>:<account>` and `revoke:<product> <role>:<account>`.
   */
  readonly settling: ReadonlySet<string>
  /** Absent = everything is here and can be counted. */
  readonly totals?: MemoryTotals
}

/** What a finished change teaches; written in the same transaction as its outcome. */
export type Lesson =
  | {
      readonly lesson: 'link'
      readonly source: string
      readonly sourceKey: string
      readonly accountId: string
      readonly how: Link['how']
    }
  | { readonly lesson: 'unlink'; readonly source: string; readonly sourceKey: string; readonly accountId: string }
  | { readonly lesson: 'vouch'; readonly source: string; readonly sourceKey: string; readonly accountId: string }
  | { readonly lesson: 'unvouch'; readonly accountId: string }
  | {
      readonly lesson: 'value'
      readonly accountId: string
      readonly attribute: string
      /** Null = emptied. */
      readonly value: string | null
      /** `set-back` by an undo: it is ours again only if it was ours when it last stood. */
      readonly how: 'written' | 'set-back'
    }
  | {
      readonly lesson: 'group-link'
      readonly source: string
      readonly groupKey: string
      readonly rule: string
      readonly groupId: string
      readonly sourceName: string
      readonly name: string
    }
  | {
      readonly lesson: 'grant'
      readonly groupId: string
      readonly accountId: string
      readonly rule: string
      readonly how: Grant['how']
    }
  | { readonly lesson: 'ungrant'; readonly groupId: string; readonly accountId: string }
  /** What this very run ended goes on, as it was; where it ended nothing, nothing begins. */
  | { readonly lesson: 'regrant'; readonly groupId: string; readonly accountId: string }
  | { readonly lesson: 'taken'; readonly groupId: string; readonly accountId: string }
  | {
      readonly lesson: 'access'
      readonly accountId: string
      readonly access: AccessRole
      readonly rule: string
      readonly how: Grant['how']
    }
  | { readonly lesson: 'no-access'; readonly accountId: string; readonly access: AccessRole }
  /** Values by id; `null` = cleared. What is not named stays. */
  | { readonly lesson: 'custom'; readonly accountId: string; readonly values: Attributes }
  | { readonly lesson: 'member'; readonly groupId: string; readonly accountId: string; readonly present: boolean }
  | {
      readonly lesson: 'account'
      readonly accountId: string
      readonly label: string
      readonly state: 'active' | 'suspended' | 'disabled'
    }
  | { readonly lesson: 'group'; readonly groupId: string; readonly name: string }
  | { readonly lesson: 'deactivated'; readonly accountId: string; readonly how: 'suspended' | 'disabled' }
  | { readonly lesson: 'reactivated'; readonly accountId: string; readonly how: 'suspended' | 'disabled' }
