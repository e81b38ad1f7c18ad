import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUps: readonly ProviderSetUp[] = [
  {
    key: 'activedirectory',
    title: 'Active Directory',
    steps: [
      { text: 'Open Active Directory Users and Computers, choose a container, and Action > New > User.' },
      {
        text: 'Untick "User must change password at next logon", tick "Password never expires". No further group is needed.',
      },
      {
        text: 'Export the certificate of your authority as Base-64 encoded X.509, unless this machine trusts it already.',
      },
    ],
    rights: ['An ordinary account: Domain Users may read people and groups.'],
    fields: [
      { field: 'Domain controllers', setting: 'hosts' },
      { field: 'User logon name, as reader@example.com or EXAMPLE\\reader', setting: 'bindDn' },
      { field: 'Password', setting: 'password' },
      { field: 'distinguishedName of the domain or of a container in it', setting: 'baseDn' },
    ],
    begin: { preset: 'activedirectory', security: 'ldaps' },
    notes: ['Active Directory refuses a simple bind without encryption: choose ldaps or starttls.'],
    compareWith: [
      'https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/understand-default-user-accounts',
    ],
    unverified: ['The menu names, against a console of today.'],
  },
  {
    key: 'ldap',
    title: 'Any other LDAP directory',
    steps: [
      { text: 'Make an entry to bind as, with a password that does not expire.' },
      {
        text: 'Let it read people and groups below the base, also their id (entryUUID, nsUniqueId, ipaUniqueID, …) and what says that somebody is deactivated; in OpenLDAP with olcAccess and olcLimits size.pr for its pages.',
      },
    ],
    rights: ['read on people, groups, their ids and their status below the base DN'],
    fields: [
      { field: 'Host names', setting: 'hosts' },
      { field: 'DN of the entry', setting: 'bindDn' },
      { field: 'Password', setting: 'password' },
      { field: 'Base DN', setting: 'baseDn' },
    ],
    notes: ['muster check says which kind of directory it is, and which attribute the entry may not read.'],
    compareWith: ['https://www.openldap.org/doc/admin26/access-control.html'],
    unverified: [],
  },
]
