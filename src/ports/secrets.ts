import type { Instant } from '../domain/identity.ts'

/** Secrets that Muster keeps itself, sealed with the master key (D15). */
export interface SecretStore {
  /** Seals and saves; `owner` is e.g. `target:acme`, `field` e.g. `apiToken`. */
  put(owner: string, field: string, value: string, expires?: Instant): Promise<void>
  /** Undefined when not set, or when it was sealed under a master key that is lost (then `lost` lists it). */
  get(owner: string, field: string): Promise<string | undefined>
  list(): Promise<
    readonly {
      readonly owner: string
      readonly field: string
      readonly readable: boolean
      readonly expires?: Instant
    }[]
  >
  remove(owner: string, field: string): Promise<void>
  /** Seals everything readable under a new master key. Returns how many. */
  rotate(): Promise<number>
}
