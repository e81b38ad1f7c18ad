import type { VariantFacts } from '../server/variant-facts.ts'

/** What the documents leave open about Confluence Data Center. */
export const confluenceDcVariants = {
  wrongCredential: {
    values: ['401', 'anonymous'],
    source: '6 and trap 22: UNCONFIRMED',
    meaning: 'a wrong credential: refused, or taken for a guest (user/current answers type anonymous)',
  },
  anonymousAccess: {
    values: ['on', 'off'],
    source: 'the document: 200 or 403 for user/current',
    meaning: 'whether guests may look at all; off answers user/current with 403',
  },
  emailOnUser: {
    values: ['absent', 'shown'],
    source: '6: UNCONFIRMED',
    meaning: 'whether a user is shown with an address',
  },
  userStatus: {
    values: ['expanded', 'absent'],
    source: 'the document has expand=status as an example; silent on the answer',
    meaning: 'whether expand=status tells who is disabled (status current or deactivated)',
  },
  groupMembers: {
    values: ['direct', 'nested'],
    source: '6: direct only UNCONFIRMED',
    meaning: 'whether members of a group are those of nested groups as well',
  },
  inactiveMembers: {
    values: ['shown', 'hidden'],
    source: '6 is silent; trap 7 has it of the Cloud',
    meaning: 'whether disabled users are among the members of a group',
  },
  largestPage: {
    values: ['200', '50', '1000'],
    source: '6: the server may lower the limit',
    meaning: 'largest page; more is lowered silently',
  },
  nextLink: {
    values: ['relative', 'absolute'],
    source: 'the document has an absolute example; 6 is silent',
    meaning: '_links.next: a path below _links.base, or a whole address',
  },
  totalCount: {
    values: ['present', 'absent'],
    source: '6: optional',
    meaning: 'whether pages tell how many there are in all',
  },
  adminSince: {
    values: ['7.0', '9.0'],
    source: '6 and section 12: minimum version UNCONFIRMED',
    meaning: 'first version that has the calls below /rest/api/admin; older ones answer 404',
  },
  updateUserSince: {
    values: ['8.0', '10.0'],
    source: '6 and section 12: minimum version UNCONFIRMED',
    meaning: 'first version that can change name and address of a user; older ones answer 405',
  },
  newUserGroup: {
    values: ['confluence-users', 'none'],
    source: '6 is silent',
    meaning: 'the group a new user is put into',
  },
  groupNameCase: {
    values: ['kept', 'lowered', 'refused'],
    source: '6 and trap 28: silent on groups',
    meaning: 'a new group whose name has upper case',
  },
  readOnlyStatus: {
    values: ['403', '400'],
    source: 'trap 23: expect either',
    meaning: 'a write to a user or membership of a read-only directory',
  },
  unknownOnWrite: {
    values: ['404', '400'],
    source: 'the document has only 204 for memberships, and no 404 for the change of a user',
    meaning: 'a membership or change of a user or group that is not there',
  },
  captcha: {
    values: ['403', '401', 'without-header'],
    source: 'section 0 and section 12: UNCONFIRMED',
    meaning: 'answer to a login with a password after three wrong ones; without-header is a plain 401',
  },
  xsrf: {
    values: ['browser-agents', 'token-demanded'],
    source: 'trap 33',
    meaning: 'which writes fail the XSRF check: those with a browser User-Agent, or those without X-Atlassian-Token',
  },
  unauthorizedBody: {
    values: ['json', 'html'],
    source: 'section 12: DC error texts',
    meaning: 'body of a 401',
  },
} as const satisfies Record<string, VariantFacts>
