import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'entra',
  title: 'Microsoft Entra ID',
  steps: [
    { text: 'Open App registrations > New registration in the Entra admin center; the defaults will do.' },
    {
      text: 'Open Certificates & secrets > New client secret and copy the Value (not the Secret ID); it is shown once.',
    },
    {
      text: 'Open API permissions > Add a permission > Microsoft Graph > Application permissions and choose User.Read.All and GroupMember.Read.All; for groups with hidden members also Member.Read.Hidden.',
    },
    { text: 'Press Grant admin consent. Delegated permissions do not count.' },
    { text: 'Copy Directory (tenant) ID and Application (client) ID from Overview.' },
  ],
  rights: [
    'User.Read.All (Application)',
    'GroupMember.Read.All (Application)',
    'Member.Read.Hidden (Application, optional)',
  ],
  fields: [
    { field: 'Directory (tenant) ID', setting: 'tenantId' },
    { field: 'Application (client) ID', setting: 'clientId' },
    { field: 'Value of the client secret', setting: 'clientSecret' },
    { field: 'Expires of the client secret', setting: 'clientSecretExpires' },
  ],
  notes: [],
  compareWith: [
    'https://learn.microsoft.com/en-us/graph/auth-register-app-v2',
    'https://learn.microsoft.com/en-us/graph/api/group-list-members',
  ],
  unverified: ['The menu names, against a console of today.'],
}
