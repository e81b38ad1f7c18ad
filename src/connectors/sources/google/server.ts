import { z } from 'zod'
import { fail } from '../../../domain/errors.ts'
import { systemClock } from '../../../platform/clock.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { DirectoryApi } from '../../kit/directory/api.ts'
import { type Credential, FetchedToken } from '../../kit/directory/credential.ts'
import { privateKeyFrom, signedToken } from '../../kit/directory/signed-token.ts'
import { cursorSweep, type Sweep } from '../../kit/paging.ts'
import type { GoogleConfig } from './config.ts'

const scopes = [
  'admin.directory.user.readonly',
  'admin.directory.group.readonly',
  'admin.directory.group.member.readonly',
].map((name) => `https://www.googleapis.com/auth/${name}`)

const words = {
  credential:
    'Check the key of the service account, and whether it was deleted or disabled in the Google Cloud console.',
  rights: `In the Admin console: Security > Access and data control > API controls > Manage Domain Wide Delegation, the client ID of the service account with the scopes ${scopes.join(', ')}; adminEmail must be an administrator, and the Admin SDK API must be enabled.`,
}

const key = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
})

export const user = z.looseObject({
  id: z.string().min(1),
  primaryEmail: z.string().nullish(),
  name: z
    .object({ givenName: z.string().nullish(), familyName: z.string().nullish(), fullName: z.string().nullish() })
    .nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  customSchemas: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
})
export type GoogleUser = z.output<typeof user>

export const group = z.object({
  id: z.string().min(1),
  email: z.string().min(1),
  name: z.string().nullish(),
  description: z.string().nullish(),
})
export type GoogleGroup = z.output<typeof group>

const member = z.object({ id: z.string().min(1), type: z.string() })
export type GoogleMember = z.output<typeof member>

/** Reasons of a 403 that mean "slow down", not "you may not". */
const throttled = /^(userRateLimitExceeded|rateLimitExceeded|quotaExceeded)$/

/** The Directory API of the Admin SDK (https://developers.google.com/admin-sdk/directory). */
export class GoogleServer {
  readonly config: GoogleConfig
  readonly #api: DirectoryApi

  constructor(config: GoogleConfig, context: ConnectorContext) {
    this.config = config
    const base = `${config.baseUrl}/admin/directory/v1`
    const credential = credentialFor(config, context)
    const { requestsAtOnce } = config
    this.#api = new DirectoryApi({ base, credential, context, requestsAtOnce, words, isThrottled })
  }

  get host(): string {
    return this.#api.host
  }

  users(signal: AbortSignal): Sweep<GoogleUser> {
    const { customer, userQuery: query } = this.config
    const asked = { customer, query, projection: 'full', orderBy: 'email', maxResults: 500 }
    return this.#list('Listing people', 'users', user, '/users', asked, signal)
  }

  groups(signal: AbortSignal): Sweep<GoogleGroup> {
    const asked = { customer: this.config.customer, maxResults: 200 }
    return this.#list('Listing groups', 'groups', group, '/groups', asked, signal)
  }

  members(id: string, signal: AbortSignal): Sweep<GoogleMember> {
    const path = `/groups/${encodeURIComponent(id)}/members`
    return this.#list(
      'Listing the members of a group',
      'members',
      member,
      path,
      { maxResults: 200 },
      signal,
      `the group ${id}`,
    )
  }

  /** By address, alias or id. */
  oneUser(key: string, signal: AbortSignal): Promise<GoogleUser | undefined> {
    return this.#one(user, `/users/${encodeURIComponent(key)}`, { projection: 'full' }, 'Reading a person', signal)
  }

  oneGroup(key: string, signal: AbortSignal): Promise<GoogleGroup | undefined> {
    return this.#one(group, `/groups/${encodeURIComponent(key)}`, {}, 'Reading a group', signal)
  }

  /** Is this person among those of the query? */
  async matches(id: string, email: string, signal: AbortSignal): Promise<boolean> {
    const { customer, userQuery } = this.config
    const query = { customer, query: `${userQuery} email=${email}`, maxResults: 10 }
    const asked = { operation: 'users.match', act: 'Looking for one person', path: '/users', query }
    const told = await this.#api.read(z.object({ users: z.array(user).default([]) }), asked, signal)
    return told.users.some((each) => each.id === id)
  }

  async knock(signal: AbortSignal): Promise<void> {
    const query = { customer: this.config.customer, maxResults: 1 }
    await this.#api.answer({ operation: 'users.knock', act: 'Listing people', path: '/users', query }, signal)
  }

  close(): void {
    this.#api.close()
  }

  #list<Schema extends z.ZodType<{ readonly id: string }>>(
    act: string,
    kind: 'users' | 'groups' | 'members',
    schema: Schema,
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    signal: AbortSignal,
    owner?: string,
  ): Sweep<z.output<Schema>> {
    // Google leaves the list out when it is empty; the kind says that it is that list all the same.
    const shape = z.object({
      kind: z.literal(`admin#directory#${kind}`),
      [kind]: z.array(schema).default([]),
      nextPageToken: z.string().optional(),
    })
    const operation = act.toLowerCase().replaceAll(' ', '-')
    return cursorSweep(
      ({ id }) => id,
      async (pageToken) => {
        const told = await this.#api.read(
          shape,
          { operation, act, owner, path, query: { ...query, pageToken } },
          signal,
        )
        const items = Reflect.get(told, kind) as z.output<Schema>[]
        return { items, next: told.nextPageToken as string | undefined }
      },
    )
  }

  async #one<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    query: Readonly<Record<string, string>>,
    act: string,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | undefined> {
    const operation = act.toLowerCase().replaceAll(' ', '-')
    const answer = await this.#api.ask({ operation, act, path, query }, signal)
    // A text that can be no key at all is answered with 400 invalid.
    if ([400, 404, 410].includes(answer.status)) return undefined
    if (answer.status >= 300) throw this.#api.refusal(answer, act)
    return this.#api.shaped(schema, answer, operation)
  }
}

function isThrottled({ status, json }: HttpAnswer): boolean {
  if (status !== 403) return false
  const told = z
    .object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })).default([]) }) })
    .safeParse(json)
  return told.data?.error.errors.some(({ reason }) => throttled.test(reason)) === true
}

function credentialFor(config: GoogleConfig, { now, sleep = systemClock.sleep }: ConnectorContext): Credential {
  const { serviceAccountKey, adminEmail, tokenUrl } = config
  const account = accountIn(serviceAccountKey)
  const secret = new Secret(account.private_key)
  const privateKey = privateKeyFrom(secret, 'private_key in serviceAccountKey')
  return new FetchedToken({
    tokenUrl,
    clock: { now, sleep },
    secrets: [serviceAccountKey, secret],
    hint: 'that the scopes are delegated to the client ID of the service account (this may take up to a day), and that adminEmail is an administrator',
    request: () => ({
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: signedToken(
          privateKey,
          account.private_key_id,
          {
            iss: account.client_email,
            aud: tokenUrl,
            scope: scopes.join(' '),
            ...(adminEmail === undefined ? {} : { sub: adminEmail }),
          },
          now(),
        ),
      },
    }),
  })
}

function accountIn(secret: Secret): z.output<typeof key> {
  try {
    const told = key.safeParse(JSON.parse(secret.reveal()))
    if (told.success) return told.data
  } catch {
    // Said below, without a word of the key.
  }
  throw fail.configInvalid('serviceAccountKey is not the JSON file of a service account.', {
    hint: 'Give the whole file with client_email and private_key in it.',
  })
}
