import type { Connection } from '../domain/connection.ts'
import type { ConnectorVersions, SettingsVersions } from '../domain/snapshot.ts'
import type { Source } from '../ports/source.ts'
import type { Target } from '../ports/target.ts'
import type { OtherConnection } from './planner/input.ts'

/** Settings then and now. */
export interface SettingsChange {
  /** One sentence for each setting; secrets are never shown. Empty when nothing that matters for a plan was changed. */
  readonly changes: readonly string[]
  /** Two people were asked for, and what says so, or whether anybody is asked, was changed: then also an empty plan waits. */
  readonly secondPerson?: boolean
  /** The rules of the connection then, if they were others, can still be read, and joined the same source and target. */
  readonly former?: Connection
}

/** A connection with both ends ready to be opened; made by the app from configuration, secrets and catalog. */
export interface OpenConnection {
  readonly connection: Connection
  readonly settings: SettingsVersions
  readonly connectors: ConnectorVersions
  /** What was changed in the settings since those versions. */
  changedSince(past: SettingsVersions): Promise<SettingsChange>
  /** All other connections into the directory of the target, from whatever source; the directory is known by now. */
  others(directoryKey: string): Promise<readonly OtherConnection[]>
  openSource(): Source
  openTarget(): Target
}

/** Where the runner gets connections from. Throws `not-found`, `config-invalid` (missing secret, unknown type). */
export interface Connections {
  open(key: string): Promise<OpenConnection>
}
