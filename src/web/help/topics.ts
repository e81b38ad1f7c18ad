import type { RulePart } from '../rules/search.ts'
import { t, type Word } from '../words/t.ts'

/** Where something is set or seen: a part of the rules of every connection, or a page. */
export type Place =
  | { readonly part: RulePart }
  | { readonly to: '/' | '/connections' | '/sources' | '/targets' | '/local' | '/runs' | '/reports' | '/people' }
  | { readonly to: '/groups' | '/approvals' | '/work' | '/audit' | '/account' | '/settings' | '/connections/new' }

export interface Topic {
  readonly id: TopicId
  /** What the same is called in other products; names of theirs, in no language of ours. */
  readonly aliases: readonly string[]
  readonly place: Place
}

const declared = {
  byName: {
    aliases: ['On-the-Fly Group Mapping', 'Dynamic group mapping', 'Create groups automatically'],
    place: { part: 'groups' },
  },
  byTable: { aliases: ['Manual Group Mapping', 'Static group mapping', 'Role mapping'], place: { part: 'groups' } },
  ownership: {
    aliases: ['Keep Existing Groups', 'Keep existing user groups', 'Retain groups', 'Do not remove from groups'],
    place: { part: 'groups' },
  },
  transform: {
    aliases: ['Group Transformation', 'Regex for group names', 'Group name regex'],
    place: { part: 'groups' },
  },
  defaults: {
    aliases: ['Default Group', 'Assign default groups', 'Default groups for new users'],
    place: { part: 'groups' },
  },
  protected: {
    aliases: ['Exclude groups', 'Restricted groups', 'Groups not to be touched'],
    place: { part: 'groups' },
  },
  scope: {
    aliases: ['User filter', 'Scoping filter', 'Import users of specific groups', 'Assignment'],
    place: { part: 'people' },
  },
  match: { aliases: ['Matching precedence', 'Unique identifier', 'Look up users by'], place: { part: 'people' } },
  departures: {
    aliases: ['Deactivated User Action', 'Deleted user action', 'Deprovisioning', 'Offboarding', 'Leavers'],
    place: { part: 'people' },
  },
  leads: {
    aliases: ['Default Project Lead', 'Project lead of deactivated users', 'Default component lead'],
    place: { part: 'people' },
  },
  mapping: {
    aliases: ['Attribute Mapping', 'Profile mapping', 'User attribute mapping', 'Custom attributes'],
    place: { part: 'attributes' },
  },
  limits: {
    aliases: ['Accidental deletion prevention', 'Deletion threshold', 'Quarantine', 'Import safeguard'],
    place: { part: 'safety' },
  },
  neverTouch: {
    aliases: ['Break-glass accounts', 'Excluded users', 'Emergency access accounts'],
    place: { part: 'safety' },
  },
  fourEyes: { aliases: ['Two-person rule', 'Dual control', 'Segregation of duties'], place: { part: 'safety' } },
  schedule: {
    aliases: ['Scheduler', 'Sync interval', 'Automatic sync', 'Provisioning interval'],
    place: { part: 'schedule' },
  },
  preview: { aliases: ['Simulation', 'Dry run', 'Test sync'], place: { to: '/connections' } },
  run: { aliases: ['Sync Now', 'Manual sync', 'Sync all users', 'Force sync'], place: { to: '/connections' } },
  oneEnd: { aliases: ['Test Configuration', 'Test Connection', 'Connection check'], place: { to: '/sources' } },
  searchUser: { aliases: ['Search User', 'Fetch user', 'Provision on demand'], place: { to: '/sources' } },
  push: {
    aliases: ['SCIM Provisioning', 'SCIM Base URL', 'Tenant URL', 'Secret Token', 'Bearer token'],
    place: { to: '/sources' },
  },
  local: { aliases: ['Internal directory', 'Add user by hand', 'CSV import'], place: { to: '/local' } },
  report: {
    aliases: ['Provisioning Report', 'End-user identifier', 'Application name', 'Sync logs', 'Audit report'],
    place: { to: '/reports' },
  },
  undo: { aliases: ['Rollback', 'Revert changes', 'Restore memberships'], place: { to: '/runs' } },
  person: {
    aliases: ['User profile', 'User details', 'Account overview', 'Where does somebody have access'],
    place: { to: '/people' },
  },
  drift: {
    aliases: ['Out of sync', 'Reconciliation', 'Manual changes', 'Detect changes', 'Configuration drift'],
    place: { to: '/connections' },
  },
  work: {
    aliases: ['Unmatched users', 'Orphaned accounts', 'Conflicts', 'Link user by hand', 'Pending tasks'],
    place: { to: '/work' },
  },
  trial: {
    aliases: ['Test Attribute Mapping', 'Test API call', 'Sample response', 'Try before saving'],
    place: { to: '/sources' },
  },
  why: { aliases: ['Access review', 'Effective access', 'Troubleshoot user'], place: { to: '/people' } },
  retire: {
    aliases: ['Remove application', 'Uninstall', 'Clean-up', 'Deprovision everybody'],
    place: { to: '/connections' },
  },
  tokens: { aliases: ['API key', 'Personal access token', 'Service account'], place: { to: '/settings' } },
  oidc: { aliases: ['Single sign-on', 'SSO', 'OAuth / OpenID', 'Admin role mapping'], place: { to: '/settings' } },
  notifications: { aliases: ['E-mail alerts', 'Webhook', 'Slack notifications'], place: { to: '/settings' } },
  export: {
    aliases: ['Import/Export configuration', 'Backup configuration', 'Settings as a file'],
    place: { to: '/settings' },
  },
} as const satisfies Record<string, Omit<Topic, 'id'>>
export type TopicId = keyof typeof declared

/** Everything people look for by another name than ours. */
export const topics: readonly Topic[] = Object.entries(declared).map(([id, topic]) => ({ ...topic, id: id as TopicId }))

export function titleOf({ id }: Topic): string {
  return t(`help.topic.${id}` satisfies Word)
}

/** Whether somebody who types this may mean the topic: every word is the beginning of one of its words. */
export function isAbout(topic: Topic, text: string): boolean {
  return matches([titleOf(topic), ...topic.aliases], text)
}

/** Every word of the text begins a word of one of the names. */
export function matches(names: readonly string[], text: string): boolean {
  const asked = wordsOf(text)
  return names.some((name) => {
    const words = wordsOf(name)
    return asked.every((word) => words.some((each) => each.startsWith(word)))
  })
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^\p{L}\p{N}@]+/u)
    .filter((word) => word !== '')
}
