import type { Instant } from '../domain/identity.ts'
import type { LocalDirectory } from './local-directory.ts'
import type { PushDirectory } from './push-directory.ts'
import type { Target } from './target.ts'

/** What the program hands to every connector. */
export interface ConnectorContext {
  /** Key of the configured source or target, for messages. */
  readonly key: string
  readonly now: () => Instant
  /** Waits on the same clock; rejects with the signal's reason. Absent = the machine's clock. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Constant message plus fields; redaction happens behind it. */
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Relative paths in settings are meant from here: the folder of the configuration file, else the working folder. */
  readonly baseDir: string
  /** The built-in directory, for the source `local`. */
  readonly localDirectory: LocalDirectory
  /** What identity providers pushed, for the source `scim-push`; absent where nothing can be pushed. */
  readonly pushDirectory?: PushDirectory
  /**
   * A target of this installation with its own settings and secrets, for the source `target`; whoever opens it closes it.
   * Throws `not-found`, `config-invalid`. Absent where nothing can be opened.
   */
  readonly openTarget?: (key: string) => Promise<Target>
  /** Stable id of this installation (D12). */
  readonly instanceId: string
}
