import { z } from 'zod'
import { field, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'

const access = 'Access'
const server = 'Server'
const read = 'What is read'

export const config = z.strictObject({
  serviceAccountKey: secret({
    label: 'Key of the service account',
    help: 'The JSON file that Google made, as a whole: serviceAccountKey: { file: key.json }.',
    group: access,
    aliases: ['Service account JSON'],
  }),
  adminEmail: field(z.email().optional(), {
    label: 'Administrator to act for',
    help: 'The address of an administrator; needed with domain-wide delegation. Without it the service account needs an admin role of its own, and customer must be given.',
    group: access,
    aliases: ['Admin email to impersonate', 'Delegated subject'],
  }),
  customer: field(z.string().trim().min(1).max(100).default('my_customer'), {
    label: 'Customer ID',
    help: 'my_customer is the organization of the administrator; else C0123abcd from Account settings.',
    group: read,
  }),
  userQuery: field(z.string().trim().min(1).max(2000).optional(), {
    label: 'Query for people',
    help: "A query of the Directory API, for example orgUnitPath='/Staff'. A changed query is shown before anything follows from it.",
    group: read,
  }),
  groups: field(z.boolean().default(true), {
    label: 'Read groups',
    help: 'Switch off when only people are wanted.',
    group: read,
  }),
  groupNames: field(z.enum(['name', 'email', 'local-part']).default('name'), {
    label: 'Names of groups',
    help: 'name: Team One. email: team-one@acme.example. local-part: team-one. Only addresses are unique.',
    group: read,
  }),
  baseUrl: field(webAddress.default('https://admin.googleapis.com'), {
    label: 'API URL',
    help: 'Only behind a gateway.',
    group: server,
  }),
  tokenUrl: field(webAddress.default('https://oauth2.googleapis.com/token'), {
    label: 'Token URL',
    help: 'Only behind a gateway.',
    group: server,
  }),
  requestsAtOnce: field(z.number().int().min(1).max(16).default(8), {
    label: 'Requests at once',
    help: 'How many requests may be under way at the same time.',
    group: read,
    unit: 'requests',
  }),
})

export type GoogleConfig = z.output<typeof config>
