import { z } from 'zod'
import type { ProviderSetUp } from '../../../ports/catalog.ts'
import { defineSource } from '../../kit/define.ts'
import { field, secret } from '../../kit/field.ts'
import { webAddress } from '../../kit/scim/settings.ts'
import { config as restConfig } from './config.ts'
import { users } from './recipe.ts'
import { restSource } from './source.ts'

const server = 'Server'
const access = 'Access'

const shared = restConfig.shape

const config = z.strictObject({
  baseUrl: field(webAddress.default('https://login.xecurify.com/moas'), {
    label: 'Console URL',
    help: 'What all paths begin with; of an installation of your own its address with /moas.',
    group: server,
    aliases: ['miniOrange URL', 'Host'],
  }),
  customerKey: field(z.string().trim().min(1).max(200), {
    label: 'Customer Key',
    help: 'Settings (top right) > Account details.',
    group: access,
  }),
  apiKey: secret({
    label: 'API Key',
    help: 'Beside the Customer Key. Requests are signed with it; it is never sent. The clock of this machine must be right.',
    group: access,
  }),
  users: field(users, {
    label: 'People',
    help: 'The address that lists people, as miniOrange told you, and what is what in its answer: as in the source rest. No public page names one.',
    group: 'People',
  }),
  groups: shared.groups,
  memberships: shared.memberships,
  success: field(shared.success.unwrap().default({ path: '$.status', equals: 'SUCCESS' }), {
    label: 'Success',
    help: 'miniOrange answers HTTP 200 also when something went wrong, and says so in the answer.',
    group: server,
  }),
  timeoutSeconds: shared.timeoutSeconds,
  maxMegabytes: shared.maxMegabytes,
  requestsAtOnce: shared.requestsAtOnce,
})

const setUp: ProviderSetUp = {
  key: 'miniorange',
  title: 'miniOrange',
  steps: [
    { text: 'Open Settings (top right) > Account details and copy Customer Key and API Key.' },
    { text: 'Ask miniOrange which address lists all people and all groups: its public pages name none.' },
    { text: 'Try it before it is saved: muster sources try staff --file staff.yaml' },
  ],
  rights: ['The keys of the account: they may do everything there.'],
  fields: [
    { field: 'Customer Key', setting: 'customerKey' },
    { field: 'API Key', setting: 'apiKey' },
  ],
  notes: [
    'Where you do not know such an address let miniOrange send by SCIM: that needs no list.',
    'Calls are POST with { "customerKey": … } in the body: write it into users.body.',
  ],
  compareWith: [
    'https://developers.miniorange.com/docs/idp/api/user-api-guide',
    'https://developers.miniorange.com/docs/idp/api/groups-api-guide',
  ],
  unverified: ['Addresses that list all people, all groups or the members of a group.'],
}

/** A custom REST source with the sign-in and the manners of miniOrange; the lists are the operator's, because none is public. */
export const miniorange = defineSource({
  type: 'miniorange',
  title: 'miniOrange',
  summary:
    'People and groups of miniOrange, where you know an address that lists them; else let miniOrange send by SCIM.',
  config,
  providers: [setUp],
  connect: ({ customerKey, apiKey, ...settings }, context) =>
    restSource(
      restConfig.parse({ ...settings, auth: { type: 'miniorangeHash', customerKey }, secret: apiKey }),
      context,
    ),
})
