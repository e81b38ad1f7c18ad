import { isGranted, type User } from '../data-center/model.ts'
import type { ProductTwin } from '../data-center/product.ts'
import type { confluenceDcVariants } from './variants.ts'

/** Global permissions as `targetType operationKey`. */
export const globalPermissions = [
  'application use',
  'application administer',
  'system administer',
  'space create',
  'userProfile update',
] as const

export interface ConfluenceDcTwin extends ProductTwin<typeof confluenceDcVariants> {
  /** Users the licence allows; null = no limit. */
  seats: number | null
}

export function isLicensed(user: User): boolean {
  return user.active && isGranted(user, 'application use')
}

export function isAdministrator(user: User): boolean {
  return isGranted(user, 'application administer') || isGranted(user, 'system administer')
}

export function hasSeat({ store, seats }: ConfluenceDcTwin): boolean {
  return seats === null || store.users.filter(isLicensed).length < seats
}
