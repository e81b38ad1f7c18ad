import { foldCase } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { Server } from '../../kit/data-center/server.ts'
import { Client } from './client.ts'
import type { BitbucketDcConfig } from './config.ts'
import type { Licence } from './schemas.ts'

/** Which Bitbucket this is, and as whom we are there as far as it is known. */
export interface Session {
  readonly version: string
  /** Folded names our own account may have: what Bitbucket calls us, and what was entered. Empty = nobody tells. */
  readonly own: ReadonlySet<string>
  readonly licence: Licence | undefined
}

/** Asks once per instance. */
export class Sessions {
  readonly config: BitbucketDcConfig
  readonly client: Client
  readonly credential: string
  #opened: Promise<Session> | undefined

  constructor(config: BitbucketDcConfig, context: ConnectorContext) {
    this.config = config
    this.credential = config.token === undefined ? 'user name and password' : 'HTTP access token'
    this.client = new Client(
      new Server(config, context, {
        product: 'Bitbucket',
        credential: this.credential,
        rights: 'Bitbucket says so too when the account lacks the global permission Admin: give it that.',
        refusesBy401: true,
      }),
    )
  }

  /** A failure is not remembered. The licence is shown to administrators only, so that reading it proves the right. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.#open(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  /** Whoever asks next finds out anew. */
  forget(): void {
    this.#opened = undefined
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const { version } = await this.client.properties(signal)
    const names = [this.config.username ?? '']
    const licence = await this.client.licence(signal, (caller) => names.push(...spellings(caller)))
    const own = new Set(names.filter((name) => name !== '').map(foldCase))
    return { version: version ?? 'of unknown version', own, licence }
  }

  get host(): string {
    return new URL(this.config.baseUrl).host
  }
}

/** The header may hold the name as it is, or as it is written in addresses. */
function spellings(caller: string): readonly string[] {
  try {
    return [caller, decodeURIComponent(caller), decodeURIComponent(caller.replaceAll('+', ' '))]
  } catch {
    return [caller]
  }
}
