import { z } from 'zod'
import type { ProviderSetUp } from '../../../ports/catalog.ts'
import { defineSource } from '../../kit/define.ts'
import { field, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'
import { config as scimConfig } from './config.ts'
import { ScimPull } from './source.ts'

const server = 'Server'
const access = 'Access'

const shared = scimConfig.shape

const config = z.strictObject({
  // People paste it with the port, or with the path of the API.
  domainUrl: field(
    webAddress.transform((url) => url.replace(/\/admin\/v1$/, '').replace(/^(https:\/\/[^/]+):443$/, '$1')),
    {
      label: 'Domain URL',
      help: 'Identity & Security > Domains > your domain: Domain URL, such as https://idcs-0a1b2c.identity.oraclecloud.com.',
      group: server,
      aliases: ['IDCS URL', 'Identity domain URL'],
    },
  ),
  clientId: field(z.string().trim().min(1), {
    label: 'Client ID',
    help: 'Of a confidential application with the grant type Client Credentials; it must be activated.',
    group: access,
  }),
  clientSecret: secret({ label: 'Client secret', help: 'Belongs to the client ID.', group: access }),
  tokenUrl: field(webAddress.optional(), {
    label: 'Token URL',
    help: 'Only where tokens are fetched from another address than the Domain URL.',
    group: access,
  }),
  userFilter: shared.userFilter,
  groups: shared.groups,
  groupFilter: shared.groupFilter,
  incremental: shared.incremental,
  userAttributes: shared.userAttributes,
  pageSize: shared.pageSize,
  requestsAtOnce: shared.requestsAtOnce,
})

const setUp: ProviderSetUp = {
  key: 'oracle',
  title: 'Oracle identity domains (OCI IAM, IDCS)',
  steps: [
    {
      text: 'Open Identity & Security > Domains in the Oracle Cloud console, choose the domain and copy its Domain URL.',
    },
    {
      text: 'Tab Integrated applications > Add application: choose Confidential Application, Launch workflow, give a name, Submit.',
    },
    {
      text: 'Tab OAuth configuration > Edit OAuth configuration: Configure this application as a client now; Allowed grant types: Client credentials.',
    },
    {
      text: 'Token issuance policy > Add app roles: User Viewer, or User Administrator where the domain has no such role.',
    },
    { text: 'Actions > Activate: without it no token is given. Copy Client ID and Client secret.' },
  ],
  rights: ['User Viewer (app role)'],
  fields: [
    { field: 'Domain URL', setting: 'domainUrl' },
    { field: 'Client ID', setting: 'clientId' },
    { field: 'Client secret', setting: 'clientSecret' },
  ],
  notes: [
    'Members of groups larger than 10,000 are found through their people, because Oracle refuses to list them.',
    'A locked account is not an inactive one. Groups of Oracle do not nest.',
  ],
  compareWith: [
    'https://docs.oracle.com/en/cloud/saas/transportation/25b/otmca/configure-oracle-identity-cloud-service.html',
    'https://docs.oracle.com/en/cloud/saas/enterprise-performance-management-common/cgsad/configure_source_idcs_instance_iam.html',
  ],
  unverified: ['Whether User Viewer lists the members of every group; the pages we found assign User Administrator.'],
}

/** Oracle is a SCIM server with ways of its own; here with the labels of its console and without what it never needs. */
export const oracle = defineSource({
  type: 'oracle',
  title: 'Oracle identity domains (OCI IAM, IDCS)',
  summary: 'People, groups and memberships of an OCI IAM identity domain or of Oracle Identity Cloud Service.',
  config,
  providers: [setUp],
  connect: ({ domainUrl, tokenUrl = `${domainUrl}/oauth2/v1/token`, ...settings }, context) =>
    new ScimPull(
      scimConfig.parse({
        ...settings,
        preset: 'oracle',
        baseUrl: `${domainUrl}/admin/v1`,
        tokenUrl,
        scope: 'urn:opc:idm:__myscopes__',
      }),
      context,
    ),
})
