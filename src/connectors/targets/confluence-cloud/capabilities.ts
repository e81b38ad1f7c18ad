import type { WriteKind } from '../../../domain/change.ts'
import type { CheckTable } from '../../../ports/readable.ts'
import { type Abilities, callsOf } from '../../kit/abilities.ts'
import { organizationAbilities } from '../../kit/atlassian-cloud/abilities.ts'
import { capabilityWords, notPossibleOf } from '../../kit/atlassian-cloud/capability-words.ts'

/** What the credentials reach beside the organization, which they always do. */
export interface Reach {
  /** The API token signs in to Confluence. */
  readonly token: boolean
  /** The key also manages accounts: it has no scopes. */
  readonly accounts: boolean
}

type Needs = 'key' | keyof Reach

/** What Confluence Cloud has no object for. */
export const noLeads = {
  'lead.handover':
    'Confluence has no project and component leads; spaces have no single owner that an API would change',
} as const

/** What Confluence Cloud carries out, and how. */
export const abilities = {
  ...organizationAbilities('the product'),
  'custom.update': {
    calls: '1; 2 where it is not known whether there are some',
    by: '`POST`, `PUT` and `DELETE /wiki/rest/api/user/{id}/property/{key}`, one property for all attributes',
  },
  'lead.handover': { why: noLeads['lead.handover'] },
} satisfies Abilities

/** Calls of every session beside pages: as of Jira, and two that tell whether the token may write attributes. */
export const callsBeside = 12

/** What each kind of write needs; leads are no thing of Confluence. */
const carriedOutBy: Readonly<Record<Exclude<WriteKind, 'lead.handover'>, Needs>> = {
  'account.create': 'key',
  'account.update': 'accounts',
  'account.deactivate': 'key',
  'account.activate': 'key',
  'account.disable': 'accounts',
  'account.enable': 'accounts',
  'account.delete': 'key',
  'group.create': 'key',
  'membership.add': 'key',
  'membership.remove': 'key',
  'access.grant': 'key',
  'access.revoke': 'key',
  'custom.update': 'token',
}

const how: Readonly<Record<Needs, string>> = {
  key: 'organization API key',
  accounts: 'organization API key without scopes',
  token: 'API token',
}

/** What needs the API token as well. */
export const needsToken = {
  'custom.update':
    'writing custom attributes needs an API token with its e-mail address; the organization has no place for them',
} as const

const kinds = Object.keys(carriedOutBy) as (keyof typeof carriedOutBy)[]

/** Whether these credentials carry out this kind of write. */
export function isOffered(kind: WriteKind, reach: Reach): boolean {
  if (kind === 'lead.handover') return false
  const needs = carriedOutBy[kind]
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
    const can = reaches.map((reach) => (isOffered(kind, reach) ? 'yes' : '-'))
    return [capabilityWords[kind], how[carriedOutBy[kind]], callsOf(abilities[kind]), ...can]
  })
  const leads = [capabilityWords['lead.handover'], noLeads['lead.handover'], '-', ...reaches.map(() => '-')]
  return {
    columns: ['operation', 'by', 'calls', 'key alone', 'both', ...(here === undefined ? [] : ['here'])],
    rows: [...rows, leads],
  }
}
