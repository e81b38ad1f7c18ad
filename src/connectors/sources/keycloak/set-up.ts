import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'keycloak',
  title: 'Keycloak',
  steps: [
    { text: 'Choose the realm to be read and open Clients > Create client, Client type OpenID Connect.' },
    { text: 'Capability config: Client authentication on, Service accounts roles on, Standard flow off, then Save.' },
    { text: 'Tab Credentials: copy the Client Secret.' },
    {
      text: 'Tab Service accounts roles: press Assign role, choose Filter by clients, and assign view-users, query-users and query-groups of realm-management.',
    },
  ],
  rights: ['realm-management: view-users', 'realm-management: query-users', 'realm-management: query-groups'],
  fields: [
    { field: 'Address before /realms and /admin', setting: 'baseUrl' },
    { field: 'Realm name', setting: 'realm' },
    { field: 'Client ID', setting: 'clientId' },
    { field: 'Client Secret', setting: 'clientSecret' },
  ],
  notes: [
    'A client of the realm master that reads another realm has these roles under the client <realm>-realm.',
    'Roles count from the next token on, which is a minute by default.',
  ],
  compareWith: [
    'https://phasetwo.io/docs/api/service-accounts/',
    'https://www.keycloak.org/docs/latest/server_admin/#_service_accounts',
    'https://www.keycloak.org/docs/latest/server_admin/#_fine_grain_permissions',
  ],
  unverified: [
    'Where Assign role offers Client roles at once instead of the filter: the console changes from release to release.',
  ],
}
