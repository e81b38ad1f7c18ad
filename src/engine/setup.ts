import type { Connection } from '../domain/connection.ts'
import type { Source } from '../ports/source.ts'
import type { Target } from '../ports/target.ts'
import type { OtherConnection } from './planner/input.ts'

/** A connection with both ends ready to be opened; made by the app from configuration, secrets and catalog. */
export interface OpenConnection {
  readonly connection: Connection
  /** All other connections into the directory of the target, from whatever source; the directory is known by now. */
  others(directoryKey: string): Promise<readonly OtherConnection[]>
  openSource(): Source
  openTarget(): Target
}

/** Where the runner gets connections from. Throws `not-found`, `config-invalid` (missing secret, unknown type). */
export interface Connections {
  open(key: string): Promise<OpenConnection>
}
