import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import { systemClock } from '../../../platform/clock.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { FetchedToken, standingCredential } from '../../kit/directory/credential.ts'
import type { RefusalWords } from '../../kit/directory/refusal.ts'
import type { KeycloakConfig } from './config.ts'
import { managementRoles, mayReadPeople } from './rights.ts'

/** Large pages of realms with a federation take long (keycloak issue 44935). */
const timeoutMs = 120_000

const roleHint =
  'In Keycloak: Clients > the client > Service accounts roles > Assign role > Filter by clients > realm-management: view-users, query-users, query-groups.'

const words: RefusalWords = {
  credential: 'Check client ID and client secret, and that the client is enabled.',
  rights: `${roleHint} In another realm the roles are those of the client "<realm>-realm".`,
}

const person = z.object({
  id: z.string().min(1),
  username: z.string().nullish(),
  email: z.string().nullish(),
  emailVerified: z.boolean().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  enabled: z.boolean().nullish(),
  federationLink: z.string().nullish(),
  serviceAccountClientId: z.string().nullish(),
  attributes: z.record(z.string(), z.array(z.string().nullable())).nullish(),
})
export type Person = z.output<typeof person>

const group = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  description: z.string().nullish(),
  subGroupCount: z.number().int().nullish(),
  /** Keycloak before 23 gives the whole tree; a newer one gives nothing here and counts instead. */
  get subGroups() {
    return z.array(group).nullish()
  },
})
export type Group = z.output<typeof group>

const count = z.union([z.number(), z.object({ count: z.number() }).transform((told) => told.count)])

/** The admin API of one realm (https://www.keycloak.org/docs-api/latest/rest-api/index.html). */
export class KeycloakServer {
  readonly config: KeycloakConfig
  readonly #context: ConnectorContext
  #opened: Promise<{ readonly api: DirectoryApi; readonly token: FetchedToken }> | undefined

  constructor(config: KeycloakConfig, context: ConnectorContext) {
    this.config = config
    this.#context = context
  }

  get host(): string {
    return new URL(this.config.baseUrl).host
  }

  /** The roles of realm management that our token names; undefined where it names none. Throws `auth-failed`. */
  async roles(signal: AbortSignal): Promise<readonly string[] | undefined> {
    const { token } = await this.#open(signal)
    return managementRoles(await token.token(signal), this.config.realm)
  }

  /**
   * Somebody who may only search is shown an empty realm instead of being refused: nothing may follow from that. Throws
   * `forbidden`.
   */
  async expectRights(signal: AbortSignal): Promise<void> {
    const roles = await this.roles(signal)
    if (roles === undefined || mayReadPeople(roles)) return
    const has = roles.length === 0 ? 'no role of realm-management' : `only ${roles.join(', ')}`
    throw fail.forbidden(
      `The client ${this.config.clientId} may not see the people of the realm ${this.config.realm}: its token has ${has}.`,
      { hint: `${words.rights} The client also needs "Full scope allowed".` },
    )
  }

  /** What the next token says counts from now on. */
  async renewToken(signal: AbortSignal): Promise<void> {
    const { token } = await this.#open(signal)
    token.forget()
  }

  async people(first: number, signal: AbortSignal): Promise<readonly Person[]> {
    const query = { first, max: this.config.pageSize, briefRepresentation: false }
    return this.#read(z.array(person), 'users', '/users', query, 'Listing people', signal)
  }

  async countPeople(signal: AbortSignal): Promise<number> {
    return this.#read(count, 'users.count', '/users/count', {}, 'Counting people', signal)
  }

  async peopleWith(query: Readonly<Record<string, string | boolean>>, signal: AbortSignal): Promise<readonly Person[]> {
    const asked = { ...query, briefRepresentation: false, max: 20 }
    return this.#read(z.array(person), 'users.find', '/users', asked, 'Searching for a person', signal)
  }

  onePerson(id: string, signal: AbortSignal): Promise<Person | undefined> {
    return this.#one(person, `/users/${encodeURIComponent(id)}`, 'users.one', 'Reading a person', signal)
  }

  async topGroups(first: number, signal: AbortSignal): Promise<readonly Group[]> {
    const query = { first, max: this.config.pageSize, briefRepresentation: false }
    return this.#read(z.array(group), 'groups', '/groups', query, 'Listing groups', signal)
  }

  async countTopGroups(signal: AbortSignal): Promise<number> {
    return this.#read(count, 'groups.count', '/groups/count', { top: true }, 'Counting groups', signal)
  }

  /** Keycloak 23 and newer; undefined where there is no such list. Its own page size is 10. */
  async children(id: string, first: number, signal: AbortSignal): Promise<readonly Group[]> {
    const query = { first, max: this.config.pageSize, briefRepresentation: false }
    const path = `/groups/${encodeURIComponent(id)}/children`
    return this.#read(z.array(group), 'groups.children', path, query, 'Listing subgroups', signal)
  }

  oneGroup(id: string, signal: AbortSignal): Promise<Group | undefined> {
    return this.#one(group, `/groups/${encodeURIComponent(id)}`, 'groups.one', 'Reading a group', signal)
  }

  /** People who were put into the group themselves. */
  async members(id: string, first: number, signal: AbortSignal): Promise<readonly Person[]> {
    const { api } = await this.#open(signal)
    const query = { first, max: this.config.pageSize, briefRepresentation: true }
    const path = `${this.#realmPath}/groups/${encodeURIComponent(id)}/members`
    const asked = { operation: 'groups.members', act: 'Listing the members of a group', path, query }
    const answer = await api.askFor(asked, signal)
    if (answer !== undefined) return api.shaped(z.array(person), answer, asked.operation)
    throw fail.incompleteRead(`The group ${id} vanished while its members were read.`, { hint: 'Read again.' })
  }

  async calls(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
    return (await this.#open(signal)).api.calls()
  }

  close(): void {
    this.#opened?.then(({ api }) => api.close()).catch(() => undefined)
  }

  get #realmPath(): string {
    return `/admin/realms/${encodeURIComponent(this.config.realm)}`
  }

  async #read<Schema extends z.ZodType>(
    schema: Schema,
    operation: string,
    path: string,
    query: Readonly<Record<string, string | number | boolean>>,
    act: string,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const { api } = await this.#open(signal)
    return api.read(schema, { operation, act, path: `${this.#realmPath}${path}`, query }, signal)
  }

  async #one<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    operation: string,
    act: string,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | undefined> {
    const { api } = await this.#open(signal)
    const answer = await api.askFor({ operation, act, path: `${this.#realmPath}${path}` }, signal)
    return answer === undefined ? undefined : api.shaped(schema, answer, operation)
  }

  #open(signal: AbortSignal) {
    this.#opened ??= this.#connect(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  async #connect(signal: AbortSignal) {
    const { baseUrl, clientId, clientSecret, clientRealm, realm, tokenUrl, requestsAtOnce } = this.config
    const base = await this.#findBase(signal)
    const { now, sleep = systemClock.sleep } = this.#context
    const token = new FetchedToken({
      tokenUrl: tokenUrl ?? `${base}/realms/${encodeURIComponent(clientRealm ?? realm)}/protocol/openid-connect/token`,
      clock: { now, sleep },
      secrets: [clientSecret],
      hint: 'client ID and client secret, and that the client has client authentication and service accounts roles',
      request: () => ({
        form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret.reveal() },
      }),
    })
    const context = this.#context
    const api = new DirectoryApi({
      base: base || baseUrl,
      credential: token,
      context,
      requestsAtOnce,
      words,
      timeoutMs,
    })
    return { api, token }
  }

  /** The base with or without /auth in front of everything. Told apart from a realm that is not there. */
  async #findBase(signal: AbortSignal): Promise<string> {
    const { baseUrl, version, realm, clientRealm, requestsAtOnce } = this.config
    const withAuth = baseUrl.endsWith('/auth') ? baseUrl : `${baseUrl}/auth`
    if (version === '16-or-older') return withAuth
    if (version === '17-or-newer') return baseUrl
    const context = this.#context
    const credential = standingCredential([], () => ({}))
    const api = new DirectoryApi({ base: baseUrl, credential, context, requestsAtOnce, words })
    const known = encodeURIComponent(clientRealm ?? realm)
    try {
      for (const prefix of new Set(['', baseUrl.endsWith('/auth') ? '' : '/auth'])) {
        const path = `${prefix}/realms/${known}/.well-known/openid-configuration`
        const answer = await api.ask({ operation: 'discovery', act: 'Looking for the realm', path }, signal)
        if (answer.status < 300) return `${baseUrl}${prefix}`
        if (answer.status !== 404) throw api.refusal(answer, 'Looking for the realm')
      }
    } finally {
      api.close()
    }
    throw fail.configInvalid(`There is no realm ${clientRealm ?? realm} at ${this.host}, with and without /auth.`, {
      hint: 'Check the domain URL and the name of the realm; letter case counts in it.',
    })
  }
}
