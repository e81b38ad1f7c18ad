import { z } from 'zod'
import { field, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'

const access = 'Access'
const server = 'Server'
const read = 'What is read'

const guid = z
  .string()
  .trim()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'enter the id, such as 1b4e28ba-2fa1-11d2-883f-0016d3cca427')

export const config = z.strictObject({
  tenantId: field(
    z.union([
      guid,
      z
        .string()
        .trim()
        .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'enter the id or a domain of the tenant'),
    ]),
    {
      label: 'Directory (tenant) ID',
      help: 'On the overview page of the app registration.',
      group: access,
      aliases: ['Tenant ID'],
    },
  ),
  clientId: field(guid, {
    label: 'Application (client) ID',
    help: 'On the overview page of the app registration.',
    group: access,
    aliases: ['Client ID'],
  }),
  clientSecret: secret({
    label: 'Client secret',
    help: 'The Value of the secret, which is shown once; not the Secret ID.',
    group: access,
  }),
  clientSecretExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
    label: 'Client secret expires on',
    help: 'You are warned 30 days before.',
    group: access,
  }),
  cloud: field(z.enum(['global', 'us-government', 'china']).default('global'), {
    label: 'Cloud',
    help: 'Where the tenant lives.',
    group: server,
  }),
  graphUrl: field(webAddress.optional(), {
    label: 'Graph URL',
    help: 'Only behind a gateway: instead of the address of the cloud.',
    group: server,
  }),
  loginUrl: field(webAddress.optional(), {
    label: 'Login URL',
    help: 'Only behind a gateway: where tokens are fetched instead of the address of the cloud.',
    group: server,
  }),
  userFilter: field(z.string().trim().min(1).max(2000).optional(), {
    label: 'Filter for people',
    help: "A $filter of Microsoft Graph, for example userType eq 'Member'. A changed filter is shown before anything follows from it.",
    group: read,
  }),
  guests: field(z.enum(['left-out', 'read']).default('left-out'), {
    label: 'Guests',
    help: 'People of other organizations (userType Guest).',
    group: read,
  }),
  attributes: field(
    z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,200}$/))
      .max(60)
      .default([]),
    {
      label: 'Further attributes',
      help: 'Properties to ask for beside the usual ones, such as extensionAttribute names or employeeHireDate.',
      group: read,
    },
  ),
  groups: field(z.boolean().default(true), {
    label: 'Read groups',
    help: 'Switch off when only people are wanted.',
    group: read,
  }),
  groupFilter: field(z.string().trim().min(1).max(2000).optional(), {
    label: 'Filter for groups',
    help: 'A $filter of Microsoft Graph, for example securityEnabled eq true.',
    group: read,
  }),
  incremental: field(z.boolean().default(false), {
    label: 'Look for changes',
    help: 'Entra is asked what changed since the last look (delta queries), so that a run need not wait for its turn. Every run reads everything all the same.',
    group: read,
  }),
  requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
    label: 'Requests at once',
    help: 'How many requests may be under way at the same time.',
    group: read,
    unit: 'requests',
  }),
})

export type EntraConfig = z.output<typeof config>
