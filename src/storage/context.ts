import type { Instant } from '../domain/identity.ts'
import type { Database } from './database.ts'

/** What every repository is made of. */
export interface StorageContext {
  readonly database: Database
  readonly now: () => Instant
}
