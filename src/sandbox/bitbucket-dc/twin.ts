import { effectiveGroups, type Group, type User } from '../data-center/model.ts'
import type { ProductTwin } from '../data-center/product.ts'
import type { bitbucketDcVariants } from './variants.ts'

/** Global permissions, the higher ones hold the lower ones. */
export const permissions = ['LICENSED_USER', 'PROJECT_CREATE', 'ADMIN', 'SYS_ADMIN'] as const
export type Permission = (typeof permissions)[number]

export interface BitbucketDcTwin extends ProductTwin<typeof bitbucketDcVariants> {
  /** Permissions given to a user, not through a group. */
  readonly direct: Map<User, Permission>
  /** Users the licence allows; null = no limit. */
  seats: number | null
  hasMailServer: boolean
}

/** 0 = none, 4 = SYS_ADMIN. */
export function rank(permission: Permission | undefined): number {
  return permission === undefined ? 0 : permissions.indexOf(permission) + 1
}

/** The highest permission the group gives. */
export function permissionOf({ grants }: Group): Permission | undefined {
  return permissions.findLast((permission) => grants.has(permission))
}

/** The highest permission of a user, their own or by a group; `without` is left out of account. */
export function rankOf({ direct }: BitbucketDcTwin, user: User, without?: Group): number {
  const groups = [...effectiveGroups(user)].filter((group) => group !== without)
  return Math.max(rank(direct.get(user)), ...groups.map((group) => rank(permissionOf(group))))
}

export function isLicensed(twin: BitbucketDcTwin, user: User): boolean {
  return user.active && rankOf(twin, user) >= rank('LICENSED_USER')
}

/** Whether so many more users may get a seat. */
export function hasSeats(twin: BitbucketDcTwin, more: number): boolean {
  return twin.seats === null || licensedUsers(twin).length + more <= twin.seats
}

export function licensedUsers(twin: BitbucketDcTwin): User[] {
  return twin.store.users.filter((user) => isLicensed(twin, user))
}
