import { z } from 'zod'
import { field, optionalSecret, secret } from '../../kit/field.ts'

const workspace = 'Workspace'
const organization = 'Organization'
const access = 'Access to Bitbucket'
const address = 'Addresses'

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
  .transform((url) => url.replace(/\/+$/, ''))

const date = z.iso.date({ error: 'enter a date such as 2027-03-01' })

export const config = z
  .object({
    workspace: field(
      z.string().regex(/^(\{[0-9a-fA-F-]{36}\}|[A-Za-z0-9_-]{1,100})$/, {
        error: 'enter the workspace ID as it stands in the address: bitbucket.org/<workspace>',
      }),
      {
        label: 'Workspace ID',
        help: 'As it stands in the address, bitbucket.org/<workspace>, or the UUID of the workspace in braces.',
        group: workspace,
        aliases: ['Workspace', 'Workspace slug', 'Team'],
      },
    ),
    orgApiKey: secret({
      label: 'Organization API key',
      help: 'Made at admin.atlassian.com, Organization settings, API keys, without scopes. People, groups and roles of Bitbucket Cloud are kept by the organization: Bitbucket itself has no call that changes them.',
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
    email: field(z.email().optional(), {
      label: 'Admin e-mail',
      help: 'E-mail address of the Atlassian account the API token belongs to; it should administer the workspace.',
      group: access,
      aliases: ['Username', 'Atlassian account email'],
    }),
    apiToken: optionalSecret({
      label: 'API token',
      help: 'Made at id.atlassian.com, Security, API tokens, for Bitbucket, with the scopes read:user:bitbucket and read:workspace:bitbucket. Only for looks: which account is our own, who is in the workspace, how many seats are taken.',
      group: access,
      aliases: ['Token', 'App password'],
    }),
    apiTokenExpires: field(date.optional(), {
      label: 'API token expires on',
      help: 'The date shown when the token was made. You are warned 30 days before.',
      group: access,
      aliases: ['Expiry date of API Token'],
    }),
    apiBase: field(baseUrl.default('https://api.atlassian.com'), {
      label: 'API address',
      help: "Address of Atlassian's API gateway; change it for a gateway of your own or the sandbox.",
      group: address,
    }),
    bitbucketApi: field(baseUrl.default('https://api.bitbucket.org/2.0'), {
      label: 'Bitbucket API address',
      help: "Address of Bitbucket's API 2.0; change it for a gateway of your own or the sandbox.",
      group: address,
    }),
  })
  .refine(({ email, apiToken }) => (email === undefined) === (apiToken === undefined), {
    path: ['email'],
    error: 'an API token works only together with the e-mail address of its account: enter both or neither',
  })

export type BitbucketCloudConfig = z.output<typeof config>
