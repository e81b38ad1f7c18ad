import type { ProviderSetUp } from '../../../ports/catalog.ts'

export const setUp: ProviderSetUp = {
  key: 'crowd',
  title: 'Atlassian Crowd',
  steps: [
    {
      text: 'Open Applications > Add application in the Crowd administration console, Application type Generic Application.',
    },
    {
      text: 'Give a name and a password; on the step Connection enter the address of this machine as Remote IP address.',
    },
    { text: 'On the step Directories choose the directories to be read, on Authorisation allow all users.' },
    { text: 'Tab Permissions: none is needed; Muster only reads.' },
  ],
  rights: ['No permission to change anything'],
  fields: [
    { field: 'Address of Crowd with /crowd', setting: 'baseUrl' },
    { field: 'Name of the application', setting: 'application' },
    { field: 'Password of the application', setting: 'password' },
  ],
  notes: [
    'What the application sees is what is read: with "allow all users" off people outside its groups are missing.',
  ],
  compareWith: ['https://confluence.atlassian.com/crowd/adding-an-application-18579591.html'],
  unverified: ['The menu names, against a console of today.'],
}
