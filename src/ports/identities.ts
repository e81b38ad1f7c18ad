import type { Instant } from '../domain/identity.ts'
import type { PageRequest, Slice } from './paging.ts'

/** Two names under which one person acts. */
export interface SamePerson {
  readonly id: string
  readonly one: string
  readonly other: string
  readonly linkedAt: Instant
  readonly linkedBy: string
}

/** Which names belong to one person, as an administrator said; names as `personBehind` tells them. */
export interface IdentityStore {
  list(page: PageRequest): Promise<Slice<SamePerson>>
  /** Undefined when that stands already. */
  link(one: string, other: string, by: string): Promise<SamePerson | undefined>
  /** What stood until now; undefined when nothing of that number did. */
  unlink(id: string, by: string): Promise<SamePerson | undefined>
  /** All that stand, and those that stood at or after an instant. */
  pairsSince(since: Instant): Promise<readonly (readonly [string, string])[]>
}
