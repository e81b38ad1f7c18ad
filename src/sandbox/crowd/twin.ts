import type { UserDirectory } from '../data-center/model.ts'
import type { ProductTwin } from '../data-center/product.ts'
import type { crowdVariants } from './variants.ts'

/** What an application may do in a directory it is mapped to. */
export const permissions = [
  'create-user',
  'update-user',
  'delete-user',
  'update-user-attribute',
  'create-group',
  'update-group',
  'delete-group',
  'update-group-attribute',
] as const

export type Permission = (typeof permissions)[number]

/** A client of Crowd, with a name and a password of its own. */
export interface Application {
  readonly name: string
  readonly password: string
  /** False = the caller's address is not among its remote addresses. */
  isAddressKnown: boolean
  isRevoked: boolean
  readonly allowed: Map<UserDirectory, Set<Permission>>
}

export interface CrowdTwin extends ProductTwin<typeof crowdVariants> {
  readonly applications: readonly Application[]
}
