import { z } from 'zod'
import {
  addressGroup,
  apiBase,
  baseUrl,
  directory,
  expiryDate,
  orgApiKeyExpires,
  orgApiKeyFacts,
  organization,
  tokenWithAddress,
} from '../../kit/atlassian-cloud/settings.ts'
import { field, optionalSecret, secret } from '../../kit/field.ts'

const workspace = 'Workspace'
const access = 'Access to Bitbucket'

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
      ...orgApiKeyFacts,
      help: 'Made at admin.atlassian.com, Organization settings, API keys, without scopes. People, groups and roles of Bitbucket Cloud are kept by the organization: Bitbucket itself has no call that changes them.',
    }),
    orgApiKeyExpires,
    organization,
    directory,
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
    apiTokenExpires: field(expiryDate.optional(), {
      label: 'API token expires on',
      help: 'The date shown when the token was made. You are warned 30 days before.',
      group: access,
      aliases: ['Expiry date of API Token'],
    }),
    apiBase,
    bitbucketApi: field(baseUrl.default('https://api.bitbucket.org/2.0'), {
      label: 'Bitbucket API address',
      help: "Address of Bitbucket's API 2.0; change it for a gateway of your own or the sandbox.",
      group: addressGroup,
    }),
  })
  .refine(tokenWithAddress.isRight, tokenWithAddress.wrong)

export type BitbucketCloudConfig = z.output<typeof config>
