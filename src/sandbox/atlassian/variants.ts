/** One behaviour the documents leave open, and the answers a real site might give. */
interface VariantFacts {
  readonly values: readonly [string, string, ...string[]]
  /** Where the documents speak of it, or that they are silent. */
  readonly source: string
  readonly meaning: string
}

/**
 * The table of variants; the first value of each is the default. A connector must work under every value of every line.
 * "UNCONFIRMED" and the section numbers are those of the API reference the twin is written from.
 */
export const variantTable = {
  removeNonMember: {
    values: ['404', '400', '200'],
    source: '1.4 and section 12: UNCONFIRMED',
    meaning: 'Jira: taking somebody out of a group they are not in',
  },
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
  jiraUnauthorizedBody: {
    values: ['text', 'json'],
    source: 'section 1 head: 401 may be plain text',
    meaning: 'body of a 401 of Jira',
  },
  orgRetryAfter: {
    values: ['present', 'absent'],
    source: '2.7: "Retry-After when present"',
    meaning: 'whether a 429 of the admin API has Retry-After',
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
  removedUserRead: {
    values: ['200-inactive', '404'],
    source: '1.2: previously deleted users are listed',
    meaning: 'Jira GET /user of a person removed from the site',
  },
  jiraWorkspaceAri: {
    values: ['jira', 'jira-software'],
    source: '2.1 and 2.5 write it differently',
    meaning: 'resource id of Jira Software in the list of workspaces; writes take both',
  },
} as const satisfies Record<string, VariantFacts>

export type VariantName = keyof typeof variantTable

export type VariantChoice = { [Name in VariantName]: (typeof variantTable)[Name]['values'][number] }

/** The choices in force. */
export class Variants {
  readonly #chosen: VariantChoice

  constructor(chosen: Readonly<Record<string, string>> = {}) {
    this.#chosen = Object.fromEntries(
      Object.entries(variantTable).map(([name, facts]) => [name, facts.values[0]]),
    ) as VariantChoice
    this.set(chosen)
  }

  is<Name extends VariantName>(name: Name, value: VariantChoice[Name]): boolean {
    return this.#chosen[name] === value
  }

  get<Name extends VariantName>(name: Name): VariantChoice[Name] {
    return this.#chosen[name]
  }

  get all(): Readonly<VariantChoice> {
    return this.#chosen
  }

  /** Changes some; throws on an unknown name or value and then changes none. */
  set(chosen: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(chosen)) {
      const facts: VariantFacts | undefined = Object.hasOwn(variantTable, name)
        ? variantTable[name as VariantName]
        : undefined
      if (facts === undefined)
        throw new Error(`There is no variant ${name}; known: ${Object.keys(variantTable).join(', ')}`)
      if (!facts.values.includes(value)) throw new Error(`${name} is one of ${facts.values.join(', ')}, not ${value}`)
    }
    Object.assign(this.#chosen, chosen)
  }
}
