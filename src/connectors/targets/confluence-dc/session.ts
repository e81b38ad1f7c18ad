import type { WriteKind } from '../../../domain/change.ts'
import { fail } from '../../../domain/errors.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { Server } from '../../kit/data-center/server.ts'
import { Client } from './client.ts'
import type { ConfluenceDcConfig } from './config.ts'

/** As whom we are in Confluence. */
export interface Session {
  readonly ownKey: string
  readonly ownName: string
  /** Kinds of write that are not possible with this version, and why. */
  readonly notOffered: Readonly<Partial<Record<WriteKind, string>>>
}

/** Whoever was disabled unseen could never be let in again: they would look active when they return. */
const statusUntold =
  'this Confluence does not tell who is disabled, so that a return would go unnoticed; take people out of the groups that let them in (remove-access)'

/** Finds out once per instance who we are. */
export class Sessions {
  readonly config: ConfluenceDcConfig
  readonly client: Client
  readonly credential: string
  #opened: Promise<Session> | undefined

  constructor(config: ConfluenceDcConfig, context: ConnectorContext) {
    this.config = config
    this.credential = config.token === undefined ? 'user name and password' : 'personal access token'
    this.client = new Client(
      new Server(config, context, {
        product: 'Confluence',
        credential: this.credential,
        rights:
          'The account needs the global permission "Confluence Administrator", for creating people "System Administrator".',
      }),
    )
  }

  /** A failure is not remembered. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.sign(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  /** Asks who we are; where guests are let in, a refused sign-in is answered as one of them. */
  async sign(signal: AbortSignal): Promise<Session> {
    const me = await this.client.current(signal)
    if (me !== undefined) {
      const { username: ownName, userKey: ownKey } = me
      const isTold = !!(me.status || (await this.client.user({ key: ownKey }, signal))?.status)
      const notOffered = isTold ? {} : { 'account.deactivate': statusUntold, 'account.activate': statusUntold }
      return { ownKey, ownName, notOffered }
    }
    throw fail.authFailed(`Confluence answers the ${this.credential} as it answers a guest.`, {
      hint: 'It may have expired or been revoked: enter a new one.',
    })
  }

  get host(): string {
    return new URL(this.config.baseUrl).host
  }
}
