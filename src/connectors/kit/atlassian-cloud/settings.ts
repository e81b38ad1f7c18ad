import { z } from 'zod'
import { field } from '../field.ts'

/** Settings that products of Atlassian Cloud have in common, each with the product's own label. */

const access = 'Access'
const organizationGroup = 'Organization'
export const addressGroup = 'Addresses'

export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
  .transform((url) => url.replace(/\/+$/, ''))

export const expiryDate = z.iso.date({ error: 'enter a date such as 2027-03-01' })

export const email = field(z.email().optional(), {
  label: 'Admin e-mail',
  help: 'E-mail address of the Atlassian account the API token belongs to; it should be an organization admin.',
  group: access,
  aliases: ['Username', 'Admin email'],
})

export const apiTokenExpires = field(expiryDate.optional(), {
  label: 'API token expires on',
  help: 'The date shown when the token was made. You are warned 30 days before.',
  group: access,
  aliases: ['Expiry date of API Token'],
})

/** Facts of the API token, whose secret each target declares for itself. */
export const apiTokenFacts = {
  label: 'API token',
  help: 'Made at id.atlassian.com, Security, API tokens. Tokens with and without scopes work; which one it is is found out.',
  group: access,
  aliases: ['Token', 'API key of the user'],
}

/** Facts of the organization API key but what it is needed for. */
export const orgApiKeyFacts = {
  label: 'Organization API key',
  group: organizationGroup,
  aliases: ['Organization key', 'Admin API key'],
}

export const orgApiKeyExpires = field(expiryDate.optional(), {
  label: 'Organization API key expires on',
  help: 'The date shown when the key was made. You are warned 30 days before.',
  group: organizationGroup,
})

export const organization = field(z.string().min(1).optional(), {
  label: 'Organization',
  help: 'Id or name. Only needed when the key sees several organizations.',
  group: organizationGroup,
  aliases: ['Organization ID', 'Org ID'],
})

export const directory = field(z.string().min(1).optional(), {
  label: 'Directory',
  help: 'Id or name. Only needed when the organization has several directories.',
  group: organizationGroup,
  aliases: ['Directory ID'],
})

export const apiBase = field(baseUrl.default('https://api.atlassian.com'), {
  label: 'API address',
  help: "Address of Atlassian's API gateway; change it for a gateway of your own or the sandbox.",
  group: addressGroup,
})

/** A token signs in together with the address of its account. */
export const tokenWithAddress = {
  isRight: (settings: { readonly email?: string | undefined; readonly apiToken?: unknown }) =>
    (settings.email === undefined) === (settings.apiToken === undefined),
  wrong: {
    path: ['email'],
    error: 'an API token works only together with the e-mail address of its account: enter both or neither',
  },
}
