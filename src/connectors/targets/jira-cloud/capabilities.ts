import type { WriteKind } from '../../../domain/change.ts'
import type { CheckTable } from '../../../ports/readable.ts'
import type { Abilities } from '../../kit/abilities.ts'
import { organizationAbilities } from '../../kit/atlassian-cloud/abilities.ts'
import { capabilityWords, notPossibleOf } from '../../kit/atlassian-cloud/capability-words.ts'

/** What the credentials reach: the one place that decides which of them carries out what. */
export interface Reach {
  /** The API token signs in to the site. */
  readonly site: boolean
  /** The organization API key reads and writes its directory. */
  readonly org: boolean
  /** The key also manages accounts: it has no scopes. */
  readonly accounts: boolean
}

/** What Jira Cloud carries out with a token and a key, and how. With a token alone: one call more for each person and group. */
export const abilities = {
  ...organizationAbilities('the product'),
  'custom.update': {
    calls: '1',
    by: '`PUT` or `DELETE /rest/api/3/user/properties`, one property for all attributes',
  },
  'lead.handover': {
    calls: '1, and 1 or 2 looks',
    by: '`PUT /rest/api/3/project` `leadAccountId`, `PUT /component` `leadAccountId`',
  },
} satisfies Abilities

/** Which part carries out each kind of write; with both, the organization comes before the site. */
const carriedOutBy: Readonly<Record<WriteKind, readonly (keyof Reach)[]>> = {
  'account.create': ['org', 'site'],
  'account.update': ['accounts'],
  'account.deactivate': ['org'],
  'account.activate': ['org'],
  'account.disable': ['accounts'],
  'account.enable': ['accounts'],
  'account.delete': ['org'],
  'group.create': ['org', 'site'],
  'membership.add': ['org', 'site'],
  'membership.remove': ['org', 'site'],
  'access.grant': ['org'],
  'access.revoke': ['org'],
  'custom.update': ['site'],
  'lead.handover': ['site'],
}

/** Whether these credentials carry out this kind of write. */
export function isOffered(kind: WriteKind, reach: Reach): boolean {
  return carriedOutBy[kind].some((part) => reach[part])
}

/** The kinds that these credentials do not carry out, in a word or two each. */
export function notPossible(reach: Reach): readonly string[] {
  return notPossibleOf(Object.keys(carriedOutBy) as WriteKind[], (kind) => isOffered(kind, reach))
}

/** What is only asked and never written. */
const questions: readonly (readonly [string, (reach: Reach) => boolean])[] = [
  ['see hidden e-mail addresses', ({ org }) => org],
  ['tell which domains are verified', ({ org }) => org],
  ['tell which account is our own, so that it is never touched', ({ site }) => site],
  ['tell seats and default groups by product', ({ site }) => site],
]

const token: Reach = { site: true, org: false, accounts: false }
const key: Reach = { site: false, org: true, accounts: true }
const both: Reach = { site: true, org: true, accounts: true }

/** What a token alone, a key alone and both can do; with `here`, also what the credentials of a target turned out to reach. */
export function capabilityTable(here?: Reach): CheckTable {
  const reaches = [token, key, both, ...(here === undefined ? [] : [here])]
  const yes = (can: boolean) => (can ? 'yes' : '-')
  const create = (reach: Reach) => (reach.org ? 'yes, quietly' : reach.site ? 'with a mail' : '-')
  const kinds = Object.keys(carriedOutBy) as WriteKind[]
  return {
    columns: ['operation', 'token alone', 'key alone', 'both', ...(here === undefined ? [] : ['here'])],
    rows: [
      ...kinds.map((kind) => [
        capabilityWords[kind],
        ...reaches.map((reach) => (kind === 'account.create' ? create(reach) : yes(isOffered(kind, reach)))),
      ]),
      ...questions.map(([question, can]) => [question, ...reaches.map((reach) => yes(can(reach)))]),
    ],
  }
}
