import type { AccessRole } from './access.ts'
import type { WriteKind } from './change.ts'
import type { Attributes, Instant } from './identity.ts'

/** `suspended`: no access in this directory, reversible. `disabled`: the whole account is switched off. */
export type AccountState = 'active' | 'suspended' | 'disabled'

/** An account as the target tells it. */
export interface TargetAccount {
  /** Immutable id in the target's directory. */
  readonly id: string
  /** Only a `person` is ever touched. */
  readonly kind: 'person' | 'app' | 'customer' | 'unknown'
  readonly state: AccountState
  readonly userName?: string
  /** Absent = the target does not show it to us (hidden by the person), which is not the same as having none. */
  readonly email?: string
  readonly displayName?: string
  /** The source key that we, or the identity provider, left in the target (SCIM externalId, our user property). */
  readonly externalId?: string
  /** The organization owns the account's mail domain; absent = the target cannot tell. */
  readonly managed?: boolean
  /** Present = this account must not be written, and why (synced, read-only directory, our own credential). */
  readonly readOnlyBecause?: string
  /** Kinds of write this account does not take although others do, and why (a profile the organization does not own). */
  readonly refuses?: Readonly<Partial<Record<WriteKind, string>>>
  /** True for the account our own credential belongs to. */
  readonly own?: boolean
  readonly attributes?: Attributes
  /** Values of our custom attributes, by id, where a read of many accounts shows them (D12). */
  readonly custom?: Attributes
  /**
   * Roles in products given to the account itself, not through a group; absent = this read does not show them. A read of
   * the whole directory need not: the planner then goes by groups and by what we gave.
   */
  readonly access?: readonly AccessRole[]
  /** Somebody asked for the deletion of the account; it is still shown and will be gone. */
  readonly toBeDeleted?: boolean
  /** Ids of the groups this account is in; only where the target delivers memberships with accounts. */
  readonly memberOf?: readonly string[]
}

/** A group as the target tells it. */
export interface TargetGroup {
  /** Immutable id in the target's directory; survives a rename. */
  readonly id: string
  readonly name: string
  readonly description?: string
  /** Present = memberships cannot be written, and why (synced from an identity provider, not modifiable). */
  readonly readOnlyBecause?: string
  /** The target itself says that members of this group administer something. */
  readonly grantsAdmin: boolean
  /** What members of this group may use; absent = the target cannot tell. */
  readonly grantsAccess?: readonly AccessRole[]
  /** Ids of direct members; only where the target delivers memberships with groups. */
  readonly members?: readonly string[]
}

/** What a target can write on an account, and where people will see it (semantics D27). */
export interface WritableAttribute {
  readonly name: string
  /** Must be set when an account is created. */
  readonly required: boolean
  /** `create` = only while creating. */
  readonly when: 'create' | 'always'
  /** Only accounts the organization manages take it: of new ones those whose address is in one of its domains. */
  readonly managedOnly?: boolean
  /** Longest text the target takes, in characters; absent = it does not say. */
  readonly maxLength?: number
  /** One line for the mapping editor: where people will see the value. */
  readonly seen: string
}

/** Where a target keeps custom attributes (D12, D27). */
export interface CustomAttributePlace {
  /** One line for the mapping editor: where people will see the values. */
  readonly seen: string
  /** Nobody sees the values in the product itself: a mapping to them is warned about. */
  readonly hidden?: true
  /** Most bytes of one account, as UTF-8 of the JSON text of all values by id. */
  readonly bytesAtMost: number
}

/** The mark by which one Muster tells another that it writes to this directory (D12). */
export interface FenceMark {
  readonly instanceId: string
  readonly since: Instant
}
