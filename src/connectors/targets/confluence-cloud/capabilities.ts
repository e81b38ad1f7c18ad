import type { WriteKind } from '../../../domain/change.ts'
import type { CheckTable } from '../../../ports/readable.ts'
import { capabilityWords, notPossibleOf } from '../../kit/atlassian-cloud/capability-words.ts'

/** What the credentials reach beside the organization, which they always do. */
export interface Reach {
  /** The API token signs in to Confluence. */
  readonly token: boolean
  /** The key also manages accounts: it has no scopes. */
  readonly accounts: boolean
}

type Needs = 'key' | keyof Reach

/** What carries out each kind of write, and how many calls it costs; leads are no thing of Confluence. */
const carriedOutBy: Readonly<Record<Exclude<WriteKind, 'lead.handover'>, readonly [needs: Needs, calls: string]>> = {
  'account.create': ['key', '1 for 25, and 1 for each profile'],
  'account.update': ['accounts', '1'],
  'account.deactivate': ['key', '1'],
  'account.activate': ['key', '1'],
  'account.disable': ['accounts', '1'],
  'account.enable': ['accounts', '1'],
  'account.delete': ['key', '1, and 1 look'],
  'group.create': ['key', '1, and 1 for its id'],
  'membership.add': ['key', '1'],
  'membership.remove': ['key', '1'],
  'access.grant': ['key', '1'],
  'access.revoke': ['key', '1'],
  'custom.update': ['token', '1'],
}

const how: Readonly<Record<Needs, string>> = {
  key: 'organization API key',
  accounts: 'organization API key without scopes',
  token: 'API token',
}

/** What Confluence Cloud has no object for. */
export const noLeads = {
  'lead.handover':
    'Confluence has no project and component leads; spaces have no single owner that an API would change',
} as const

/** What needs the API token as well. */
export const needsToken = {
  'custom.update':
    'writing custom attributes needs an API token with its e-mail address; the organization has no place for them',
} as const

const kinds = Object.keys(carriedOutBy) as (keyof typeof carriedOutBy)[]

/** Whether these credentials carry out this kind of write. */
export function isOffered(kind: WriteKind, reach: Reach): boolean {
  if (kind === 'lead.handover') return false
  const [needs] = carriedOutBy[kind]
  return needs === 'key' || reach[needs]
}

/** The kinds that these credentials do not carry out, in a word or two each. */
export function notPossible(reach: Reach): readonly string[] {
  return notPossibleOf(kinds, (kind) => isOffered(kind, reach))
}

/** What the key alone and both can do; with `here`, also what the credentials of a target turned out to reach. */
export function capabilityTable(here?: Reach): CheckTable {
  const reaches = [
    { token: false, accounts: true },
    { token: true, accounts: true },
    ...(here === undefined ? [] : [here]),
  ]
  const rows = kinds.map((kind) => {
    const [needs, calls] = carriedOutBy[kind]
    const can = reaches.map((reach) => (isOffered(kind, reach) ? 'yes' : '-'))
    return [capabilityWords[kind], how[needs], calls, ...can]
  })
  const leads = [capabilityWords['lead.handover'], noLeads['lead.handover'], '-', ...reaches.map(() => '-')]
  return {
    columns: ['operation', 'by', 'calls', 'key alone', 'both', ...(here === undefined ? [] : ['here'])],
    rows: [...rows, leads],
  }
}
