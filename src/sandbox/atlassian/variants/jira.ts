import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about a site. */
export const jiraVariants = {
  removeNonMember: {
    values: ['404', '400', '200'],
    source: '1.4 and section 12: UNCONFIRMED',
    meaning: 'Jira: taking somebody out of a group they are not in',
  },
  usersSearchShortPages: {
    values: ['no', 'yes'],
    source: '1.2 and section 12: UNCONFIRMED',
    meaning: 'Jira users/search: pages shorter than asked for although more follow',
  },
  wrongCredentialOnAnonymousEndpoint: {
    values: ['401', '200-empty'],
    source: '1.1 and trap 22: UNCONFIRMED',
    meaning: 'a wrong credential on an endpoint open to everybody; with 200-empty users/search answers [] as well',
  },
  groupBulkMaxPage: {
    values: ['50', '100', '1000'],
    source: '1.4 and section 12: UNCONFIRMED',
    meaning: 'largest page of Jira group/bulk; more is lowered silently',
  },
  groupNameMatch: {
    values: ['case-insensitive', 'case-sensitive'],
    source: '1.4: UNCONFIRMED',
    meaning: 'Jira group/bulk?groupName=',
  },
  serviceAccountAuth: {
    values: ['either', 'basic', 'bearer'],
    source: 'section 0 and section 12: UNCONFIRMED',
    meaning: 'how the token of a service account is accepted on the gateway',
  },
  createWithoutProducts: {
    values: ['400-but-invited', '201'],
    source: '1.3 and trap 9: the document and a report disagree',
    meaning: 'Jira POST /user of an unknown address with `products: []`',
  },
  createByNonOrgAdmin: {
    values: ['403', 'suspended'],
    source: '1.3 and trap 11: both are documented',
    meaning: 'Jira POST /user by an administrator who is not organization admin',
  },
  defaultProductsOnCreate: {
    values: ['stated', 'all'],
    source: 'trap 10',
    meaning: 'whether a new person gets the stated apps only or all default apps',
  },
  jiraUnauthorizedBody: {
    values: ['text', 'json'],
    source: 'section 1 head: 401 may be plain text',
    meaning: 'body of a 401 of Jira',
  },
  unscopedTokenOnGateway: {
    values: ['200', '401'],
    source: 'section 0 is silent',
    meaning: 'a token without scopes on the gateway',
  },
  missingScope: {
    values: ['401', '403'],
    source: 'section 0 is silent on the status',
    meaning: 'a scoped token without the scope of the call, on the gateway',
  },
  removedUserRead: {
    values: ['200-inactive', '404'],
    source: '1.2: previously deleted users are listed',
    meaning: 'Jira GET /user of a person removed from the site',
  },
  compassComponentUpdate: {
    values: ['400', '403', '404', '200'],
    source: '1.7: UNCONFIRMED',
    meaning: 'changing a component that Compass manages',
  },
  componentLeadInactive: {
    values: ['400', '200'],
    source: '1.7 and the document: 400 for a user that is not found, silent on one who is not active',
    meaning: 'making somebody lead of a component who is not active or cannot be assigned',
  },
  archivedProjectUpdate: {
    values: ['400', '200'],
    source: 'the document is silent',
    meaning: 'changing the lead of an archived project',
  },
  propertyTooLarge: {
    values: ['400', '413'],
    source: '1.6: at most 32768 bytes; silent on the status',
    meaning: 'a user property of more than 32768 bytes',
  },
  propertiesOfInactive: {
    values: ['200', '404'],
    source: '1.6 is silent',
    meaning: 'user properties of somebody suspended, deactivated or removed',
  },
  emailsForTokens: {
    values: ['400', '401'],
    source: '1.2: 400; the document: 401 for a user',
    meaning: "user/email asked with a person's token",
  },
  removeLead: {
    values: ['204', '400'],
    source: '1.3: 400 cannot be removed; silent on the reason',
    meaning: 'removing somebody from the site who leads a project or component',
  },
  usersSearchTooSlow: {
    values: ['never', 'above-500'],
    source: '1.2: 409 when it takes longer than ten seconds',
    meaning: 'users/search with a large maxResults',
  },
  tokenLimits: {
    values: ['burst-only', 'points-too'],
    source: '10.3: UNCONFIRMED; documented: the quota of points is for apps',
    meaning: 'whether tokens have a quota of points an hour as well (65,000 unless another is set)',
  },
} as const satisfies Record<string, VariantFacts>
