import { z } from 'zod'
import type { Secret } from '../../../platform/secret.ts'
import { field, optionalSecret } from '../field.ts'

const access = 'Access'
const server = 'Server'

export const webAddress = z
  .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
  .transform((url) => url.replace(/\/+$/, ''))

/** Where a SCIM server is and how to sign in there; the same for people who come from it and people who go to it. */
export const serverFields = {
  baseUrl: field(webAddress, {
    label: 'SCIM base URL',
    help: 'The address before /Users and /Groups, for example https://id.acme.example/scim/v2.',
    group: server,
    aliases: ['Tenant URL', 'SCIM endpoint', 'Domain URL'],
  }),
  token: optionalSecret({
    label: 'Token',
    help: 'Bearer token of the server.',
    group: access,
    aliases: ['Secret token', 'API token', 'API key'],
  }),
  tokenExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
    label: 'Token expires on',
    help: 'You are warned 30 days before.',
    group: access,
  }),
  header: field(
    z
      .string()
      .regex(/^[A-Za-z0-9-]{1,60}$/, 'enter the name of a header, such as X-API-Key')
      .optional(),
    {
      label: 'Header of the token',
      help: 'Only for servers that take the token in a header of their own, without "Bearer".',
      group: access,
      suggested: 'X-API-Key',
    },
  ),
  username: field(z.string().min(1).optional(), {
    label: 'User name',
    help: 'For servers that ask for a name and a password (Basic authentication).',
    group: access,
  }),
  password: optionalSecret({ label: 'Password', help: 'Belongs to the user name.', group: access }),
  tokenUrl: field(webAddress.optional(), {
    label: 'Token URL',
    help: 'For OAuth 2 with client credentials: where a token is fetched, for example https://idcs-1.identity.oraclecloud.com/oauth2/v1/token.',
    group: access,
    aliases: ['Token endpoint'],
  }),
  clientId: field(z.string().min(1).optional(), {
    label: 'Client ID',
    help: 'For OAuth 2 with client credentials.',
    group: access,
  }),
  clientSecret: optionalSecret({
    label: 'Client secret',
    help: 'For OAuth 2 with client credentials.',
    group: access,
  }),
  scope: field(z.string().min(1).optional(), {
    label: 'Scope',
    help: 'For OAuth 2, where the server asks for one; Oracle: urn:opc:idm:__myscopes__',
    group: access,
  }),
  contentType: field(z.enum(['application/scim+json', 'application/json']).default('application/scim+json'), {
    label: 'Content type',
    help: 'application/json only for servers that refuse the type the standard names.',
    group: server,
  }),
  pageSize: field(z.number().int().min(1).max(1000).default(100), {
    label: 'Page size',
    help: 'How many people or groups are asked for at a time; servers may give fewer.',
    group: server,
    unit: 'resources',
  }),
  requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
    label: 'Requests at once',
    help: 'How many requests may be under way at the same time.',
    group: server,
    unit: 'requests',
  }),
}

/** Settings of `serverFields`, parsed. */
export interface ServerSettings {
  readonly baseUrl: string
  readonly token?: Secret | undefined
  readonly tokenExpires?: string | undefined
  readonly header?: string | undefined
  readonly username?: string | undefined
  readonly password?: Secret | undefined
  readonly tokenUrl?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: Secret | undefined
  readonly scope?: string | undefined
  readonly contentType: 'application/scim+json' | 'application/json'
  readonly pageSize: number
  readonly requestsAtOnce: number
}

/** For `.refine` of the whole: exactly one way to sign in, and all of it. */
export function hasOneWayIn(settings: ServerSettings): boolean {
  const { token, username, password, tokenUrl, clientId, clientSecret } = settings
  const basic = [username, password]
  const oauth = [tokenUrl, clientId, clientSecret]
  const isWhole = (parts: readonly unknown[]) => parts.every((part) => part !== undefined)
  const isAbsent = (parts: readonly unknown[]) => parts.every((part) => part === undefined)
  const ways = [[token], basic, oauth]
  return ways.filter(isWhole).length === 1 && ways.every((way) => isWhole(way) || isAbsent(way))
}

export const oneWayIn = {
  path: ['token'],
  error: 'enter one way to sign in: a token, or a user name and password, or token URL, client ID and client secret',
}
