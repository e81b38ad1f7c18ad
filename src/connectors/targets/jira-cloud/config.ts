import { z } from 'zod'
import { field, optionalSecret } from '../../kit/field.ts'

const access = 'Access'
const organization = 'Organization'
const address = 'Addresses'

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
  .transform((url) => url.replace(/\/+$/, ''))

const date = z.iso.date({ error: 'enter a date such as 2027-03-01' })

export const config = z
  .object({
    site: field(baseUrl, {
      label: 'Site URL',
      help: 'Address of your Jira site, or of a gateway in front of it.',
      group: address,
      suggested: 'https://your-site.atlassian.net',
      aliases: ['Jira URL', 'Base URL', 'Instance URL'],
    }),
    email: field(z.email().optional(), {
      label: 'Admin e-mail',
      help: 'E-mail address of the Atlassian account the API token belongs to; it should be an organization admin.',
      group: access,
      aliases: ['Username', 'Admin email'],
    }),
    apiToken: optionalSecret({
      label: 'API token',
      help: 'Made at id.atlassian.com, Security, API tokens. Tokens with and without scopes work; which one it is is found out.',
      group: access,
      aliases: ['Token', 'API key of the user'],
    }),
    apiTokenExpires: field(date.optional(), {
      label: 'API token expires on',
      help: 'The date shown when the token was made. You are warned 30 days before.',
      group: access,
      aliases: ['Expiry date of API Token'],
    }),
    orgApiKey: optionalSecret({
      label: 'Organization API key',
      help: 'Made at admin.atlassian.com, Organization settings, API keys, without scopes. Needed to deactivate people, to create accounts quietly and to see hidden e-mail addresses.',
      group: organization,
      aliases: ['Organization key', 'Admin API key'],
    }),
    orgApiKeyExpires: field(date.optional(), {
      label: 'Organization API key expires on',
      help: 'The date shown when the key was made. You are warned 30 days before.',
      group: organization,
    }),
    organization: field(z.string().min(1).optional(), {
      label: 'Organization',
      help: 'Id or name. Only needed when the key sees several organizations.',
      group: organization,
      aliases: ['Organization ID', 'Org ID'],
    }),
    directory: field(z.string().min(1).optional(), {
      label: 'Directory',
      help: 'Id or name. Only needed when the organization has several directories.',
      group: organization,
      aliases: ['Directory ID'],
    }),
    apiBase: field(baseUrl.default('https://api.atlassian.com'), {
      label: 'API address',
      help: "Address of Atlassian's API gateway; change it for a gateway of your own or the sandbox.",
      group: address,
    }),
  })
  .refine(({ apiToken, orgApiKey }) => apiToken !== undefined || orgApiKey !== undefined, {
    path: ['apiToken'],
    error: 'enter an API token, an organization API key, or both',
  })
  .refine(({ email, apiToken }) => (email === undefined) === (apiToken === undefined), {
    path: ['email'],
    error: 'an API token works only together with the e-mail address of its account: enter both or neither',
  })

export type JiraCloudConfig = z.output<typeof config>
