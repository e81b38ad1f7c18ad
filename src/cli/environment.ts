import type { FetchLike } from '../contract/client.ts'
import type { Problem } from '../domain/errors.ts'

/**
 * What the program hands to the command line. A command takes everything from here: it never asks `process`, opens no
 * store and knows no server, so that a test can run it with buffers and any `fetch`.
 *
 *     runCli(argv, environment): Promise<number>   // the exit code; argv without node and script
 */
export interface CliEnvironment {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  /** Reads all of standard input, for values that must not stand in the command line. At most 1 MB. */
  readStdin(): Promise<string>
  /** Environment variables; commands read MUSTER_URL, MUSTER_TOKEN, MUSTER_CONFIG, MUSTER_DATA_DIR, NO_COLOR. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Working folder; relative paths are meant from here. */
  readonly cwd: string
  readonly version: string
  readonly now: () => number
  /** Aborted by the first SIGINT or SIGTERM; a command then ends with `cancelled` (exit 130). A second one ends the process. */
  readonly signal: AbortSignal
  readonly files: Files
  readonly configuration: ConfigurationFiles
  /** Opens the admin API; nothing is opened before, so that `--help` and `validate FILE` need no store. */
  open(options: OpenOptions): Promise<OpenApi>
  readonly starters: Starters
}

export interface TextOutput {
  write(text: string): void
  /** Colours, progress bars and questions only where this is true. */
  readonly isTty: boolean
  /** Columns of the terminal; 80 where unknown. */
  readonly columns: number
}

export interface Files {
  /** Throws `usage` naming the path when it cannot be read. */
  readText(path: string): Promise<string>
  /** Writes a new file, or replaces one when `replace` is set; else throws `usage`. Mode 0600 when `secret`. */
  writeText(
    path: string,
    text: string,
    options?: { readonly replace?: boolean; readonly secret?: boolean },
  ): Promise<void>
}

/** Where the API is. `url` wins; else the data directory (or DATABASE_URL) is opened in this process. */
export interface OpenOptions {
  /** `--url` or MUSTER_URL: a running server, possibly elsewhere. Needs a token. */
  readonly url?: string | undefined
  /** `--token` is not offered: a secret in the command line is seen by everybody. From MUSTER_TOKEN or a file. */
  readonly token?: string | undefined
  /** `--config` or MUSTER_CONFIG: applied before anything else; the file is the truth for what it names. */
  readonly config?: string | undefined
  /** `--data-dir`; absent = MUSTER_DATA_DIR, else $XDG_DATA_HOME/muster, else ~/.local/share/muster. */
  readonly dataDir?: string | undefined
  /** Told what a person should know meanwhile: waiting for a lock, staying for processes that joined our store. */
  readonly notice?: ((text: string) => void) | undefined
}

export interface OpenApi {
  /** For `createClient({ fetch, baseUrl, token })`. */
  readonly fetch: FetchLike
  readonly baseUrl: string
  readonly token?: string | undefined
  /**
   * Where a run started through this API goes on. `here`: in this process, so the command must wait for its end (watch
   * `client.runs.events`) before `close`; `server`: it goes on without us.
   */
  readonly runsLive: 'here' | 'server'
  /** For messages: `https://muster.example` or `data directory /var/lib/muster`. */
  readonly where: string
  /** Stops what this process runs between two writes (at most 30 s) and closes the store. Never throws. */
  close(): Promise<void>
}

export interface ConfigurationFiles {
  /** Everything wrong with the file, each with `file:line:column`; needs no store. Empty = valid. Throws `usage` when unreadable. */
  validate(path: string): Promise<readonly Problem[]>
  /** What the file names, for a summary such as `2 sources, 1 target, 3 connections`. Throws `config-invalid` with all problems. */
  describe(path: string): Promise<{
    readonly sources: readonly string[]
    readonly targets: readonly string[]
    readonly connections: readonly string[]
    /** Rules that are legal and surely not meant. */
    readonly warnings: readonly Problem[]
  }>
}

/** What starts something that stays, or works on the whole store. Each prints through `report` and resolves at its end. */
export interface Starters {
  /** API, metrics and scheduler until the signal. */
  serve(options: ServeOptions): Promise<void>
  /** Sandbox, sample directory and server, all in a fresh or given data directory, until the signal. */
  demo(options: DemoOptions): Promise<void>
  /** Only the twin of Atlassian, or of one of its products, until the signal. */
  sandbox(options: SandboxOptions): Promise<void>
  /**
   * What the documents leave open about Atlassian or the product, with every answer the twin can give; the first is the
   * default. Throws `usage` when there is no such product.
   */
  sandboxVariants(product?: string): readonly SandboxVariant[]
  /** Whole state into one file. Returns what was written. */
  backup(options: StoreOptions & { readonly file: string }): Promise<{ readonly rows: number; readonly bytes: number }>
  /** Whole state from a file into an empty store; into one that holds something only with `replace`. */
  restore(
    options: StoreOptions & { readonly file: string; readonly replace?: boolean | undefined },
  ): Promise<{ readonly rows: number }>
}

export type StoreOptions = Pick<OpenOptions, 'dataDir' | 'notice'>

export interface ServeOptions extends Pick<OpenOptions, 'config' | 'dataDir' | 'notice'> {
  /** `host:port`; wins over the file. */
  readonly listen?: string | undefined
  /** Shorthand for `127.0.0.1:<port>`; 0 = any free port. */
  readonly port?: number | undefined
  readonly insecureHttp?: boolean | undefined
  /** Called once when requests are answered. */
  readonly ready: (started: {
    readonly url: string
    readonly dataDir: string
    readonly notes: readonly string[]
  }) => void
}

export interface DemoOptions {
  /** Absent = a fresh folder, removed with everything in it at the end. */
  readonly dataDir?: string | undefined
  readonly port?: number | undefined
  /** `small`, or a number of people. */
  readonly company?: string | undefined
  /** Ends the demo as the process's signal does. */
  readonly signal?: AbortSignal | undefined
  /** Called once when everything answers; the demo goes on until the signal meanwhile. */
  readonly ready: (started: DemoStarted) => void
}

export interface DemoStarted {
  readonly url: string
  /** Signs a browser in, once. */
  readonly signInUrl: string
  readonly sandboxUrl: string
  readonly dataDir: string
  /** The configuration file that was written. */
  readonly config: string
  /** The directory server that the source of `connection` reads; made up like everything in it. */
  readonly directory: {
    readonly url: string
    readonly bindDn: string
    readonly password: string
    readonly baseDn: string
  }
  /** Whom it holds at the start. */
  readonly company: DemoCompany
  /** The door of the server that was started; closed by the demo itself. */
  readonly api: OpenApi
  /** Key of the connection that can be tried. */
  readonly connection: string
  readonly notes: readonly string[]
}

/** The people and groups of the sample company, as far as the story of the demo needs them. */
export interface DemoCompany {
  readonly people: readonly DemoPerson[]
  readonly groups: readonly { readonly name: string; readonly members: readonly DemoMember[] }[]
}

export interface DemoPerson {
  readonly id: string
  readonly login: string
  readonly mail: string
  readonly givenName: string
  readonly surname: string
  readonly displayName: string
  readonly department: string
  readonly title: string
  /** Id of another person. */
  readonly manager?: string
  readonly active: boolean
}

type DemoMember = { readonly user: string } | { readonly group: string }

export interface SandboxVariant {
  readonly name: string
  readonly values: readonly string[]
  readonly meaning: string
  /** Where the documents speak of it. */
  readonly source: string
}

export interface SandboxOptions {
  /** A product of its own, e.g. `jira-dc`, instead of the organization in the cloud. */
  readonly product?: string | undefined
  /** Version of that product. */
  readonly productVersion?: string | undefined
  readonly port?: number | undefined
  /** `small`, or a number of people. */
  readonly company?: string | undefined
  /** `name=value` each. */
  readonly variants?: readonly string[] | undefined
  /** `fresh`, or `ten-years` of hand work. */
  readonly target?: string | undefined
  /** What the site has more, or has otherwise. */
  readonly shape?: Readonly<Partial<Record<'seats' | 'projects' | 'directories' | 'organizations', number>>> | undefined
  /** Every call takes at least so long. */
  readonly latencyMs?: number | undefined
  /** Calls per second before the twin answers 429. */
  readonly rateLimit?: number | undefined
  /** Serves the company's directory over LDAP as well; ports left out are any free ones. */
  readonly ldap?:
    | {
        readonly flavour?: string | undefined
        readonly port?: number | undefined
        readonly tlsPort?: number | undefined
      }
    | undefined
  /** URLs and made-up credentials, as the sandbox names them; the command prints them as text or JSON. */
  readonly ready: (started: Readonly<Record<string, unknown>>) => void
}
