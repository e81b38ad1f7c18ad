import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about Bitbucket Cloud. */
export const bitbucketVariants = {
  bitbucketAdministration: {
    values: ['moved', 'own'],
    source: '9 and the announcement of 2025-09-19: both kinds of workspace exist',
    meaning:
      'Bitbucket: administration moved to admin.atlassian.com (people and groups are those of the organization, 1.0 reads only), or not (groups of its own, changed by 1.0)',
  },
  bitbucketDisabled1: {
    values: ['403', '404', '405', '410'],
    source: 'the announcement of 2025-09-19: "disabled"; silent on the status',
    meaning: 'Bitbucket: answer of a 1.0 call that the move has disabled',
  },
  bitbucketGroups1: {
    values: ['with-access', 'all'],
    source: '9 is silent',
    meaning:
      'Bitbucket: which groups of the organization 1.0/groups lists after the move: those with a role on the workspace, or all',
  },
  bitbucketAddAgain: {
    values: ['409', '200'],
    source: 'section 12 is silent; public clients of 1.0 have 409',
    meaning: 'Bitbucket: 1.0: adding somebody who is in the group',
  },
  bitbucketRemoveNonMember: {
    values: ['404', '204'],
    source: 'silent',
    meaning: 'Bitbucket: 1.0: taking somebody out of a group they are not in',
  },
  bitbucketGroupExists: {
    values: ['400', '409', '200-suffixed'],
    source: 'silent',
    meaning: 'Bitbucket: 1.0: creating a group whose name exists; 200-suffixed makes a second one with another slug',
  },
  bitbucketPermissionWrites: {
    values: ['api-token', 'app-password-only'],
    source: '9 and section 12: UNCONFIRMED what replaces app passwords there',
    meaning: 'Bitbucket: whether writes of permissions take an API token, or app passwords alone as the document says',
  },
  bitbucketAppPasswords: {
    values: ['until-june-2026', 'still-work'],
    source: 'bitbucket.org announcements: app passwords end on 2026-06-09',
    meaning: 'Bitbucket: whether app passwords still sign in; until then by the clock of the twin',
  },
  bitbucketUnscopedToken: {
    values: ['401', '200'],
    source: '9 names scopes only; silent on an API token without any',
    meaning: 'Bitbucket: an API token without scopes',
  },
  bitbucketMissingScope: {
    values: ['403', '401'],
    source: 'the document is silent',
    meaning: 'Bitbucket: a token that lacks the scope of the call',
  },
  bitbucketNext: {
    values: ['page-numbers', 'opaque'],
    source: 'the document: use next, "refrain from constructing your own URLs"',
    meaning: 'Bitbucket: whether next counts pages or carries a position nobody can guess',
  },
  bitbucketSize: {
    values: ['told', 'absent'],
    source: 'the document: size is optional',
    meaning: 'Bitbucket: whether pages tell how many there are in all',
  },
  bitbucketLargePage: {
    values: ['lowered', '400'],
    source: 'the document: 100 is the maximum; silent on more',
    meaning: 'Bitbucket: a pagelen of more than 100',
  },
  bitbucketSuspendedMembers: {
    values: ['hidden', 'shown'],
    source: 'silent; trap 7 has it of Confluence',
    meaning: 'Bitbucket: whether suspended people are among the members of the workspace',
  },
  bitbucketForeignWorkspace: {
    values: ['404', '403'],
    source: 'the document has 404 for a workspace that is not there, 403 for one without access',
    meaning: 'Bitbucket: a workspace the caller does not belong to',
  },
  bitbucketMembersEmailByOthers: {
    values: ['400', 'ignored'],
    source: 'the document: filtering by address is for administrators; silent on others',
    meaning: 'Bitbucket: members filtered by address, asked by somebody who is no administrator',
  },
  bitbucketRetryAfter: {
    values: ['present', 'absent'],
    source: 'api-request-limits: silent',
    meaning: 'Bitbucket: whether a 429 has Retry-After',
  },
} as const satisfies Record<string, VariantFacts>
