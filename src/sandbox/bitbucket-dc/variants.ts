import type { VariantFacts } from '../server/variant-facts.ts'

/** What the documents leave open about Bitbucket Data Center. */
export const bitbucketDcVariants = {
  largestPage: {
    values: ['1000', '100', '25'],
    source: '7 and section 12: 1000 UNCONFIRMED',
    meaning: 'largest page; more is lowered silently',
  },
  nextPageStart: {
    values: ['plain', 'stretched'],
    source: '7: always continue with nextPageStart, never start+limit',
    meaning: 'whether positions in a list are counted one by one, or with gaps',
  },
  lastPageStart: {
    values: ['null', 'absent'],
    source: '7 has null; the document has a number',
    meaning: 'nextPageStart of the last page',
  },
  addUsersMissing: {
    values: ['all-or-nothing', 'partial'],
    source: '7 and section 12: UNCONFIRMED',
    meaning: 'adding several of whom one is not there (404): nobody is added, or the others are',
  },
  addAgain: {
    values: ['200', '409'],
    source: '7 and section 12: UNCONFIRMED',
    meaning: 'adding somebody who is in the group',
  },
  removeNonMember: {
    values: ['200', '404'],
    source: '10.1 and section 12: UNCONFIRMED',
    meaning: 'taking somebody out of a group they are not in',
  },
  readOnlyStatus: {
    values: ['403', '400'],
    source: 'trap 23: expect either',
    meaning: 'a write to a user who is not mutable',
  },
  groupMembers: {
    values: ['direct', 'nested'],
    source: '7 is silent',
    meaning: 'whether members of a group, and groups of a user, are those of nested groups as well',
  },
  inactiveUsers: {
    values: ['shown', 'hidden'],
    source: '7 is silent',
    meaning: 'whether admin/users lists people who are inactive in their directory',
  },
  unknownContext: {
    values: ['404', '200-empty'],
    source: 'the document has only 200 and 401',
    meaning: 'members of a group, or groups of a user, that is not there',
  },
  renameTaken: {
    values: ['400', '409'],
    source: 'the document has 400 for what is malformed; silent on a name that is taken',
    meaning: 'renaming somebody to a name that is taken',
  },
  notifyWithoutMail: {
    values: ['400', '204'],
    source: '7: needs a mail server; silent on the answer without',
    meaning: 'creating somebody with notify=true while there is no mail server (edit set-mail-server)',
  },
  callerHeader: {
    values: ['told', 'absent'],
    source: 'community.developer.atlassian.com, thread 24422; the document is silent, and a proxy may take it away',
    meaning: 'whether answers name the caller in X-AUSERNAME',
  },
  captcha: {
    values: ['403', '401', 'without-header'],
    source: 'section 0 and section 12: UNCONFIRMED; the document has a call that clears it',
    meaning: 'answer to a login with a password after three wrong ones; without-header is a plain 401',
  },
  xsrf: {
    values: ['browser-agents', 'token-demanded'],
    source: 'trap 33',
    meaning: 'which writes fail the XSRF check: those with a browser User-Agent, or those without X-Atlassian-Token',
  },
} as const satisfies Record<string, VariantFacts>
