import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'scim',
  title: 'Any SCIM 2.0 server',
  steps: [
    {
      text: 'Make a credential that may read users and groups: a bearer token, a name with a password, or an OAuth 2 client.',
    },
    { text: 'Take the address before /Users and /Groups; it often ends with /scim/v2.' },
  ],
  rights: ['read on /Users and /Groups'],
  fields: [
    { field: 'SCIM base URL', setting: 'baseUrl' },
    { field: 'Token', setting: 'token' },
    { field: 'User name and password', setting: 'username' },
    { field: 'Token endpoint, client ID and secret', setting: 'tokenUrl' },
  ],
  notes: ['muster check reads /ServiceProviderConfig, everybody and every group once, and says what is odd.'],
  compareWith: ['https://www.rfc-editor.org/rfc/rfc7644'],
  unverified: [],
}
