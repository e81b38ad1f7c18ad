import { z } from 'zod'
import { field, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'

const server = 'Server'
const access = 'Access'
const read = 'What is read'

export const config = z.strictObject({
  baseUrl: field(webAddress, {
    label: 'Domain URL',
    help: 'The address of Keycloak before /realms and /admin, for example https://sso.acme.example.',
    group: server,
    aliases: ['Keycloak URL', 'Server URL'],
  }),
  realm: field(
    z
      .string()
      .trim()
      .min(1)
      .max(255)
      .regex(/^[^/?#%\s]+$/, 'enter the name of the realm, not an address'),
    {
      label: 'Realm name',
      help: 'The realm whose people and groups are read.',
      group: server,
    },
  ),
  version: field(z.enum(['auto', '17-or-newer', '16-or-older']).default('auto'), {
    label: 'Keycloak version',
    help: 'Up to 16, and where it is set up so, all addresses begin with /auth. auto finds out which.',
    group: server,
    aliases: ['Keycloak Version'],
  }),
  clientId: field(z.string().trim().min(1), {
    label: 'Client ID',
    help: 'A client with client authentication and service accounts roles.',
    group: access,
  }),
  clientSecret: secret({
    label: 'Client secret',
    help: 'On the tab Credentials of the client.',
    group: access,
  }),
  clientRealm: field(z.string().trim().min(1).optional(), {
    label: 'Realm of the client',
    help: 'Only where the client is in another realm, such as master. The roles are then those of the client "<realm>-realm".',
    group: access,
  }),
  tokenUrl: field(webAddress.optional(), {
    label: 'Token URL',
    help: 'Only where tokens are fetched from another address than the Domain URL.',
    group: access,
  }),
  groups: field(z.boolean().default(true), {
    label: 'Read groups',
    help: 'Switch off when only people are wanted.',
    group: read,
  }),
  groupNames: field(z.enum(['path', 'leaf']).default('path'), {
    label: 'Names of groups',
    help: 'path: staff/operators, which is unique. leaf: operators; names are then unique only below one parent.',
    group: read,
  }),
  groupSeparator: field(z.string().min(1).max(10).default('/'), {
    label: 'Between the parts of a path',
    help: 'Stands between the names of a group and its parents where names are paths.',
    group: read,
  }),
  subgroups: field(z.enum(['members', 'apart']).default('members'), {
    label: 'Subgroups',
    help: 'members: a subgroup is a member of its parent, as Keycloak passes roles on to it. apart: only people who were put into a group themselves belong to it.',
    group: read,
  }),
  pageSize: field(z.number().int().min(2).max(1000).default(500), {
    label: 'Page size',
    help: 'How many people or groups are asked for at a time.',
    group: read,
    unit: 'entries',
  }),
  requestsAtOnce: field(z.number().int().min(1).max(16).default(4), {
    label: 'Requests at once',
    help: 'How many requests may be under way at the same time.',
    group: read,
    unit: 'requests',
  }),
})

export type KeycloakConfig = z.output<typeof config>
