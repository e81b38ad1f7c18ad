import type { VariantFacts } from '../server/variant-facts.ts'

/** What the documents leave open about Crowd. */
export const crowdVariants = {
  errorReason: {
    values: ['present', 'absent'],
    source: '8 and section 12: values of `reason` UNCONFIRMED',
    meaning: 'whether an error has a reason beside its message',
  },
  unknownAddressStatus: {
    values: ['403', '401'],
    source: '8: 403 UNCONFIRMED',
    meaning: "a caller whose address is not among the application's remote addresses",
  },
  lowerCaseOutput: {
    values: ['off', 'on'],
    source: 'trap 28',
    meaning: 'the option "Lower case output" of the application: names of users and groups come in lower case',
  },
  activeOmitted: {
    values: ['true', 'false'],
    source: '8 and trap 25: what is omitted is overwritten; the document has true as the default',
    meaning: 'PUT user without `active`',
  },
  attributesOnCreate: {
    values: ['ignored', 'stored'],
    source: '8 is silent',
    meaning: 'attributes in the body that creates a user',
  },
  deleteMissingAttribute: {
    values: ['204', '404'],
    source: '8 is silent',
    meaning: 'deleting an attribute that is not there',
  },
  nestAgain: {
    values: ['409', '201'],
    source: '8 is silent',
    meaning: 'putting a group into a group it is in',
  },
  largestPage: {
    values: ['unlimited', '1000'],
    source: '8 and 10.2: default 1000; silent on a larger one',
    meaning: 'a page of more than 1000: as asked, or lowered silently',
  },
  searchEmailCase: {
    values: ['insensitive', 'sensitive'],
    source: '8 is silent',
    meaning: 'letter case of a search for an address',
  },
} as const satisfies Record<string, VariantFacts>
