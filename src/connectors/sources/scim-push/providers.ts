import type { ProviderSetUp } from '../../../ports/catalog.ts'

/**
 * How each identity provider is told to send to Muster. `{baseUrl}` and `{token}` stand for what a source has of its own. What
 * was not held against a page stands in `unverified`, never among the steps alone.
 */
export const providers: readonly ProviderSetUp[] = [
  {
    key: 'entra',
    title: 'Microsoft Entra ID',
    steps: [
      { text: 'Open Enterprise applications > New application > Create your own application.' },
      { text: 'Choose "Integrate any other application you don\'t find in the gallery (Non-gallery)", then Create.' },
      {
        text: 'Open Provisioning > Connect your application (older pages: Get started, Provisioning Mode: Automatic).',
      },
      {
        text: 'Enter under Admin Credentials:',
        fields: [
          { field: 'Tenant URL', value: '{baseUrl}' },
          { field: 'Secret Token', value: '{token}' },
        ],
      },
      { text: 'Press Test Connection, then Create (older pages: Save).' },
      {
        text: 'Under Mappings, open "Provision Microsoft Entra ID Users" and let a value that never changes be the id:',
        fields: [{ field: 'externalId', value: 'objectId' }],
      },
      { text: 'Assign people and groups under Users and groups, then press Start provisioning.' },
    ],
    notes: [
      'Entra sends about every 40 minutes; one person at once: Provision on demand.',
      'Both forms of Entra are understood, with and without ?aadOptscim062020 behind the Tenant URL.',
      'Clearing an attribute is not sent by Entra, and groups inside groups are not looked into.',
    ],
    compareWith: [
      'https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups',
      'https://support.powerdmarc.com/support/solutions/articles/60001567532-scim-configuration-guide-for-microsoft-entra-id',
    ],
    unverified: [],
  },
  {
    key: 'okta',
    title: 'Okta',
    steps: [
      {
        text: 'Open Applications > Applications > Create App Integration; choose SAML 2.0 or SWA and finish the wizard.',
      },
      {
        text: 'Tab General > App Settings > Edit: set Provisioning to SCIM (or tick Enable SCIM provisioning), then Save.',
      },
      {
        text: 'Tab Provisioning > Settings > Integration > Edit:',
        fields: [
          { field: 'SCIM connector base URL', value: '{baseUrl}' },
          { field: 'Unique identifier field for users', value: 'userName' },
          {
            field: 'Supported provisioning actions',
            value: 'Push New Users, Push Profile Updates, Push Groups',
          },
          { field: 'Authentication Mode', value: 'HTTP Header' },
          { field: 'Authorization: Bearer', value: '{token}' },
        ],
      },
      { text: 'Press Test Connector Configuration, then Save.' },
      {
        text: 'Tab Provisioning > To App > Edit: enable Create Users, Update User Attributes and Deactivate Users, then Save.',
      },
      { text: 'Assign people on the tab Assignments and send groups on the tab Push Groups.' },
    ],
    notes: [
      'OpenID Connect integrations of Okta cannot send by SCIM.',
      'Okta switches people off and never deletes them in normal operation.',
    ],
    compareWith: [
      'https://help.okta.com/en-us/content/topics/provisioning/opp/opp-connect-scim-connector.htm',
      'https://scim.dev/guide/applications/okta.html',
    ],
    unverified: [],
  },
  {
    key: 'onelogin',
    title: 'OneLogin',
    steps: [
      { text: 'Open Applications > Add App, search for "SCIM Provisioner with SAML (SCIM v2 Enterprise)" and Save.' },
      {
        text: 'Tab Configuration:',
        fields: [
          { field: 'SCIM Base URL', value: '{baseUrl}' },
          { field: 'SCIM Bearer Token', value: '{token}' },
          {
            field: 'SCIM JSON Template',
            value:
              '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{$parameters.scimusername}","name":{"givenName":"{$user.firstname}","familyName":"{$user.lastname}"},"displayName":"{$user.display_name}","emails":[{"value":"{$user.email}","type":"work","primary":true}]}',
          },
        ],
      },
      { text: 'Press Enable under API Connection (API Status), then Save.' },
      { text: 'Tab Parameters: set SCIM Username to Email.' },
      {
        text: 'Tab Provisioning: tick Enable provisioning, and untick Create, Delete and Update under "Require admin approval".',
      },
      { text: 'Give the application to roles on the tab Access.' },
    ],
    notes: ['OneLogin reads /ServiceProviderConfig when the connection is enabled.'],
    compareWith: [
      'https://www.livingsecurity.com/migration/support/configuring-scim-for-onelogin',
      'https://intercom.help/lessonly/en/articles/3666593-onelogin-scim-configuration',
      'https://scim.dev/guide/applications/onelogin.html',
    ],
    unverified: [
      'How groups are chosen: Parameters > Groups > Include in User Provisioning, and rules that set groups.',
    ],
  },
  {
    key: 'jumpcloud',
    title: 'JumpCloud',
    steps: [
      { text: 'Open SSO Applications > Add New Application > Custom Application.' },
      {
        text: 'Choose "Export users to this app (Identity Management)", then Next, Save Application, Configure Application.',
      },
      {
        text: 'Tab Identity Management:',
        fields: [
          { field: 'SCIM Version', value: 'SCIM 2.0' },
          { field: 'Base URL', value: '{baseUrl}' },
          { field: 'Token Key', value: '{token}' },
          { field: 'Test User Email', value: 'the address of somebody in JumpCloud' },
          { field: 'Enable management of User Groups and Group Membership', value: 'on' },
        ],
      },
      { text: 'Press Test Connection, Activate, then Save.' },
      { text: 'Tab User Groups: choose the groups to send, then Save.' },
    ],
    notes: ['Test Connection sends the person of Test User Email; look at them afterwards: muster sources requests.'],
    compareWith: [
      'https://docs.byo.propelauth.com/scim/example-setup-guides/jumpcloud',
      'https://boxyhq.com/docs/directory-sync/providers/jumpcloud',
      'https://help.kisi.io/marketplace/identity_management/scim/jumpcloud',
    ],
    unverified: ['Whether Test Connection leaves the test user switched off.'],
  },
  {
    key: 'pingone',
    title: 'PingOne',
    steps: [
      { text: 'Open Integrations > Provisioning, press + and New connection.' },
      { text: 'On the row Identity Store press Select, choose SCIM Outbound, Select, Next, and give a name.' },
      {
        text: 'Under Configure authentication:',
        fields: [
          { field: 'SCIM base URL', value: '{baseUrl}' },
          { field: 'Users resource', value: '/Users' },
          { field: 'Groups resource', value: '/Groups' },
          { field: 'SCIM version', value: '2.0' },
          { field: 'Authentication method', value: 'OAuth 2 Bearer Token' },
          { field: 'OAuth Access Token', value: '{token}' },
          { field: 'Auth Type Header', value: 'Bearer' },
        ],
      },
      { text: 'Press Test Connection, then go on to the end of the assistant and switch the connection on.' },
      {
        text: 'Create a rule on the tab Rules, choose the connection, set User Filter and Attribute Mapping, and switch it on.',
      },
    ],
    notes: ['PingOne cannot clear an attribute once it was set.'],
    compareWith: [
      'https://docs.pingidentity.com/pingone/integrations/p1_create_scim_connection.html',
      'https://docs.pingidentity.com/pingone/integrations/p1_scim_provisioning_features.html',
    ],
    unverified: ['The names of the group settings of a rule.'],
  },
  {
    key: 'google',
    title: 'Google Workspace',
    steps: [
      {
        text: 'Open Apps > Web and mobile apps in the Admin console and choose an application that has Autoprovisioning.',
      },
      {
        text: 'Under Autoprovisioning press Configure autoprovisioning:',
        fields: [
          { field: 'Access token', value: '{token}' },
          { field: 'Endpoint URL', value: '{baseUrl}' },
        ],
      },
      { text: 'Go through the attribute mapping, the provisioning scope and the deprovisioning, and press Finish.' },
      { text: 'Switch Autoprovisioning to Active.' },
    ],
    notes: [
      'Google documents Autoprovisioning for applications of its catalogue only and names none for any SCIM server; Ory describes it with the catalogue application Keeper.',
      'Google is not known to send groups. A bridge that you run yourself does: ssosync takes {baseUrl} as SCIM endpoint and the token as access token.',
    ],
    compareWith: [
      'https://www.ory.com/docs/kratos/manage-identities/scim/google-workspace',
      'https://support.google.com/a/answer/7681608',
    ],
    unverified: ['Whether a custom SAML application offers Autoprovisioning.', 'The settings of ssosync.'],
  },
  {
    key: 'keycloak',
    title: 'Keycloak (extension keycloak-scim)',
    steps: [
      {
        text: 'Put the JAR of the extension keycloak-scim (mitodl) into the folder providers/ of Keycloak and start it again.',
      },
      { text: 'Open Realm settings > Events > Event listeners (older: Events > Config), add scim, then Save.' },
      {
        text: 'Open User federation > Add provider > scim:',
        fields: [
          { field: 'SCIM 2.0 endpoint', value: '{baseUrl}' },
          { field: 'Endpoint content type', value: 'application/scim+json' },
          { field: 'Auth mode', value: 'BEARER' },
          { field: 'Auth password/token', value: '{token}' },
          { field: 'Enable user propagation', value: 'on' },
          { field: 'Enable group propagation', value: 'on' },
          { field: 'Enable import during sync', value: 'off' },
        ],
      },
      { text: 'Save, and set up a periodic sync, so that what was missed is sent again.' },
    ],
    notes: [
      'Keycloak itself has no SCIM client; the SCIM of Keycloak 26 is a server.',
      'Groups arrive by their path, such as /eu/helpdesk; a transform of the connection can shorten it.',
      'A PUT of an emptied group has no members: leave the setting omittedMembers at clear.',
    ],
    compareWith: ['https://github.com/mitodl/keycloak-scim', 'https://forge.libre.sh/libre.sh/keycloak-scim'],
    unverified: ['The exact labels of the propagation switches and of the token field in the newest version.'],
  },
  {
    key: 'authentik',
    title: 'authentik',
    steps: [
      { text: 'Open Applications > Applications > New Application, name it, and choose SCIM as the Provider Type.' },
      {
        text: 'On Configure Provider:',
        fields: [
          { field: 'URL', value: '{baseUrl}' },
          { field: 'Token', value: '{token}' },
          { field: 'Compatibility mode', value: 'Default' },
        ],
      },
      { text: 'Go to the end and press Create.' },
      {
        text: 'Edit the application, press + next to Backchannel providers, choose the SCIM provider, Confirm, Save changes.',
      },
    ],
    notes: [
      'authentik sends every change, and everything again once an hour.',
      'Leave the field Provider of the application empty when it is only for SCIM.',
    ],
    compareWith: [
      'https://docs.goauthentik.io/docs/providers/scim',
      'https://docs.goauthentik.io/add-secure-apps/providers/scim/create-scim-provider/',
    ],
    unverified: [],
  },
  {
    key: 'miniorange',
    title: 'miniOrange',
    steps: [
      { text: 'Open Apps > Add Application, choose Provisioning, and search for SCIM Server (Destination).' },
      { text: 'Under Basic Settings enter the Display Application Name, then Save.' },
      {
        text: 'Under Authorization Configuration:',
        fields: [
          { field: 'SCIM Base URL', value: '{baseUrl}' },
          { field: 'Bearer Token', value: '{token}' },
        ],
      },
      { text: 'Press Test Connection, then Save & Next.' },
      {
        text: 'Tab Attributes Mapping: map userName, name.givenName, name.familyName, emails[type eq "work"].value, displayName and active; for groups map Group Name to displayName.',
      },
      {
        text: 'Tab miniOrange to SCIM Server (Destination): enable Create User, Update User, Delete User, Create Group and Add/Remove Group Membership of User.',
      },
    ],
    notes: [],
    compareWith: ['https://www.miniorange.com/iam/content-library/admin-docs/how-to-add-scim-server-app'],
    unverified: [],
  },
  {
    key: 'other',
    title: 'Any other SCIM 2.0 client',
    steps: [
      {
        text: 'Enter where it asks for an address and a token (other names: endpoint, tenant URL; API key, secret):',
        fields: [
          { field: 'Base URL', value: '{baseUrl}' },
          { field: 'Bearer token', value: '{token}' },
          { field: 'Content type', value: 'application/scim+json' },
        ],
      },
      {
        text: 'Let it find people by userName and groups by displayName, and send a value that never changes as externalId.',
      },
      { text: 'Prefer PATCH where there is a choice; members may come one by one, in batches, or as a whole list.' },
    ],
    notes: ['SCIM 1.1 is not spoken here; choose version 2.0.'],
    compareWith: ['https://www.rfc-editor.org/rfc/rfc7644'],
    unverified: [],
  },
]
