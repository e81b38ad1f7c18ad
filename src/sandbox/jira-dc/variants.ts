import type { VariantFacts } from '../server/variant-facts.ts'

/** What the documents leave open about Jira Data Center. */
export const jiraDcVariants = {
  removeNonMember: {
    values: ['400', '404', '200'],
    source: '5 and section 12: UNCONFIRMED',
    meaning: 'taking somebody out of a group they are not in, or in only by a nested group',
  },
  readOnlyStatus: {
    values: ['403', '400'],
    source: '5 and trap 23: expect either',
    meaning: 'a write to a user or membership of a read-only directory',
  },
  createDirectory: {
    values: ['first-writable', 'first-only'],
    source: '5 and section 12: UNCONFIRMED',
    meaning:
      'where a new user goes: the first writable directory, or the first one, which refuses when it is read-only',
  },
  deactivateAgain: {
    values: ['200', '400'],
    source: '10.1: UNCONFIRMED',
    meaning: 'deactivating somebody who is inactive, or activating somebody who is active',
  },
  deactivateLead: {
    values: ['200', '400'],
    source: '5 and section 12: UNCONFIRMED',
    meaning: 'deactivating somebody who leads a project or component',
  },
  leadInactive: {
    values: ['400', '200'],
    source: '5 is silent',
    meaning: 'making somebody lead of a project or component who is inactive',
  },
  captcha: {
    values: ['403', '401', 'without-header'],
    source: '5 and section 12: UNCONFIRMED',
    meaning: 'answer to a login with a password after three wrong ones; without-header is a plain 401',
  },
  userListSince: {
    values: ['10.0', '10.3'],
    source: '5 and section 12: UNCONFIRMED; in the document of 10.3.24',
    meaning: 'first version that has user/list; older ones answer 404',
  },
  userListOrder: {
    values: ['by-name', 'by-id', 'scattered'],
    source: '5: order undefined',
    meaning: 'order of user/list',
  },
  groupsPickerLimit: {
    values: ['1000', '100', '20', '5'],
    source: '5 and trap 32: the system property jira.ajax.autocomplete.limit',
    meaning: 'most groups groups/picker ever answers, whatever maxResults says',
  },
  groupNameMatch: {
    values: ['case-insensitive', 'case-sensitive'],
    source: 'trap 28 speaks of groupuserpicker',
    meaning: 'letter case of the query of groups/picker and groupuserpicker',
  },
  nameCase: {
    values: ['kept', 'lowered'],
    source: 'trap 28',
    meaning: 'letter case of the name of a new user or group',
  },
  groupsOfUser: {
    values: ['direct', 'effective'],
    source: '5 is silent',
    meaning: 'whether expand=groups of a user shows groups they are in by a nested group',
  },
  applicationsUnstated: {
    values: ['default', 'none'],
    source: '5 and the document are silent',
    meaning: 'access of a new user when applicationKeys is absent',
  },
  seatsExceeded: {
    values: ['400', '201-without'],
    source: '5 and the document are silent',
    meaning: 'creating a user for an application without seats: refused, or made without access',
  },
  xsrf: {
    values: ['browser-agents', 'token-demanded'],
    source: 'trap 33',
    meaning: 'which writes fail the XSRF check: those with a browser User-Agent, or those without X-Atlassian-Token',
  },
  wrongCredentialOnAnonymousEndpoint: {
    values: ['401', 'anonymous'],
    source: 'trap 22: UNCONFIRMED',
    meaning: 'a wrong credential where everybody may ask (project, groups/picker, serverInfo)',
  },
  unauthorizedBody: {
    values: ['json', 'html'],
    source: 'section 12: DC error texts',
    meaning: 'body of a 401',
  },
  errorTexts: {
    values: ['sentences', 'none'],
    source: '5 and section 12: exact texts UNCONFIRMED',
    meaning: 'whether errors say anything beside their status',
  },
} as const satisfies Record<string, VariantFacts>
