import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { asProvisioningError, fail, type Problem } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { LdapConfig } from './config.ts'
import { type RootEntry, readRootEntry } from './root-entry.ts'
import { type Layout, layoutOf } from './settings.ts'
import { bindError, connectError, endpointName, searchError } from './vendor-errors.ts'
import { type Endpoint, LdapConnection } from './wire/connection.ts'

/** A server that signed us in, what it says about itself, and how it is read. */
export interface Connected {
  readonly connection: LdapConnection
  readonly root: RootEntry
  readonly layout: Layout
}

/** Another host may be up; a wrong password stays wrong, and trying it everywhere would lock the account. */
const nextHostMayHelp: readonly string[] = ['unreachable', 'config-invalid']

/**
 * The connection of one read. Hosts are tried in their order; the read stays with the one that answered, since two
 * servers of one directory may differ for a moment.
 */
export class Session {
  readonly #config: LdapConfig
  readonly #context: ConnectorContext
  #connected: Connected | undefined
  #opening: Promise<Connected> | undefined
  #endpoints: Promise<readonly Endpoint[]> | undefined
  /** The host that answered last is tried first when its connection was lost. */
  #preferred: string | undefined
  readonly #notices = new Set<string>()
  readonly #pages = new Map<string, number>()

  constructor(config: LdapConfig, context: ConnectorContext) {
    this.#config = config
    this.#context = context
  }

  get context(): ConnectorContext {
    return this.#context
  }

  get config(): LdapConfig {
    return this.#config
  }

  /** How the directory is read; undefined while it is not known which kind it is. */
  get layout(): Layout | undefined {
    const { preset } = this.#config
    return this.#connected?.layout ?? (preset === 'auto' ? undefined : layoutOf(this.#config, preset))
  }

  /** Called for every page of a listing. */
  countPage(what: string): void {
    this.#pages.set(what, this.pagesOf(what) + 1)
  }

  pagesOf(what: string): number {
    return this.#pages.get(what) ?? 0
  }

  /** What a person should know about how the hosts answered. */
  notices(): readonly string[] {
    return [...this.#notices]
  }

  /** The open connection, or a new one. Throws `unreachable`, `auth-failed`, `config-invalid`, `cancelled`. */
  async connected(signal: AbortSignal): Promise<Connected> {
    refuseWhenStopped(signal)
    if (this.#connected?.connection.isOpen === true) return this.#connected
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = undefined
    })
    this.#connected = await this.#opening
    return this.#connected
  }

  /** Lets go of a connection that is of no use any more; the next call of `connected` makes a new one. */
  async drop(): Promise<void> {
    const connected = this.#connected
    this.#connected = undefined
    await connected?.connection.close()
  }

  /** All hosts with everything needed to connect. Throws `config-invalid` when the CA certificate cannot be read. */
  endpoints(): Promise<readonly Endpoint[]> {
    this.#endpoints ??= this.#makeEndpoints()
    return this.#endpoints
  }

  /** Connects to one host and signs in. Throws one of our errors. */
  async signIn(endpoint: Endpoint, signal: AbortSignal): Promise<LdapConnection> {
    const { bindDn, password } = this.#config
    // An empty password is an anonymous sign-in that succeeds and then shows nothing (RFC 4513 5.1.2).
    if (password.reveal() === '') {
      throw fail.configInvalid(
        'The password of the source is empty; a directory would take that for an anonymous visitor.',
        {
          hint: 'Enter the password of the reading account.',
        },
      )
    }
    const connection = await this.#attempt(signal, () => this.connect(endpoint, signal))
    try {
      await connection.bind(bindDn, password.reveal(), signal)
    } catch (thrown) {
      await connection.close()
      refuseWhenStopped(signal)
      throw bindError(thrown, endpoint, bindDn)
    }
    return connection
  }

  /** Connects without signing in. Throws one of our errors. */
  async connect(endpoint: Endpoint, signal: AbortSignal): Promise<LdapConnection> {
    try {
      return await LdapConnection.open(endpoint, signal)
    } catch (thrown) {
      refuseWhenStopped(signal)
      throw connectError(thrown, endpoint, this.#context.now())
    }
  }

  /** What the server says about itself decides how it is read. Throws one of our errors. */
  async acquaint(connection: LdapConnection, signal: AbortSignal): Promise<Connected> {
    const root = await this.#attempt(signal, () =>
      readRootEntry(connection, signal).catch((thrown: unknown) => {
        throw searchError(thrown, connection.endpoint, 'the root entry', '')
      }),
    )
    const { preset } = this.#config
    const layout = layoutOf(this.#config, preset === 'auto' ? (root.detected ?? 'generic') : preset)
    return { connection, root, layout }
  }

  async close(): Promise<void> {
    await this.drop()
  }

  async #open(signal: AbortSignal): Promise<Connected> {
    const problems: Problem[] = []
    const endpoints = (await this.endpoints()).toSorted(
      (one, other) => Number(other.host === this.#preferred) - Number(one.host === this.#preferred),
    )
    let first: unknown
    for (const endpoint of endpoints) {
      try {
        const connection = await this.signIn(endpoint, signal)
        const connected = await this.acquaint(connection, signal)
        for (const { where, message } of problems) {
          this.#notices.add(`${message} ${endpointName(endpoint)} was read instead of ${where}.`)
        }
        this.#preferred = endpoint.host
        this.#context.log('directory connected', { host: endpoint.host, port: endpoint.port })
        return connected
      } catch (thrown) {
        const error = asProvisioningError(thrown)
        if (!nextHostMayHelp.includes(error.code)) throw error
        first ??= error
        problems.push({
          where: endpointName(endpoint),
          message: error.message,
          ...(error.hint ? { hint: error.hint } : {}),
        })
      }
    }
    if (problems.length < 2) throw first
    throw fail.unreachable(`None of the ${problems.length} hosts can be used. ${problems[0]?.message ?? ''}`, {
      problems,
      cause: first,
      hint: 'Run muster check for this source: it tries every host step by step.',
    })
  }

  async #attempt<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (thrown) {
      refuseWhenStopped(signal)
      throw thrown
    }
  }

  async #makeEndpoints(): Promise<readonly Endpoint[]> {
    const { hosts, port, security, serverName, connectTimeoutSeconds, operationTimeoutSeconds } = this.#config
    const ca = await this.#caCertificate()
    return hosts.map((host) => ({
      host,
      port: port ?? (security === 'ldaps' ? 636 : 389),
      security,
      serverName,
      ca,
      connectTimeoutMs: connectTimeoutSeconds * 1000,
      operationTimeoutMs: operationTimeoutSeconds * 1000,
    }))
  }

  async #caCertificate(): Promise<string | undefined> {
    const given = this.#config.caCertificate
    if (given === undefined) return undefined
    const text = 'text' in given ? given.text : await this.#caFile(given.file)
    if (/-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(text)) return text
    const what = 'text' in given ? 'caCertificate.text' : `The file ${given.file}`
    throw fail.configInvalid(`${what} holds no certificate in PEM form.`, {
      hint: 'It begins with -----BEGIN CERTIFICATE-----. Convert a .cer or .der file: openssl x509 -inform der -in ca.cer -out ca.pem.',
    })
  }

  async #caFile(file: string): Promise<string> {
    const path = isAbsolute(file) ? file : resolve(this.#context.baseDir, file)
    try {
      return await readFile(path, 'utf8')
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
      throw fail.configInvalid(
        `The CA certificate ${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}.`,
        {
          hint: 'Correct caCertificate, or make the file readable for Muster.',
        },
      )
    }
  }
}

/** Throws `cancelled`. */
export function refuseWhenStopped(signal: AbortSignal): void {
  if (signal.aborted) throw fail.cancelled('Reading the directory was stopped.', { cause: signal.reason })
}
