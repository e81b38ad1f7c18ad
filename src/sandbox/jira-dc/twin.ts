import { effectiveMembers, type Group, isGranted, type User } from '../data-center/model.ts'
import type { ProductTwin } from '../data-center/product.ts'
import type { Projects } from './projects-state.ts'
import type { jiraDcVariants } from './variants.ts'

/** An application people need a seat of, e.g. `jira-software`. */
export interface Application {
  readonly key: string
  readonly name: string
  /** null = no limit. */
  seats: number | null
  readonly groups: Set<Group>
  readonly defaultGroups: Set<Group>
  /** Counts the changes. */
  changes: number
}

export interface JiraDcTwin extends ProductTwin<typeof jiraDcVariants> {
  readonly applications: readonly Application[]
  readonly projects: Projects
  /** Of users: key of the user -> key of the property -> JSON text. */
  readonly properties: Map<string, Map<string, string>>
}

export function isAdministrator(user: User): boolean {
  return isGranted(user, 'ADMINISTER') || isGranted(user, 'SYSTEM_ADMIN')
}

/** Active users that take a seat. */
export function usersOf({ groups }: Application): Set<User> {
  const users = new Set<User>()
  for (const group of groups) for (const user of effectiveMembers(group)) if (user.active) users.add(user)
  return users
}

export function hasSeat(application: Application): boolean {
  return application.seats === null || usersOf(application).size < application.seats
}
