import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import { systemClock } from '../../../platform/clock.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { type Credential, FetchedToken, standingCredential } from '../../kit/directory/credential.ts'
import { nextLink } from '../../kit/directory/next-link.ts'
import { privateKeyFrom, signedToken } from '../../kit/directory/signed-token.ts'
import { cursorSweep, type Sweep } from '../../kit/paging.ts'
import type { OktaConfig } from './config.ts'

const words = {
  credential:
    'Make a new API token, or check client ID and private key; a token ends with its owner and after 30 days without use.',
  rights:
    'The owner of the API token must be a read-only administrator; a service app needs okta.users.read and okta.groups.read (Okta API Scopes tab) and the role Read-only Administrator (Admin roles tab).',
}

export const user = z.object({
  id: z.string().min(1),
  status: z.string(),
  profile: z.record(z.string(), z.unknown()),
})
export type OktaUser = z.output<typeof user>

export const group = z.object({
  id: z.string().min(1),
  type: z.string().optional(),
  profile: z.object({ name: z.string().min(1), description: z.string().nullish() }),
})
export type OktaGroup = z.output<typeof group>

const hasId = z.object({ id: z.string().min(1) })

/** Largest pages by the documents: users and groups 200, members 1,000. */
const pageSize = 200
const membersPageSize = 1000

/** The API of one organization (https://developer.okta.com/docs/api/). */
export class OktaServer {
  readonly config: OktaConfig
  readonly #api: DirectoryApi

  constructor(config: OktaConfig, context: ConnectorContext) {
    this.config = config
    const { domain, requestsAtOnce } = config
    this.#api = new DirectoryApi({
      base: domain,
      credential: credentialFor(config, context),
      context,
      requestsAtOnce,
      words,
    })
  }

  get host(): string {
    return this.#api.host
  }

  /** People by a filter; the plain list leaves out those who are deprovisioned. */
  users(filter: string | undefined, signal: AbortSignal): Sweep<OktaUser> {
    return this.#list('Listing people', user, '/api/v1/users', { limit: pageSize, filter }, signal)
  }

  groups(filter: string | undefined, signal: AbortSignal): Sweep<OktaGroup> {
    return this.#list('Listing groups', group, '/api/v1/groups', { limit: pageSize, filter }, signal)
  }

  members(id: string, signal: AbortSignal): Sweep<{ readonly id: string }> {
    const path = `/api/v1/groups/${encodeURIComponent(id)}/users`
    return this.#list(
      'Listing the members of a group',
      hasId,
      path,
      { limit: membersPageSize },
      signal,
      `the group ${id}`,
    )
  }

  async search(filter: string, signal: AbortSignal): Promise<readonly OktaUser[]> {
    const query = { limit: 20, filter }
    const asked = { operation: 'users.find', act: 'Searching for a person', path: '/api/v1/users', query }
    return this.#api.read(z.array(user), asked, signal)
  }

  oneUser(idOrLogin: string, signal: AbortSignal): Promise<OktaUser | undefined> {
    return this.#one(user, `/api/v1/users/${encodeURIComponent(idOrLogin)}`, 'Reading a person', signal)
  }

  oneGroup(id: string, signal: AbortSignal): Promise<OktaGroup | undefined> {
    return this.#one(group, `/api/v1/groups/${encodeURIComponent(id)}`, 'Reading a group', signal)
  }

  /** One person, to see whether we are let in; the time on the server's own clock. */
  async knock(signal: AbortSignal): Promise<number> {
    const asked = { operation: 'users.knock', act: 'Listing people', path: '/api/v1/users', query: { limit: 1 } }
    const answer = await this.#api.answer(asked, signal)
    this.#api.shaped(z.array(user), answer, asked.operation)
    const told = Date.parse(answer.headers.get('date') ?? '')
    return Number.isNaN(told) ? this.#api.clock.now() : told
  }

  close(): void {
    this.#api.close()
  }

  #list<Schema extends z.ZodType<{ readonly id: string }>>(
    act: string,
    schema: Schema,
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    signal: AbortSignal,
    owner?: string,
  ): Sweep<z.output<Schema>> {
    const operation = act.toLowerCase().replaceAll(' ', '-')
    return cursorSweep(
      ({ id }) => id,
      async (next) => {
        // The link says everything, and is good only on this host.
        const asked = { operation, act, owner, path: next ?? path, ...(next === undefined ? { query } : {}) }
        const answer = await this.#api.answer(asked, signal)
        const items = this.#api.shaped(z.array(schema), answer, operation)
        const link = answer.headers.get('link')
        // Every list of Okta names itself there, the last page too; without it nothing says that this was the end.
        if (link === null && items.length >= Number(query.limit)) {
          throw fail.incompleteRead(`${act}: a full page of ${this.host} came without the header Link.`, {
            hint: 'A gateway in between may take headers away: let Link through.',
          })
        }
        return { items, next: nextLink(link) }
      },
    )
  }

  async #one<Schema extends z.ZodType>(schema: Schema, path: string, act: string, signal: AbortSignal) {
    const operation = act.toLowerCase().replaceAll(' ', '-')
    const answer = await this.#api.askFor({ operation, act, path }, signal)
    return answer === undefined ? undefined : this.#api.shaped(schema, answer, operation)
  }
}

function credentialFor(config: OktaConfig, { now, sleep = systemClock.sleep }: ConnectorContext): Credential {
  const { domain, apiToken, clientId = '', privateKey, keyId } = config
  if (apiToken !== undefined || privateKey === undefined) {
    const token = apiToken ?? new Secret('')
    return standingCredential([token], () => ({ headers: { authorization: `SSWS ${token.reveal()}` } }))
  }
  const key = privateKeyFrom(privateKey, 'privateKey')
  // The organization's own server: okta.* scopes are not given by /oauth2/default.
  const tokenUrl = `${domain}/oauth2/v1/token`
  return new FetchedToken({
    tokenUrl,
    clock: { now, sleep },
    secrets: [privateKey],
    hint: 'client ID, private key and key ID, that the scopes are granted, and that "Require DPoP" is off',
    request: () => ({
      form: {
        grant_type: 'client_credentials',
        scope: 'okta.users.read okta.groups.read',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: signedToken(key, keyId, { iss: clientId, sub: clientId, aud: tokenUrl }, now()),
      },
    }),
  })
}
