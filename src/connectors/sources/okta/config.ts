import { z } from 'zod'
import { field, optionalSecret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'

const server = 'Server'
const access = 'Access'
const read = 'What is read'

export const config = z
  .strictObject({
    domain: field(
      // People paste the address of the console, which has -admin in it.
      webAddress.transform((url) => url.replace(/-admin(\.okta(?:preview|-emea)?\.com)$/, '$1')),
      {
        label: 'Okta domain',
        help: 'https://acme.okta.com, without -admin.',
        group: server,
        aliases: ['Okta URL', 'Org URL', 'Domain'],
      },
    ),
    apiToken: optionalSecret({
      label: 'API token',
      help: 'Security > API > Tokens; of a read-only administrator. Or a service app instead.',
      group: access,
      aliases: ['SSWS token'],
    }),
    apiTokenExpires: field(z.iso.date({ error: 'enter a date such as 2027-03-01' }).optional(), {
      label: 'API token ends on',
      help: 'You are warned 30 days before. Okta ends tokens that were not used for 30 days.',
      group: access,
    }),
    clientId: field(z.string().trim().min(1).optional(), {
      label: 'Client ID',
      help: 'Of a service app (API Services) with Public key / Private key and "Require DPoP" off.',
      group: access,
    }),
    privateKey: optionalSecret({
      label: 'Private key',
      help: 'Of the service app, as PEM or JWK.',
      group: access,
    }),
    keyId: field(z.string().trim().min(1).optional(), {
      label: 'Key ID (kid)',
      help: 'Of the public key at the service app; needed where it has several.',
      group: access,
    }),
    groups: field(z.boolean().default(true), {
      label: 'Read groups',
      help: 'Switch off when only people are wanted.',
      group: read,
    }),
    groupTypes: field(
      z
        .array(z.enum(['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN']))
        .min(1)
        .default(['OKTA_GROUP', 'APP_GROUP']),
      {
        label: 'Kinds of groups',
        help: 'OKTA_GROUP: made in Okta. APP_GROUP: imported, from Active Directory for example. BUILT_IN: Everyone.',
        group: read,
      },
    ),
    staged: field(z.enum(['left-out', 'active']).default('left-out'), {
      label: 'Staged people',
      help: 'People whose status is STAGED have no account yet: left-out waits until they are activated.',
      group: read,
    }),
    incremental: field(z.boolean().default(false), {
      label: 'Look for changes',
      help: 'Okta is asked what changed since the last look, so that a run need not wait for its turn. Every run reads everything all the same.',
      group: read,
    }),
    requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
      label: 'Requests at once',
      help: 'How many requests may be under way at the same time.',
      group: read,
      unit: 'requests',
    }),
  })
  .refine(
    ({ apiToken, clientId, privateKey }) =>
      (apiToken !== undefined) !== (clientId !== undefined && privateKey !== undefined),
    {
      error: 'needs one way to sign in: apiToken, or clientId with privateKey',
    },
  )

export type OktaConfig = z.output<typeof config>
