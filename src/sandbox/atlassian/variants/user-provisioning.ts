import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about user provisioning (SCIM). */
export const userProvisioningVariants = {
  scimUnauthorized: {
    values: ['401', '403'],
    source: 'section 12: UNCONFIRMED; both are documented',
    meaning: 'User provisioning: status for a key that is wrong or was replaced',
  },
  scimMaxCount: {
    values: ['100', '50', '10'],
    source: '3.2 and section 12: UNCONFIRMED',
    meaning: 'User provisioning: largest page; more is lowered silently',
  },
  scimMembersInLists: {
    values: ['shown', 'absent'],
    source: '3.3 is silent on whether a list of groups has their members',
    meaning: 'User provisioning: members in the list of groups; a single group always has them',
  },
  scimEmptyMembers: {
    values: ['absent', 'empty'],
    source: '3.3 is silent on a group without members',
    meaning: 'User provisioning: how a group without members is shown',
  },
  scimGroupsOnUsers: {
    values: ['shown', 'absent', 'empty'],
    source: 'the document has groups on users; silent on when they are filled',
    meaning: 'User provisioning: groups of a user',
  },
  scimRemoveByFilter: {
    values: ['works', '400', 'ignored'],
    source: '3.3 and section 12: UNCONFIRMED',
    meaning: 'User provisioning: PATCH remove with members[value eq "..."]',
  },
  scimAddMemberAgain: {
    values: ['200', '409'],
    source: '3.4 and section 12: UNCONFIRMED',
    meaning: 'User provisioning: adding a member who is in the group',
  },
  scimReactivation: {
    values: ['post', 'patch'],
    source: '3.2 and section 12: UNCONFIRMED',
    meaning:
      'User provisioning: what brings somebody back after DELETE: a new POST of the same user, or PATCH active=true',
  },
  scimFilterCase: {
    values: ['insensitive', 'sensitive'],
    source: 'RFC 7643 4.1 has userName without letter case; the document is silent',
    meaning: 'User provisioning: whether userName eq and displayName eq look at the letter case',
  },
  scimForeignUserName: {
    values: ['409', '400'],
    source: '3.2 has 409 for a user who exists; silent on an account that another user of the directory is linked to',
    meaning: 'User provisioning: creating a user whose address belongs to another user of the directory',
  },
} as const satisfies Record<string, VariantFacts>
