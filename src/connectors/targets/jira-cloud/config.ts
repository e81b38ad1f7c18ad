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
import { field, optionalSecret } from '../../kit/field.ts'

export const config = z
  .object({
    site: field(baseUrl, {
      label: 'Site URL',
      help: 'Address of your Jira site, or of a gateway in front of it.',
      group: addressGroup,
      suggested: 'https://your-site.atlassian.net',
      aliases: ['Jira URL', 'Base URL', 'Instance URL'],
    }),
    email,
    apiToken: optionalSecret(apiTokenFacts),
    apiTokenExpires,
    orgApiKey: optionalSecret({
      ...orgApiKeyFacts,
      help: 'Made at admin.atlassian.com, Organization settings, API keys, without scopes. Needed to deactivate people, to create accounts quietly and to see hidden e-mail addresses.',
    }),
    orgApiKeyExpires,
    organization,
    directory,
    apiBase,
  })
  .refine(({ apiToken, orgApiKey }) => apiToken !== undefined || orgApiKey !== undefined, {
    path: ['apiToken'],
    error: 'enter an API token, an organization API key, or both',
  })
  .refine(tokenWithAddress.isRight, tokenWithAddress.wrong)

export type JiraCloudConfig = z.output<typeof config>
