import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'file',
  title: 'Files of an HR system or a script (CSV, JSON, LDIF)',
  steps: [
    { text: 'Let the other side write one row per person, with an id that never changes, and one row per membership.' },
    { text: 'Let it write under another name first and rename the file when it is whole.' },
    {
      text: 'Let a CSV or LDIF end with a line such as #END 1500, and name it in the setting trailer: that proves it whole.',
    },
  ],
  rights: ['The account Muster runs as may read the files.'],
  fields: [
    { field: 'File with people', setting: 'people' },
    { field: 'File with groups', setting: 'groups' },
    { field: 'File with memberships', setting: 'memberships' },
    { field: 'One JSON or LDIF file with everything', setting: 'path' },
  ],
  notes: [],
  compareWith: ['https://www.rfc-editor.org/rfc/rfc4180', 'https://www.rfc-editor.org/rfc/rfc2849'],
  unverified: [],
}
