import type { Instant } from '../domain/identity.ts'
import type { PageRequest, Slice } from './paging.ts'

export type ConfigKind = 'source' | 'target' | 'connection'

/** A channel people are told through, by its name; how people sign in by an identity provider, of the one key `oidc`. */
export type SettingKind = 'channel' | 'sign-in'

/** One saved object. `document` is what the administrator wrote (before defaults), secrets as references. */
export interface ConfigObject<Kind extends ConfigKind | SettingKind = ConfigKind> {
  readonly kind: Kind
  readonly key: string
  readonly version: number
  readonly document: Readonly<Record<string, unknown>>
  /** `file` = named in the configuration file, read-only elsewhere. */
  readonly owner: 'file' | 'store'
  readonly savedAt: Instant
  readonly savedBy: string
}

export interface SavedWith {
  /** The version that was edited; 0 = there was none in use. Absent: whatever is in use is replaced. */
  readonly basedOn?: number | undefined
  /** Sealed secrets of the object (`SecretStore`, owner `kind:key`): saved with it or not at all. */
  readonly secrets?: {
    readonly put: ReadonlyMap<string, { readonly value: string; readonly expires?: Instant | undefined }>
    /** Of those sealed before, the fields that stay; all others are removed. */
    readonly keep: readonly string[]
  }
}

/** What administrators saved of each kind, every version of it (D17). */
export interface ConfigurationStore<Kind extends ConfigKind | SettingKind = ConfigKind> {
  list(): Promise<readonly ConfigObject<Kind>[]>
  get(kind: Kind, key: string): Promise<ConfigObject<Kind> | undefined>
  /**
   * Saves a new version unless the document is equal to the current one; every version is kept. Returns the current one.
   * Throws `conflict` when another version than the one that was edited is in use; then nothing is saved, no secret either.
   */
  save(object: Omit<ConfigObject<Kind>, 'version' | 'savedAt'>, more?: SavedWith): Promise<ConfigObject<Kind>>
  /** Throws the `conflict` of `save` when another version than this one is in use; saves nothing. */
  refuseOvertaken(kind: Kind, key: string, basedOn: number | undefined): Promise<void>
  /**
   * Takes the object out of use, with its sealed secrets. Its versions stay, and links and ledger too: what a removed connection granted counts for
   * nobody until one of the same name is saved again. Pending departures are forgotten, so that such a one begins anew.
   */
  remove(kind: Kind, key: string, by: string): Promise<void>
  /** Every saved version, the newest first. */
  history(kind: Kind, key: string): Promise<readonly ConfigObject<Kind>[]>
  /** The same in pages. */
  versions(kind: Kind, key: string, page: PageRequest): Promise<Slice<ConfigObject<Kind>>>
}
