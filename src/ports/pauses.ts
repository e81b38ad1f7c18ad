import type { Instant } from '../domain/identity.ts'

/** A connection that a person paused. */
export interface Pause {
  readonly connection: string
  readonly since: Instant
  readonly by: string
  readonly why?: string
}

/** Connections that a person paused. */
export interface PauseStore {
  list(): Promise<readonly Pause[]>
  get(connection: string): Promise<Pause | undefined>
  /** False when it was paused already; then nothing changes. */
  pause(connection: string, by: string, why: string | undefined): Promise<boolean>
  /** False when it was not paused. */
  resume(connection: string): Promise<boolean>
}
