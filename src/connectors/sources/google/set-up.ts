import type { ProviderSetUp } from '../../../ports/catalog.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/admin.directory.${name}.readonly`

export const setUp: ProviderSetUp = {
  key: 'google',
  title: 'Google Workspace',
  steps: [
    { text: 'Open APIs & Services > Library in the Google Cloud console, choose Admin SDK API and press Enable.' },
    {
      text: 'Open IAM & Admin > Service Accounts > Create service account, then Keys > Add key > Create new key > JSON.',
    },
    {
      text: 'Open Security > Access and data control > API controls > Manage Domain Wide Delegation > Add new in the Admin console, enter this and press Authorize:',
      fields: [
        { field: 'Client ID', value: 'the numeric client ID of the service account' },
        { field: 'OAuth Scopes', value: [scope('user'), scope('group'), scope('group.member')].join(',') },
      ],
    },
    { text: 'Choose an administrator in whose name is read; without one Google answers "Not Authorized".' },
  ],
  rights: [scope('user'), scope('group'), scope('group.member')],
  fields: [
    { field: 'Key file (JSON)', setting: 'serviceAccountKey' },
    { field: 'Address of the administrator', setting: 'adminEmail' },
    { field: 'Customer ID (Account > Account settings)', setting: 'customer' },
  ],
  notes: [
    'A new delegation may take up to a day.',
    'Where the organization forbids keys of service accounts by policy, an administrator must allow this one.',
  ],
  compareWith: [
    'https://developers.google.com/cloud-search/docs/guides/delegation',
    'https://docs.withampersand.com/customer-guides/google-workspace-delegation.md',
    'https://help.forcepoint.com/dspm/en-us/onlinehelp/guid-6d01be87-1c30-48b2-9471-5c2857a65836.html',
    'https://docs.forestall.io/fsprotect/settings/gcp-configurations/domain-wide-delegation',
  ],
  unverified: ['The names below Keys in the Google Cloud console.'],
}
