import type { ProviderSetUp } from '../../../../ports/catalog.ts'
import type { PresetName } from './presets.ts'

const apiKey = (field: string) => [
  { field: 'Base URL', setting: 'baseUrl' },
  { field, setting: 'secret' },
]
const client = [
  { field: 'Base URL', setting: 'baseUrl' },
  { field: 'Client ID', setting: 'auth.clientId' },
  { field: 'Client Secret', setting: 'secret' },
]

const menus = 'The menu names, against a console of today.'

type Written = Omit<ProviderSetUp, 'key' | 'begin'>

const written: Readonly<Record<PresetName, Written>> = {
  onelogin: {
    title: 'OneLogin',
    steps: [
      { text: 'Open Developers > API Credentials > New Credential.' },
      { text: 'Give a name, choose Read Users, Save, and copy Client ID and Client Secret.' },
      { text: 'Base URL: https://<your subdomain>.onelogin.com' },
    ],
    rights: ['Read Users (or Read All)'],
    fields: client,
    notes: ['Roles act as groups. Write auth: { type: oauth2ClientCredentials, clientId: <Client ID> }.'],
    compareWith: ['https://developers.onelogin.com/api-docs/2/getting-started/working-with-api-credentials'],
    unverified: [],
  },
  jumpcloud: {
    title: 'JumpCloud',
    steps: [
      {
        text: 'Sign in as an administrator with a read-only role and press your initials > My API Key > Generate New API Key.',
      },
      { text: 'Base URL: https://console.jumpcloud.com' },
    ],
    rights: ['Read Only administrator'],
    fields: apiKey('API key'),
    notes: [
      'A new key ends the one that this administrator had: whatever else uses that stops. Take an administrator of its own.',
      'Providers of several organizations: headers: { x-org-id: <id> }.',
    ],
    compareWith: [
      'https://nango.dev/docs/integrations/all/jumpcloud/connect',
      'https://docs.jumpcloud.com/api/1.0/index.html',
    ],
    unverified: ['Where the menu with your initials is: one page says top right, another bottom left.'],
  },
  pingone: {
    title: 'PingOne',
    steps: [
      { text: 'Open Applications > Applications, press + and choose Worker, Save.' },
      { text: 'Tab Roles > Grant Roles: Identity Data Read Only for the environment.' },
      { text: 'Switch the application on; tab Configuration: copy Client ID and Client Secret.' },
      { text: 'Base URL: https://api.pingone.<region>/v1/environments/<environment id>' },
    ],
    rights: ['Identity Data Read Only'],
    fields: [...client, { field: 'Token Endpoint', setting: 'auth.tokenUrl' }],
    notes: ['The groups of people are asked person by person.'],
    compareWith: ['https://apidocs.pingidentity.com/pingone/platform/v1/api/'],
    unverified: [menus],
  },
  auth0: {
    title: 'Auth0 (up to 1,000 people)',
    steps: [
      { text: 'Open Applications > Applications > Create Application and choose Machine to Machine Applications.' },
      {
        text: 'Choose Auth0 Management API and the permissions read:users, read:roles and read:role_members, Authorize.',
      },
      { text: 'Tab Settings: copy Domain, Client ID and Client Secret. Base URL: https://<Domain>' },
    ],
    rights: ['read:users', 'read:roles', 'read:role_members'],
    fields: [...client, { field: 'Identifier of the Auth0 Management API', setting: 'auth.audience' }],
    notes: ['Auth0 lists 1,000 people at most; more end the read as incomplete. Roles act as groups.'],
    compareWith: [
      'https://auth0.com/docs/api/management/v2',
      'https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens',
    ],
    unverified: [menus],
  },
  authentik: {
    title: 'authentik',
    steps: [
      { text: 'Open Directory > Users > Create Service account in the Admin interface.' },
      {
        text: 'Directory > Roles: a role that may view users and groups, given to a group with the service account in it.',
      },
      { text: 'Open Directory > Tokens and App passwords > Create, Intent API Token, and copy its key.' },
      { text: 'Base URL: https://<your host>/api/v3' },
    ],
    rights: ['view on User and Group'],
    fields: apiKey('Key of the token'),
    notes: ['Parents of groups are not followed.'],
    compareWith: ['https://docs.goauthentik.io/developer-docs/api/'],
    unverified: [menus],
  },
  gitlab: {
    title: 'GitLab',
    steps: [
      { text: 'Open Edit profile > Access tokens > Add new token as an administrator and choose the scope read_api.' },
      { text: 'Base URL: https://<your host>/api/v4' },
    ],
    rights: ['read_api', 'Administrator (others do not see addresses)'],
    fields: apiKey('Token'),
    notes: ['Groups are called by their full path; bots are left out.'],
    compareWith: ['https://docs.gitlab.com/api/users/', 'https://docs.gitlab.com/user/profile/personal_access_tokens/'],
    unverified: [menus],
  },
  zitadel: {
    title: 'ZITADEL (people)',
    steps: [
      { text: 'Open Users > Service Users > New, then Personal Access Tokens > New, and copy the token.' },
      { text: 'Organization > + (managers): add the service user with the role Org Owner Viewer.' },
      { text: 'Base URL: https://<your instance>.zitadel.cloud' },
    ],
    rights: ['ORG_OWNER_VIEWER'],
    fields: apiKey('Personal access token'),
    notes: ['Only people: grants of roles are not groups.'],
    compareWith: ['https://zitadel.com/docs/guides/integrate/service-users/personal-access-token'],
    unverified: [menus, 'Which manager role is the smallest that lists everybody.'],
  },
  workday: {
    title: 'Workday report',
    steps: [
      { text: 'Create Custom Report: Report Type Advanced, and tick Enable As Web Service.' },
      { text: 'Share it with an integration system user: Share > Share with specific authorized groups and users.' },
      { text: 'Actions > Web Service > View URLs: copy the JSON address up to the owner as Base URL.' },
    ],
    rights: ['The integration system user may see the report and the domains of its columns.'],
    fields: [
      { field: 'Address up to the owner of the report', setting: 'baseUrl' },
      { field: 'Name of the report', setting: 'users.path' },
      { field: 'Integration system user, as user@tenant', setting: 'auth.username' },
      { field: 'Password', setting: 'secret' },
    ],
    notes: [
      'Columns are expected under Employee_ID, Email, Full_Name, First_Name, Last_Name, Active and Department; write users: yourself where they differ.',
      'Departments act as groups.',
    ],
    compareWith: ['https://doc.workday.com/'],
    unverified: ['The menu names: Workday shows its documents only to customers.'],
  },
}

/** One for each preset, and one for an API of one's own. */
export const setUps: readonly ProviderSetUp[] = [
  ...Object.entries(written).map(([key, each]) => ({ ...each, key, begin: { preset: key } })),
  {
    key: 'custom',
    title: 'Any API with lists in JSON',
    steps: [
      { text: 'Make a credential that may only read: a token, a key, a name with a password, or an OAuth 2 client.' },
      { text: 'Find the addresses that list people, groups and members, and what names the next page.' },
      { text: 'Try it before it is saved: muster sources try hr --file hr.yaml' },
    ],
    rights: ['read on people, groups and members'],
    fields: [
      { field: 'What all paths begin with', setting: 'baseUrl' },
      { field: 'Kind of sign-in', setting: 'auth' },
      { field: 'Token, key, password or client secret', setting: 'secret' },
      { field: 'List of people', setting: 'users' },
      { field: 'List of groups', setting: 'groups' },
      { field: 'Who is in which group', setting: 'memberships' },
    ],
    notes: [],
    compareWith: ['https://www.rfc-editor.org/rfc/rfc9535'],
    unverified: [],
  },
]
