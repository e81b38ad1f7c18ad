import { z } from 'zod'
import type { Secret } from '../../../platform/secret.ts'
import { field, optionalSecret } from '../field.ts'

/** Settings that every Data Center product has; labels and help are the product's own words. */

const server = 'Server'
const access = 'Access'
const groups = 'Groups'

const webAddress = z
  .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
  .transform((url) => url.replace(/\/+$/, ''))

export interface SettingsWords {
  readonly product: string
  readonly example: string
  /** What the product calls the token: `Personal access token`. */
  readonly token: string
  /** Where it is made. */
  readonly tokenHelp: string
}

export function serverFields(words: SettingsWords) {
  return { ...placeFields(words), ...signInFields(words) }
}

/** Where the product is, and how it is treated. */
export function placeFields({ product, example }: Pick<SettingsWords, 'product' | 'example'>) {
  return {
    baseUrl: field(webAddress, {
      label: 'Base URL',
      help: `Address of ${product} with its context path, as people enter it in the browser.`,
      group: server,
      suggested: example,
      aliases: ['Server URL', `${product} URL`],
    }),
    requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
      label: 'Requests at once',
      help: 'How many requests may be under way at the same time.',
      group: server,
      unit: 'requests',
    }),
    adminGroups: field(z.array(z.string().min(1)).default([]), {
      label: 'Further groups that administer',
      help: `Groups beside the usual ones whose members administer ${product}: nobody is ever taken out of them, and putting somebody in waits for a person.`,
      group: groups,
    }),
  }
}

function signInFields({ product, token, tokenHelp }: SettingsWords) {
  return {
    token: optionalSecret({
      label: token,
      help: tokenHelp,
      group: access,
      aliases: ['PAT', 'Token', 'API token'],
    }),
    tokenExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
      label: `${token} expires on`,
      help: 'The date shown when the token was made. You are warned 30 days before.',
      group: access,
    }),
    username: field(z.string().min(1).optional(), {
      label: 'User name',
      help: `Of an administrator of ${product}, where no token is used.`,
      group: access,
      aliases: ['Username', 'Admin user'],
    }),
    password: optionalSecret({
      label: 'Password',
      help: 'Belongs to the user name. After failed attempts the product may ask for a CAPTCHA; a token does not have that.',
      group: access,
    }),
  }
}

/** Settings of `serverFields`, parsed. */
export interface ServerSettings {
  readonly baseUrl: string
  readonly requestsAtOnce: number
  readonly adminGroups: readonly string[]
  readonly token?: Secret | undefined
  readonly tokenExpires?: string | undefined
  readonly username?: string | undefined
  readonly password?: Secret | undefined
}

/** For `.refine` of the whole: a token, or a user name with its password. */
export function hasOneWayIn({ token, username, password }: ServerSettings): boolean {
  if (token !== undefined) return username === undefined && password === undefined
  return username !== undefined && password !== undefined
}

export const oneWayIn = {
  path: ['token'],
  error: 'enter one way to sign in: a token, or a user name and its password',
}
