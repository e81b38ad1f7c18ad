import type { ProvisioningError } from '../../../domain/errors.ts'
import type { Attributes, MemberRef, SourceGroup, SourceUser } from '../../../domain/identity.ts'

/** A person as a format tells them. `where` is `file:line`. */
export interface PersonRecord {
  readonly key: string
  readonly active: boolean
  readonly attributes: Attributes
  readonly where: string
  /** Other names by which members may be listed. */
  readonly login?: string | undefined
  readonly email?: string | undefined
  readonly dn?: string | undefined
}

export interface GroupRecord {
  readonly key: string
  readonly name: string
  readonly description?: string | undefined
  readonly where: string
  readonly dn?: string | undefined
  /** Members as written; undefined = this record does not say who its members are. */
  readonly members?: readonly RawMember[] | undefined
  /** Why the list of members is known to be cut. */
  readonly cut?: string | undefined
}

export interface RawMember {
  readonly text: string
  readonly kind?: MemberRef['kind'] | undefined
}

/** Everything one read of the files told. */
export interface FileRead {
  readonly users: readonly SourceUser[]
  readonly groups: readonly SourceGroup[]
  readonly memberships: number
  readonly unknownMembers: number
  readonly incompleteMembers: ReadonlyMap<string, ProvisioningError>
  readonly notices: readonly string[]
  /** How columns and records were understood, for the doctor. */
  readonly understood: readonly string[]
  readonly weakIds: readonly string[]
  /** Present = nothing was told about groups at all. */
  readonly groupsUntold?: ProvisioningError
}
