import { z } from 'zod'
import { field, optionalSecret, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'

const directory = 'Directory'
const organization = 'Organization'

export const config = z.strictObject({
  baseUrl: field(
    webAddress.refine((url) => /\/scim\/directory\/[^/]+$/.test(url), {
      error: 'enter the directory base URL as Atlassian shows it: https://api.atlassian.com/scim/directory/…',
    }),
    {
      label: 'Directory base URL',
      help: 'Shown when user provisioning is set up at admin.atlassian.com, Security, Identity providers.',
      group: directory,
      suggested: 'https://api.atlassian.com/scim/directory/…',
      aliases: ['SCIM base URL'],
    },
  ),
  apiKey: secret({
    label: 'API key of the directory',
    help: 'Shown once, together with the base URL. Making a new one ends the old one.',
    group: directory,
    aliases: ['SCIM API key', 'Token'],
  }),
  apiKeyExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
    label: 'API key expires on',
    help: 'The date shown when the key was made. You are warned 30 days before.',
    group: directory,
  }),
  membersPerRequest: field(z.number().int().min(1).max(1000).default(100), {
    label: 'Members per request',
    help: 'How many people one request adds to a group or takes out.',
    group: directory,
    unit: 'people',
  }),
  orgApiKey: optionalSecret({
    label: 'Organization API key',
    help: 'Only for looks, in the doctor and while planning: verified domains, groups of the same name, groups without access to a product. Nothing is written with it.',
    group: organization,
    aliases: ['Organization key', 'Admin API key'],
  }),
  organization: field(z.string().min(1).optional(), {
    label: 'Organization',
    help: 'Id or name. Only needed when the key sees several organizations.',
    group: organization,
    aliases: ['Organization ID', 'Org ID'],
  }),
  mailDomains: field(
    z
      .array(z.string().regex(/^[^\s@]+\.[^\s@]+$/, 'enter domains such as acme.example'))
      .max(100)
      .default([]),
    {
      label: 'Mail domains of your people',
      help: 'Checked against the verified domains: Atlassian makes no account for an address of another domain.',
      group: organization,
    },
  ),
  apiBase: field(webAddress.default('https://api.atlassian.com'), {
    label: 'API address',
    help: "Address of Atlassian's API gateway, for the organization API key.",
    group: organization,
  }),
})

export type AtlassianScimConfig = z.output<typeof config>
