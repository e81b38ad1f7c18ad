import type { WriteKind } from './change.ts'
import type { Attributes } from './identity.ts'

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
  /** Products whose use this group grants, by the target's own keys; absent = the target cannot tell. */
  readonly grantsAccess?: readonly string[]
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
  /** One line for the mapping editor: where people will see the value. */
  readonly seen: string
}
