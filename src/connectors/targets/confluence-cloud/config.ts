import { z } from 'zod'
import {
  addressGroup,
  apiBase,
  apiTokenExpires,
  apiTokenFacts,
  baseUrl,
  directory,
  email,
  orgApiKeyExpires,
  orgApiKeyFacts,
  organization,
  tokenWithAddress,
} from '../../kit/atlassian-cloud/settings.ts'
import { field, optionalSecret, secret } from '../../kit/field.ts'

export const config = z
  .object({
    site: field(baseUrl, {
      label: 'Site URL',
      help: 'Address of your Confluence site, without /wiki, or of a gateway in front of it.',
      group: addressGroup,
      suggested: 'https://your-site.atlassian.net',
      aliases: ['Confluence URL', 'Base URL', 'Instance URL'],
    }),
    orgApiKey: secret({
      ...orgApiKeyFacts,
      help: 'Made at admin.atlassian.com, Organization settings, API keys, without scopes. Confluence itself lists no people, so everything about people and groups goes by this key.',
    }),
    orgApiKeyExpires,
    organization,
    directory,
    email,
    apiToken: optionalSecret({
      ...apiTokenFacts,
      help: 'Made at id.atlassian.com, Security, API tokens. Tells which account is our own, and writes custom attributes; everything else goes by the organization API key.',
    }),
    apiTokenExpires,
    apiBase,
  })
  .refine(tokenWithAddress.isRight, tokenWithAddress.wrong)

export type ConfluenceCloudConfig = z.output<typeof config>
