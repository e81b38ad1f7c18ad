import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'okta',
  title: 'Okta',
  steps: [
    { text: 'Open Applications > Applications > Create App Integration in the Admin Console and choose API Services.' },
    {
      text: 'Tab General > Client Credentials > Edit: set Client authentication to Public key / Private key, press Add key and copy the private key.',
    },
    {
      text: 'Tab General > General Settings > Edit: switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
    },
    { text: 'Tab Okta API Scopes: press Grant beside okta.users.read and okta.groups.read.' },
    { text: 'Tab Admin roles: assign Read-only Administrator. Without it Okta shows nobody.' },
    {
      text: 'Or, instead of all this, an API token: Security > API > Tokens > Create token, as a read-only administrator.',
    },
  ],
  rights: ['okta.users.read', 'okta.groups.read', 'Read-only Administrator'],
  fields: [
    { field: 'Okta domain', setting: 'domain' },
    { field: 'Client ID', setting: 'clientId' },
    { field: 'Private key', setting: 'privateKey' },
    { field: 'KID', setting: 'keyId' },
    { field: 'Token value (API token instead)', setting: 'apiToken' },
  ],
  notes: ['An API token ends with the account of its owner, and after 30 days without use.'],
  compareWith: [
    'https://docs.ravenna.ai/integrations/okta/setup/private-key',
    'https://documentation.sailpoint.com/connectors/identityiq/okta/help/integrating_okta/prerequisites.html',
  ],
  unverified: ['The label of the tab on which the proof of possession is switched off.'],
}
