import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about User management. */
export const userManagementVariants = {
  unmanagedTarget: {
    values: ['forbidden', 'forbidden.targetUnverified'],
    source: '0.1: either is documented for an account the organization does not manage',
    meaning: 'User management: key of the 403 for an account of a domain that is not verified',
  },
  unverifiedManagedTarget: {
    values: ['managed', 'forbidden.targetUnverified'],
    source: '0.1 and the OpenAPI document: silent on managed people who never signed in',
    meaning: 'User management: a managed account whose address its owner has not verified yet',
  },
  scopedKeyOnUserManagement: {
    values: ['message', 'key'],
    source: 'section 0 and trap 21: 403 naming manage:org, as measured; the document knows keys only',
    meaning: 'User management: body of the 403 for a key with scopes',
  },
  syncedProfile: {
    values: ['all-refused', 'copied-fields-refused'],
    source: '2.6 and 3.4: refused for synced accounts; per field according to the document',
    meaning: 'User management: which fields of a synced account are refused - all, or those the directory copies',
  },
  emptyProfileField: {
    values: ['cleared', '400'],
    source: '2.6 is silent on how a field is emptied',
    meaning: 'User management: an empty text for job title, department, organization or location',
  },
  emailTaken: {
    values: ['400', '409'],
    source: '2.6 and the document are silent',
    meaning: 'User management: setting an address that belongs to another account',
  },
  disableWithoutBody: {
    values: ['415', '400'],
    source: 'the document requires a body; trap 20 is about the organization',
    meaning: 'User management: lifecycle/disable without a body',
  },
  disableDisabled: {
    values: ['204', '409'],
    source: '10.1: deactivate again is open',
    meaning: 'User management: disabling an account that is disabled',
  },
  enableEnabled: {
    values: ['204', '409'],
    source: '2.6 is silent',
    meaning: 'User management: enabling an account that is active',
  },
  deleteScheduled: {
    values: ['409', '200'],
    source: '2.6 is silent',
    meaning: 'User management: deleting an account whose deletion is scheduled',
  },
  cancelUnscheduled: {
    values: ['404', '200'],
    source: '2.6 is silent',
    meaning: 'User management: cancelling a deletion nobody asked for',
  },
} as const satisfies Record<string, VariantFacts>
