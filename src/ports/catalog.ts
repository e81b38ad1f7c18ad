import type { z } from 'zod'
import type { ConnectorContext } from './connector-context.ts'
import type { PushSettings } from './push-directory.ts'
import type { Source } from './source.ts'
import type { Target } from './target.ts'

/** How an identity provider is told to send, or is made readable; products change their words. */
export interface ProviderSetUp {
  /** Small letters and digits; the same for a provider that is read and sends. */
  readonly key: string
  readonly title: string
  readonly steps: readonly SetUpStep[]
  /** The rights reading needs, as the provider calls them. Only where Muster reads. */
  readonly rights?: readonly string[]
  /** Which of our settings takes what of the provider's. Only where Muster reads. */
  readonly fields?: readonly { readonly field: string; readonly setting: string }[]
  /** What a source for this provider begins with beside its type: `{ preset: 'onelogin' }`. */
  readonly begin?: Readonly<Record<string, string>>
  /** What is good to know beside the steps. */
  readonly notes: readonly string[]
  /** Public pages to compare the words with: not a claim that they stand there, or that each was read. */
  readonly compareWith: readonly string[]
  /** What was not held against a page of the provider or its console. */
  readonly unverified: readonly string[]
}

export interface SetUpStep {
  readonly text: string
  /** What is entered; `{baseUrl}` and `{token}` in a value stand for those of the source. */
  readonly fields?: readonly { readonly field: string; readonly value: string }[]
}

/** A kind of source or target: what its settings are and how to open one. */
interface ConnectorKind<Opened> {
  readonly type: string
  /** Raised whenever it could read or write differently with the same settings; the next run is a preview (D16). */
  readonly version: number
  readonly title: string
  /** One sentence for the gallery. */
  readonly summary: string
  /** Settings without `type` and `displayName`; every field made by `field()` or `secret()` of the kit. */
  readonly config: z.ZodObject
  /** Settings parsed by `config`, secrets resolved to `Secret`. Opens nothing yet; throws only `config-invalid`. */
  connect(config: Record<string, unknown>, context: ConnectorContext): Opened
}

export interface SourceKind extends ConnectorKind<Source> {
  /** Only of sources that send: settings parsed by `config` as the receiving server needs them. */
  readonly push?: (config: Record<string, unknown>) => PushSettings
  /** Only of sources that read a target of this installation: its key. */
  readonly reads?: (config: Record<string, unknown>) => string
  /** How it is set up at each identity provider: told to send where `push` is there, else made readable. */
  readonly providers?: readonly ProviderSetUp[]
}
export interface TargetKind extends ConnectorKind<Target> {
  /** Only of targets that write to a source of ours: its key. */
  readonly fills?: (config: Record<string, unknown>) => string
}

/** Which connectors exist. */
export interface Catalog {
  readonly sources: readonly SourceKind[]
  readonly targets: readonly TargetKind[]
}
