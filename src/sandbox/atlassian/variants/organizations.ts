import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about the organization. */
export const organizationVariants = {
  orgRemoveNonMember: {
    values: ['404', '204'],
    source: '2.4 and section 12: UNCONFIRMED',
    meaning: 'Organizations: taking somebody out of a group they are not in',
  },
  suspendSuspended: {
    values: ['204', '409'],
    source: '2.3 and section 12: UNCONFIRMED',
    meaning: 'suspending somebody who is suspended',
  },
  restoreActive: {
    values: ['204', '409'],
    source: '2.3 and section 12: UNCONFIRMED',
    meaning: 'restoring somebody who is active',
  },
  directoryDashOnWrite: {
    values: ['400', 'ok'],
    source: 'section 2 head and section 12: UNCONFIRMED',
    meaning: '`-` as directory of a write',
  },
  hiddenEmailInOrgSearch: {
    values: ['hidden', 'shown'],
    source: '2.2 and section 12: UNCONFIRMED',
    meaning: 'whether the organization sees the address an unmanaged person hides; exact search finds them either way',
  },
  roleGrant: {
    values: ['direct', 'default-group'],
    source: '2.5 is silent on how a person holds a role given to them',
    meaning: 'Organizations: a user role given to a person is held directly or by joining the default group',
  },
  inviteDeactivated: {
    values: ['206', '400'],
    source: 'trap 12 and ADMIN-UAM-400-2',
    meaning: 'inviting a deactivated account: an error in its line, or a refusal of the whole call',
  },
  inviteSuspended: {
    values: ['kept', 'restored'],
    source: '2.3 is silent',
    meaning: 'inviting a person who is suspended',
  },
  inviteOverSeats: {
    values: ['409-all', '206-rest'],
    source: '2.3: 409 over the limit; 206 when some fail',
    meaning: 'an invitation that only partly fits the seats',
  },
  orgAdminsGroup: {
    values: ['works', 'refused'],
    source: '2.4: refused after the Units rollout',
    meaning: 'adding somebody to org-admins',
  },
  orgWriteErrorBody: {
    values: ['application', 'none'],
    source: 'section 2 head: some v2 writes document no body',
    meaning: 'error bodies of v2 writes',
  },
  orgEdgeBody: {
    values: ['as-documented', 'gateway'],
    source: 'section 2 head: the gateway answers in a shape of its own; the OpenAPI document says so of v1 only',
    meaning: 'body of a 401 or 429 of v2: the application shape, or that of the gateway',
  },
  orgRetryAfter: {
    values: ['present', 'absent'],
    source: '2.7: "Retry-After when present"',
    meaning: 'whether a 429 of the admin API has Retry-After',
  },
  suspendedGroupsInOrgSearch: {
    values: ['shown', 'hidden'],
    source: '2.3: groups are remembered; silent on reading',
    meaning: 'whether users/search shows the groups of a suspended person',
  },
  searchCursor: {
    values: ['carries-query', 'position-only'],
    source: 'section 2 head speaks of GET only',
    meaning: 'whether the cursor of a POST search carries the filters or only the position',
  },
  jiraWorkspaceAri: {
    values: ['jira', 'jira-software'],
    source: '2.1 and 2.5 write it differently',
    meaning: 'resource id of Jira Software in the list of workspaces; writes take both',
  },
  foreignOrganization: {
    values: ['404', '403'],
    source: 'v1 documents 404, v2 both',
    meaning: 'a key asks about an organization it may not manage',
  },
  deprecatedLists: {
    values: ['until-june-2027', 'gone'],
    source: '2.2 and trap 36: GET lists of v2 end on 2027-06-30',
    meaning: 'whether the deprecated GET lists of v2 still work; until then by the clock of the twin',
  },
  removedEndpoint: {
    values: ['404', '410'],
    source: '2.2 and trap 36: absent from the document; silent on the answer',
    meaning: 'an endpoint that has ended: v1 directory calls, GET lists after their last day',
  },
  grantHeldRole: {
    values: ['ok', '409'],
    source: '2.5 is silent',
    meaning: 'giving a person or group a role they have',
  },
  revokeMissingRole: {
    values: ['204', '404'],
    source: '2.5 is silent',
    meaning: 'taking a role from a person or group that they do not have themselves',
  },
  deleteFilledGroup: {
    values: ['204', '409'],
    source: 'ADMIN-409-5 is listed; the call documents no 409',
    meaning: 'deleting a group that has members',
  },
  addInactiveMember: {
    values: ['204', '400'],
    source: 'ADMIN-UAM-400-2 and trap 12; 2.4 is silent',
    meaning: 'adding somebody suspended or deactivated to a group',
  },
  teamGroupModifiable: {
    values: ['no', 'yes'],
    source: '2.4: managedBy team-members or open; silent on what administrators may',
    meaning: 'whether an administrator may change a team or an open group',
  },
  suspendSynced: {
    values: ['204', '403'],
    source: '2.3 is silent on synced people',
    meaning: 'suspending, restoring or removing a person an identity provider keeps',
  },
  orgRoleDelay: {
    values: ['at-once', '30-seconds'],
    source: '2.5: up to 30 seconds',
    meaning: 'when a role of the whole organization is seen after it was given or taken',
  },
} as const satisfies Record<string, VariantFacts>
