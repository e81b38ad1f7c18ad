import type { VariantFacts } from '../../server/variant-facts.ts'

/** What the documents leave open about Confluence Cloud. */
export const confluenceVariants = {
  confluenceAddAgain: {
    values: ['201', '400', '409'],
    source: '4 and section 12: UNCONFIRMED',
    meaning: 'Confluence: adding somebody who is in the group',
  },
  confluenceGroupExists: {
    values: ['400', '409'],
    source: '4 and section 12: UNCONFIRMED',
    meaning: 'Confluence: creating a group whose name exists',
  },
  confluenceAnonymous: {
    values: ['200', '403'],
    source: '4: type anonymous, or 403',
    meaning: 'Confluence: user/current without a credential',
  },
  confluenceSuspendedMembers: {
    values: ['hidden', 'shown'],
    source: '4 and trap 7, seen by a public client',
    meaning: 'Confluence: suspended and deactivated people among the members of a group',
  },
  confluenceInvite: {
    values: ['at-once', 'later'],
    source: '4: asynchronous; silent on how long',
    meaning: 'Confluence: when an invited person is seen: with the answer, or five seconds later',
  },
  confluenceErrorBody: {
    values: ['as-told', 'none'],
    source: '4 and section 12: shapes UNCONFIRMED',
    meaning: 'Confluence: whether errors have a body',
  },
} as const satisfies Record<string, VariantFacts>
