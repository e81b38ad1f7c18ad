import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import { type RateLimiter, sharedLimiter } from '../../../platform/rate-limit.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { HttpDoor } from '../http-door.ts'
import { Api } from './api.ts'
import { concurrency } from './limits.ts'

export type Credential = 'API token' | 'Bitbucket API token' | 'organization API key'

/** What of the settings signs in. */
export interface CloudCredentials {
  readonly email?: string | undefined
  readonly apiToken?: Secret | undefined
  readonly orgApiKey?: Secret | undefined
}

/** Every door of one instance: a base URL with a credential. Doors with the same credential share its limit. */
export class Doors {
  readonly #config: CloudCredentials
  readonly #context: ConnectorContext
  readonly #clock: Clock
  readonly #doors: HttpDoor[] = []
  readonly #limiters = new Map<Credential, RateLimiter>()

  constructor(config: CloudCredentials, context: ConnectorContext, clock: Clock) {
    this.#config = config
    this.#context = context
    this.#clock = clock
  }

  /** An API behind one of the credentials. */
  api(base: string, credential: Credential): Api {
    const { email, apiToken, orgApiKey } = this.#config
    const authorization =
      credential === 'organization API key'
        ? new Secret(`Bearer ${orgApiKey?.reveal() ?? ''}`)
        : basicHeader(email, apiToken)
    return new Api(this.#door(base, authorization, credential), credential)
  }

  /** For what anybody may ask. */
  anonymous(base: string): Api {
    return new Api(this.#door(base, undefined), 'API token')
  }

  /** The newest limit that an answer to this credential named, in calls per window. */
  limitTold(credential: Credential): number | undefined {
    return this.#limiters.get(credential)?.limitTold
  }

  calls(): Readonly<Record<string, number>> {
    const total: Record<string, number> = {}
    for (const door of this.#doors) {
      for (const [operation, calls] of Object.entries(door.calls())) total[operation] = (total[operation] ?? 0) + calls
    }
    return total
  }

  close(): void {
    for (const door of this.#doors) door.close()
  }

  #door(base: string, authorization: Secret | undefined, name?: Credential): HttpDoor {
    const { email, apiToken, orgApiKey } = this.#config
    const credential = createHash('sha256')
      .update(authorization?.reveal() ?? '')
      .digest('hex')
    // No door shows any of the credentials: a proxy may echo one that was sent through another door.
    const secrets = [apiToken, orgApiKey, apiToken && basicHeader(email, apiToken)]
    const limiter = sharedLimiter(`${new URL(base).origin} ${credential}`, this.#clock, concurrency)
    if (name !== undefined) this.#limiters.set(name, limiter)
    const door = new HttpDoor({
      base,
      authorization,
      secrets: secrets.filter((secret) => secret !== undefined),
      clock: this.#clock,
      limiter,
      log: (message, fields) => this.#context.log(message, { target: this.#context.key, ...fields }),
    })
    this.#doors.push(door)
    return door
  }
}

function basicHeader(email: string | undefined, apiToken: Secret | undefined): Secret {
  return new Secret(`Basic ${Buffer.from(`${email}:${apiToken?.reveal() ?? ''}`).toString('base64')}`)
}
