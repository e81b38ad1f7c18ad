import { type CallOptions, type Client, createClient } from '../contract/client.ts'
import { fail } from '../domain/errors.ts'
import type { CliEnvironment, OpenApi, OpenOptions } from './environment.ts'
import type { GlobalValues } from './global-values.ts'
import type { Output } from './output.ts'

const reportTimeoutMs = 30_000

/** The admin API as one command uses it; opened when first needed, closed when the command ends. */
export class Session {
  readonly #environment: CliEnvironment
  readonly #globals: GlobalValues
  readonly #output: Output
  #opening: Promise<OpenApi> | undefined
  #client: Client | undefined

  constructor(environment: CliEnvironment, globals: GlobalValues, output: Output) {
    this.#environment = environment
    this.#globals = globals
    this.#output = output
  }

  /** The client; opens the data directory or names the server on first use. */
  async client(): Promise<Client> {
    if (this.#client === undefined) {
      const { fetch, baseUrl, token } = await this.api()
      // A call that is stopped before it begins never reaches the server.
      const unlessStopped: typeof fetch = async (url, init) => {
        init.signal?.throwIfAborted()
        return fetch(url, init)
      }
      this.#client = createClient({ fetch: unlessStopped, baseUrl, token })
    }
    return this.#client
  }

  /** Ends a call that waits when the person stops the command. */
  get call(): CallOptions {
    return { signal: this.#environment.signal }
  }

  /** For the report about what was just stopped: goes on after the person's signal, but not for ever. */
  get lastCall(): CallOptions {
    return { signal: AbortSignal.timeout(reportTimeoutMs) }
  }

  async api(): Promise<OpenApi> {
    this.#environment.signal.throwIfAborted()
    this.#opening ??= this.#open()
    return this.#opening
  }

  async close(): Promise<void> {
    const api = await this.#opening?.catch(() => undefined)
    await api?.close()
  }

  /** The configuration file that was named, if any. */
  get configFile(): string | undefined {
    return this.#globals.config ?? this.#variable('MUSTER_CONFIG')
  }

  get dataDir(): string | undefined {
    return this.#globals.dataDir ?? this.#variable('MUSTER_DATA_DIR')
  }

  /** For the demo: the folder only where it was typed, because whatever the environment names is somebody's own. */
  demoFolder(): string | undefined {
    const { config, dataDir } = this.#globals
    this.localOptions('demo')
    if (config !== undefined) {
      throw fail.usage('The demo writes its own configuration.', { hint: 'Leave --config away.' })
    }
    return dataDir
  }

  /** For what works on this machine only, e.g. `serve`. Throws `usage` when --url was given. */
  localOptions(what: string): Pick<OpenOptions, 'config' | 'dataDir' | 'notice'> {
    if (this.#globals.url !== undefined) {
      throw fail.usage(`\`muster ${what}\` works on a data directory, not on a running server.`, {
        hint: 'Leave --url away, and run it on the machine that holds the data.',
      })
    }
    return { config: this.configFile, dataDir: this.dataDir, notice: this.notice }
  }

  readonly notice = (text: string): void => this.#output.note(text)

  async #open(): Promise<OpenApi> {
    const url = this.#globals.url ?? (this.#globals.dataDir === undefined ? this.#variable('MUSTER_URL') : undefined)
    if (url === undefined) {
      return this.#environment.open({ config: this.configFile, dataDir: this.dataDir, notice: this.notice })
    }
    for (const [name, given] of [
      ['--config', this.#globals.config],
      ['--data-dir', this.#globals.dataDir],
    ] as const) {
      if (given !== undefined) {
        throw fail.usage(`--url and ${name} do not go together: a running server has its own.`, {
          hint:
            name === '--config'
              ? 'To hand a file to the server: muster import <file> --url ...'
              : `Leave ${name} away.`,
        })
      }
    }
    return this.#environment.open({ url: checkedUrl(url), token: await this.#token(), notice: this.notice })
  }

  async #token(): Promise<string | undefined> {
    const file = this.#globals.tokenFile
    if (file === undefined) return this.#variable('MUSTER_TOKEN')
    const token = (await this.#environment.files.readText(file)).trim()
    if (/^\S+$/.test(token)) return token
    throw fail.usage(`The file ${file} does not hold a token: one line without blanks is expected.`, {
      hint: 'Make one with `muster token create` and save its value there.',
    })
  }

  #variable(name: string): string | undefined {
    const value = this.#environment.variables[name]
    return value === '' ? undefined : value
  }
}

function checkedUrl(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  throw fail.usage(`"${text}" is not the address of a server.`, { hint: 'Write it like http://127.0.0.1:8080.' })
}
